"""The outbox carries a task and an id, never a text: what a broker sees says nothing."""

from uuid import UUID

import pytest
from hotline.tasks import tasks
from shared.platform.tables import AuditEvent, Outbox

from tests.hotline.inside import Hotline

CANARY = "canary-4711"


def played(hotline: Hotline) -> None:
    """A report with a canary everywhere, from intake to removal."""
    cases = hotline.cases()
    address = f"https://{CANARY}.example/{CANARY}.png"
    cases.report(address, note=CANARY, contact_email=f"{CANARY}@site.example", anonymous=False)
    case_id = cases.known_illegal(address)
    cases.hosted(case_id, email=f"{CANARY}@host.example")
    cases.mailed(hotline.mail_of(case_id))
    cases.gone(case_id)


@pytest.mark.requirement("SEC-P1")
def test_an_outbox_row_has_ids_and_times_only(hotline: Hotline) -> None:
    played(hotline)
    rows = hotline.rows(Outbox)
    assert rows
    for row in rows:
        assert row.task in tasks.names
        assert isinstance(row.subject, UUID)
        assert CANARY not in str(row.model_dump())


@pytest.mark.requirement("SEC-P4")
def test_an_audit_event_has_codes_ids_and_counts_only(hotline: Hotline) -> None:
    played(hotline)
    events = hotline.rows(AuditEvent)
    assert len({event.action for event in events}) >= 10
    assert not [event for event in events if CANARY in str(event.model_dump())]
