"""Removals: what is open, what waits for a person, what was done, and when it was gone."""

from datetime import timedelta
from uuid import UUID

import pytest
from hotline.domain.fetch import ProbeState
from hotline.domain.takedown import MailOutcome
from hotline.queries.takedown import notices_of
from hotline.tables import TakedownNotice

from infra.story.visitor import Page
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, figures, links, problems, rows, told
from tests.hotline.pages.cases import FOREIGN_IP, HOME_IP, Cases

ADDRESS = "https://host.example/a.png"
SEND = "form[action$='/notices']"


def notice_of(cases: Cases, case_id: UUID) -> TakedownNotice:
    found = cases.ask(notices_of, case_id)
    assert isinstance(found, list)
    return found[-1]  # type: ignore[no-any-return]


def delivered(cases: Cases, address: str = ADDRESS) -> UUID:
    """A case whose notice has arrived."""
    case_id = cases.known_illegal(address)
    cases.hosted(case_id)
    cases.mailed(notice_of(cases, case_id).mail_id)
    return case_id


def without_contact(cases: Cases, address: str = "https://host.example/b.png") -> UUID:
    """A case that waits until somebody says who may be written to."""
    case_id = cases.known_illegal(address)
    cases.hosted(case_id, email="redacted@host.example")
    return case_id


def state_of(page: Page) -> str:
    return page.find("main .state").text(strip=True)


@pytest.mark.requirement("MG-2")
def test_the_lists_part_what_is_open_what_waits_and_what_is_closed(
    officer: Browser, cases: Cases
) -> None:
    open_case, waiting = delivered(cases), without_contact(cases)
    closed = cases.known_illegal("https://host.example/gone.png")
    cases.gone(closed)
    page = officer.open("/removals")
    assert "Open: 2. Daarvan actie nodig: 1." in page.text
    assert set(links(page)) == {f"/removals/{open_case}", f"/removals/{waiting}"}
    assert page.find("nav [aria-current]").text(strip=True) == "Verwijderzaken"
    page = officer.open("/removals?show=waiting")
    assert links(page) == [f"/removals/{waiting}"]
    page = officer.open("/removals?show=closed")
    assert links(page) == [f"/removals/{closed}"]
    assert "Weg vóór het verzoek" in rows(page)[0]
    assert "Het bestand is weg" in rows(page)[0]


@pytest.mark.requirement("MG-2")
@pytest.mark.parametrize("show", ["open", "waiting", "closed"])
def test_a_list_of_nothing_says_so(analyst: Browser, show: str) -> None:
    page = analyst.open(f"/removals?show={show}")
    assert "Er zijn er geen." in page.text
    assert rows(page) == []
    assert analyst.open("/removals?show=everything").status == 422


@pytest.mark.requirement("NT-8")
@pytest.mark.parametrize(
    ("hours", "pressing"), [(19, ""), (20, "Termijn loopt bijna af"), (24, "Termijn verstreken")]
)
def test_a_deadline_that_presses_is_seen_in_the_list_and_in_the_case(
    analyst: Browser, cases: Cases, clock: FrozenClock, hours: int, pressing: str
) -> None:
    case_id = delivered(cases)
    clock.advance(timedelta(hours=hours))
    states = [node.text(strip=True) for node in analyst.open("/removals").all("tbody .state")]
    assert states == ["Verzoek bezorgd", *([pressing] if pressing else [])]
    assert (pressing or "Binnen de termijn") in rows(analyst.open(f"/removals/{case_id}"))[0]


