"""Abuse contacts: who may be written to, and that approving one sets waiting cases free."""

import pytest
from hotline.domain.takedown import MailOutcome
from hotline.queries.takedown import notices_of

from infra.story.visitor import Page
from tests.hotline.pages.browser import Browser, rows, told
from tests.hotline.pages.cases import Cases

ADDRESS = "https://host.example/a.png"
APPROVE = "form[action$='/approve']"


def used(page: Page) -> list[str]:
    """What each contact may be used for, in the order of the list."""
    return [node.text(strip=True) for node in page.all("tbody .state")]


def waiting(cases: Cases, email: str = "desk@host.example") -> None:
    """A contact that no rule approves, with a case that waits for it."""
    cases.app.state.policy = type(cases.app.state.policy)(trusts_registries=False)
    cases.hosted(cases.known_illegal(ADDRESS), email=email)


@pytest.mark.requirement("HO-5")
def test_approving_a_contact_sends_out_what_waited_for_it(officer: Browser, cases: Cases) -> None:
    waiting(cases)
    page = officer.open("/contacts")
    assert used(page) == ["Wacht op goedkeuring"]
    assert "desk@host.example" in page.find(f"{APPROVE} button").text()
    approved = page.submit(APPROVE)
    assert told(approved) == "Goedgekeurd. Zaken die op dit contact wachtten gaan nu de deur uit."
    assert used(approved) == ["Goedgekeurd"]
    assert "Test-Ntd-Officer" in rows(approved)[0]
    assert approved.all(APPROVE) == []
    assert "Verzoek wacht op verzending" in rows(officer.open("/removals"))[0]


@pytest.mark.requirement("HO-5")
def test_a_contact_that_was_approved_by_rule_says_so(officer: Browser, cases: Cases) -> None:
    cases.hosted(cases.known_illegal(ADDRESS))
    line = rows(officer.open("/contacts"))[0]
    assert line.startswith("Voorbeeld Hosting B.V. VH-1 abuse@host.example Register (RDAP)")
    assert line.endswith("Goedgekeurd volgens regel: uit het register")


@pytest.mark.requirement("NT-6")
def test_a_contact_whose_mail_was_refused_waits_for_a_person_again(
    officer: Browser, cases: Cases
) -> None:
    waiting(cases)
    officer.open("/contacts").submit(APPROVE)
    case_id = cases.case_of(cases.url_id(ADDRESS))
    notices = cases.ask(notices_of, case_id)
    assert isinstance(notices, list)
    cases.mailed(notices[0].mail_id, MailOutcome.REFUSED)
    page = officer.open("/contacts")
    assert used(page) == ["Mail is geweigerd"]
    assert page.all(APPROVE)


def test_approving_twice_changes_nothing_more(officer: Browser, cases: Cases) -> None:
    waiting(cases)
    page = officer.open("/contacts")
    page.submit(APPROVE)
    assert page.submit(APPROVE).status == 200
    case_id = cases.case_of(cases.url_id(ADDRESS))
    notices = cases.ask(notices_of, case_id)
    assert isinstance(notices, list)
    assert len(notices) == 1


def test_a_list_without_contacts_says_so(officer: Browser) -> None:
    page = officer.open("/contacts")
    assert "Er is nog geen misbruikcontact bekend." in page.text
    assert rows(page) == []


def test_those_that_wait_stand_first(officer: Browser, cases: Cases) -> None:
    cases.hosted(cases.known_illegal("https://host.example/b.png"))
    waiting(cases)
    assert used(officer.open("/contacts")) == ["Wacht op goedkeuring", "Goedgekeurd"]
