"""Reports for staff: what came in, how far it is, and who sent it only on purpose."""

from datetime import timedelta

import pytest
from shared.platform.tables import AuditEvent
from sqlmodel import Session, select

from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, links, rows
from tests.hotline.pages.cases import Cases

ADDRESS = "https://host.example/a.png"
NOTE = "At the bottom of the page.\n<b>Under the third</b> answer."
MAIL = "somebody@example.org"
READ = "form[action$='/reporter']"


def readings(session: Session) -> list[str]:
    """Who read a reporter, as it stands in the audit."""
    chosen = select(AuditEvent.actor_name).where(AuditEvent.action == "report.reporter_read")
    return list(session.exec(chosen))


@pytest.mark.requirement("MG-2")
def test_reports_are_listed_newest_first_with_their_state(
    intake: Browser, cases: Cases, clock: FrozenClock
) -> None:
    old = cases.report(ADDRESS)
    cases.known_illegal("https://host.example/known.png")
    clock.advance(timedelta(hours=1))
    urgent = cases.report("https://host.example/c.png", "mail me please", child_in_danger=True)
    page = intake.open("/reports")
    assert "Nog niet verwerkt: 2." in page.text
    first, second, third = rows(page)
    assert "Gevaar" in first
    assert first.endswith("Ontvangen 1 1")
    assert (links(page)[0], "1 uur geleden" in second) == (f"/reports/{urgent}", True)
    assert f"/reports/{old}" in links(page)
    assert {"Ontvangen" in second, "Ontvangen" in third} == {True, False}
    assert "Verwerkt" in second + third


@pytest.mark.requirement("MG-10")
def test_a_list_without_reports_says_so(intake: Browser) -> None:
    page = intake.open("/reports")
    assert "Geen meldingen." in page.text
    assert links(page, "main a") == []


def test_a_long_list_goes_on_where_the_page_ended(
    intake: Browser, cases: Cases, clock: FrozenClock
) -> None:
    made = []
    for number in range(102):
        made.append(cases.report(f"https://host.example/{number}.png"))
        clock.advance(timedelta(minutes=1))
    first = intake.open("/reports")
    assert links(first) == [f"/reports/{report}" for report in reversed(made[2:])]
    second = intake.open(first.link("main p.actions a"))
    assert links(second) == [f"/reports/{report}" for report in reversed(made[:2])]
    assert [node.text() for node in second.all("main p.actions a")] == ["Nieuwste"]
    assert intake.open("/reports?before=yesterday").status == 422


@pytest.mark.requirement("IN-3")
def test_a_report_tells_its_addresses_and_what_was_not_taken(
    analyst: Browser, cases: Cases
) -> None:
    report_id = cases.report(ADDRESS, f"{ADDRESS}#again", "no address at all")
    page = analyst.open(f"/reports/{report_id}")
    assert rows(page) == ["hxxps://host[.]example/a.png 2 × Wordt opgehaald"]
    assert "Regels zonder adres dat te bekijken is: 1" in page.text
    assert links(page) == [f"/urls/{cases.url_id(ADDRESS)}"]
    reference = page.heading.removeprefix("Melding ")
    desk = analyst.open(f"/urls/{cases.url_id(ADDRESS)}")
    assert reference in desk.find(".facts").text()
    assert "2 keer" in desk.find(".facts").text()


@pytest.mark.requirement("SEC-P2")
def test_who_reported_is_shown_once_and_only_on_purpose(intake: Browser, cases: Cases) -> None:
    report_id = cases.report(ADDRESS, note=NOTE, contact_email=MAIL, anonymous=False)
    page = intake.open(f"/reports/{report_id}")
    assert MAIL not in page.text
    assert "At the bottom" not in page.text
    assert cases.ask(readings) == []
    opened = page.submit(READ)
    assert opened.find("dd.typed").text() == NOTE
    assert MAIL in opened.text
    assert "Vastgelegd dat je dit leest." in opened.text
    assert cases.ask(readings) == ["test-intake-officer"]
    assert MAIL not in intake.open(f"/reports/{report_id}").text


def test_a_reporter_who_told_nothing_is_told_as_such(intake: Browser, cases: Cases) -> None:
    report_id = cases.report(ADDRESS)
    opened = intake.open(f"/reports/{report_id}").submit(READ)
    assert [node.text() for node in opened.all("section dd")] == ["geen", "geen: anoniem gemeld"]


@pytest.mark.requirement("SEC-P5", "MG-4")
def test_an_analyst_never_reads_who_reported(analyst: Browser, cases: Cases) -> None:
    report_id = cases.report(ADDRESS, note=NOTE, contact_email=MAIL, anonymous=False)
    page = analyst.open(f"/reports/{report_id}")
    assert page.all(READ) == []
    token = page.form(".person form").fields
    answer = analyst.client.post(f"/reports/{report_id}/reporter", data=token)
    assert answer.status_code == 403
    assert MAIL not in answer.text
    assert cases.ask(readings) == []


def test_an_intake_officer_is_not_led_to_what_does_not_open(intake: Browser, cases: Cases) -> None:
    report_id = cases.report(ADDRESS)
    assert links(intake.open(f"/reports/{report_id}")) == []