@pytest.mark.requirement("NT-6", "NT-8")
def test_a_case_tells_its_notice_its_host_and_every_look(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    case_id = delivered(cases)
    clock.advance(timedelta(hours=3))
    cases.looked(case_id, ProbeState.ONLINE)
    page = analyst.open(f"/removals/{case_id}")
    assert state_of(page) == "Verzoek bezorgd"
    assert figures(page) == {"online sinds de eerste melding": "3 uur"}
    notice, look = rows(page)
    assert notice.startswith(notice_of(cases, case_id).reference)
    assert "abuse@host.example" in notice
    assert "2 maart 2026 10:00" in notice
    assert "3 maart 2026 10:00" in notice
    assert look == "2 maart 2026 13:00 Online – one 200"
    facts = page.find("dl.panel").text(separator=" ")
    for fact in (HOME_IP, "Voorbeeld Hosting B.V.", "AS64500", "NL", "Register (RDAP)"):
        assert fact in facts
    assert links(page, "main a[href^='/urls/']") == [f"/urls/{cases.url_id(ADDRESS)}"]
    assert "Illegaal sinds 2 maart 2026 10:00: exact bekend, niemand keek." in page.text


@pytest.mark.requirement("OC-5")
def test_a_closed_case_says_why_and_since_when(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    case_id = delivered(cases)
    clock.advance(timedelta(hours=5))
    cases.gone(case_id)
    page = analyst.open(f"/removals/{case_id}")
    assert state_of(page) == "Verwijderd"
    assert figures(page) == {
        "online sinds de eerste melding": "5 uur",
        "waarom het weg is": "Het bestand is weg",
    }
    assert "weg sinds 2 maart 2026 15:00" in page.text
    assert "Volgende controle" not in page.text
    assert "Binnen de termijn" not in page.text


@pytest.mark.requirement("OC-2")
def test_a_first_miss_is_shown_as_not_certain(analyst: Browser, cases: Cases) -> None:
    case_id = delivered(cases)
    cases.looked(case_id, ProbeState.OFFLINE)
    assert "niet gezien" in rows(analyst.open("/removals"))[0]
    page = analyst.open(f"/removals/{case_id}")
    assert "nog niet vaak en lang genoeg" in page.text
    assert state_of(page) == "Verzoek bezorgd"


@pytest.mark.requirement("UR-4")
def test_what_came_back_is_shown_with_its_round(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    cases.gone(delivered(cases))
    clock.advance(timedelta(days=1))
    again = cases.known_illegal(ADDRESS)
    assert "teruggekomen, ronde 2" in rows(analyst.open("/removals"))[0]
    assert "teruggekomen, ronde 2" in analyst.open(f"/removals/{again}").text


@pytest.mark.requirement("HO-5", "NT-1")
def test_a_notice_goes_to_the_contact_that_a_person_chose(officer: Browser, cases: Cases) -> None:
    delivered(cases)
    case_id = without_contact(cases)
    page = officer.open(f"/removals/{case_id}").submit(SEND)
    assert told(page) == "Het verzoek gaat mee met de volgende mail aan dit contact."
    assert state_of(page) == "Verzoek wacht op verzending"
    assert page.all(SEND) == []
    assert "abuse@host.example" in rows(page)[0]


@pytest.mark.requirement("HO-5")
def test_without_an_approved_contact_nothing_can_be_chosen(officer: Browser, cases: Cases) -> None:
    page = officer.open(f"/removals/{without_contact(cases)}")
    assert state_of(page) == "Misbruikcontact nodig"
    assert page.all(SEND) == []
    assert "Er is nog geen goedgekeurd contact om te kiezen." in page.text
    assert "/contacts" in links(page, "main a")


@pytest.mark.requirement("NT-1")
def test_a_notice_that_cannot_go_out_says_why_and_sends_nothing(
    officer: Browser, cases: Cases
) -> None:
    delivered(cases)
    case_id = without_contact(cases)
    form = officer.open(f"/removals/{case_id}").form(SEND)
    officer.send(form)
    again = officer.send(form)
    assert again.status == 409
    assert again.find(".error-summary h2").text() == "Er is geen verzoek verstuurd"
    assert problems(again) == {
        "contact_id": "Dit contact kreeg hierover al een verzoek. Er is niets verstuurd."
    }
    assert len(rows(again)) == 1


@pytest.mark.requirement("CL-14", "MG-4")
def test_an_analyst_sees_what_waits_but_chooses_no_contact(analyst: Browser, cases: Cases) -> None:
    delivered(cases)
    page = analyst.open(f"/removals/{without_contact(cases)}")
    assert "Een medewerker verwijdering moet een misbruikcontact kiezen" in page.text
    assert page.all(SEND) == []


@pytest.mark.requirement("NT-6")
def test_a_mail_of_which_nobody_knows_asks_for_attention(officer: Browser, cases: Cases) -> None:
    case_id = cases.known_illegal(ADDRESS)
    cases.hosted(case_id)
    mail_id = notice_of(cases, case_id).mail_id
    cases.mailed(mail_id, MailOutcome.UNCERTAIN)
    page = officer.open(f"/removals/{case_id}")
    assert state_of(page) == "Onzeker of het verzoek aankwam"
    assert f"<{mail_id}@hotline.example>" in page.find("section.urgent").text()


@pytest.mark.requirement("ES-3")
def test_what_stands_abroad_says_who_has_to_act(officer: Browser, cases: Cases) -> None:
    case_id = cases.known_illegal(ADDRESS, ip=FOREIGN_IP)
    cases.hosted(case_id, ip=FOREIGN_IP)
    page = officer.open(f"/removals/{case_id}")
    assert state_of(page) == "Staat in het buitenland"
    assert "Draag het over aan het meldpunt van dat land." in page.text
    assert "Er is nog geen verzoek geschreven." in page.text


@pytest.mark.requirement("HO-3")
def test_a_host_that_nobody_knows_is_said_to_be_unknown(officer: Browser, cases: Cases) -> None:
    case_id = cases.known_illegal(ADDRESS, ip="203.0.113.9")
    cases.hosted(case_id, ip="203.0.113.9")
    page = officer.open(f"/removals/{case_id}")
    assert state_of(page) == "Hostingbedrijf onbekend"
    assert "De registers en onze netwerktabel weten niet waar dit staat." in page.text


def test_a_case_of_which_nothing_is_known_yet_says_so(analyst: Browser, cases: Cases) -> None:
    page = analyst.open(f"/removals/{cases.known_illegal(ADDRESS)}")
    for sentence in (
        "Er is nog geen verzoek geschreven.",
        "Nog niet opgezocht.",
        "Er is nog niet gekeken.",
    ):
        assert sentence in page.text
