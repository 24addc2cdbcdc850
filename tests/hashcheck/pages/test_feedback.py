"""The page on which a steward decides about what clients call false."""

import pytest

from tests.hashcheck.api.test_hits import hit, report, send
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Service


@pytest.mark.requirement("HC-FEEDBACK-1")
def test_a_steward_sees_why_and_takes_the_entry_off(service: Service, desk: Desk) -> None:
    hoster = service.hoster()
    entry_id, _ = hit(service, hoster)
    send(hoster, report(entry_id, "false"))
    page = desk("sanne").open("/feedback")
    row = page.find(f'tr[data-entry="{entry_id}"]')
    assert "Another picture" in row.text()

    done = page.submit(f'form[action="/feedback/{entry_id}/withdraw"]')

    told = "Taken off the list. No check matches it any more."
    assert done.find("[role=status]").text() == told
    assert str(entry_id) not in done.text


@pytest.mark.requirement("HC-FEEDBACK-1")
def test_a_decision_that_came_too_late_changes_nothing(service: Service, desk: Desk) -> None:
    hoster = service.hoster()
    entry_id, _ = hit(service, hoster)
    send(hoster, report(entry_id, "false"))
    pages = [desk(name).open("/feedback") for name in ("sanne", "tim")]
    kept = pages[0].submit(f'form[action="/feedback/{entry_id}/keep"]')
    assert kept.find("[role=status]").text() == "Kept. The match was right."
    late = pages[1].submit(f'form[action="/feedback/{entry_id}/withdraw"]')
    assert late.status == 409
    assert "This was decided by somebody already." in late.text


@pytest.mark.requirement("HC-DESK-1")
def test_an_auditor_reads_feedback_and_decides_nothing(service: Service, desk: Desk) -> None:
    hoster = service.hoster()
    entry_id, _ = hit(service, hoster)
    send(hoster, report(entry_id, "false"))
    page = desk("omar", "nl").open("/feedback")
    assert str(entry_id) in page.text
    assert "Een andere afbeelding" in page.text
    assert f"/feedback/{entry_id}/keep" not in page.text
