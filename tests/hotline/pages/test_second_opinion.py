"""A doubt goes to somebody else, who judges without knowing the first opinion."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from infra.story.analyst import ILLEGAL_AI, NOT_ILLEGAL
from infra.story.visitor import Page
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, rows, staff_browser, told
from tests.hotline.pages.cases import Cases

ADDRESS = "https://host.example/a.png"
FORM = "[data-desk]"
DOUBT = ILLEGAL_AI | {"verdict": "doubt"}


def held(browser: Browser) -> Page:
    return browser.open("/urls").submit("form[action='/urls/next']")


def history(page: Page) -> list[str]:
    """The earlier decisions that a page tells, each as one line."""
    return [" ".join(node.text(separator=" ").split()) for node in page.all(".facts details")]


@pytest.mark.requirement("CL-3", "CL-9")
def test_a_doubt_waits_for_a_second_person(analyst: Browser, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    page = held(analyst).submit(FORM, **DOUBT)
    assert told(page) == "Opgeslagen. Een tweede persoon kijkt ernaar."
    assert "Wacht op een tweede oordeel" in rows(page)[0]
    assert "Op een tweede oordeel: 1." in page.text


@pytest.mark.requirement("CL-9")
def test_who_doubted_does_not_get_it_again(app: FastAPI, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    with staff_browser(app, "senior_analyst") as senior:
        held(senior).submit(FORM, **DOUBT)
        assert told(held(senior)) == "Er wacht nu niets op jou."


@pytest.mark.requirement("CL-9", "MG-4")
def test_a_second_opinion_takes_a_senior(app: FastAPI, analyst: Browser, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    held(analyst).submit(FORM, **DOUBT)
    with staff_browser(app, "analyst", "second") as colleague:
        assert told(held(colleague)) == "Er wacht nu niets op jou."


@pytest.mark.requirement("CL-9")
def test_the_second_person_judges_without_the_first_opinion(
    analyst: Browser, senior: Browser, cases: Cases, clock: FrozenClock
) -> None:
    url_id = cases.awaiting(ADDRESS)
    held(analyst).submit(FORM, **DOUBT)
    clock.advance(timedelta(minutes=1))
    page = held(senior)
    assert history(page) == []
    assert "Een collega twijfelde." in page.text
    answers = page.form(FORM).fields
    assert (answers["person_shown"], answers["age"]) == (["unknown"], [""])
    assert "verdict" not in answers
    page.submit(FORM, **NOT_ILLEGAL)
    first, second = history(senior.open(f"/urls/{url_id}"))
    assert first.startswith("Twijfel")
    for words in ("Test-Analyst", "Lijkt een kind", "Gemaakt met AI (zeker)", "12 en 13 jaar"):
        assert words in first
    assert second.startswith("Niet illegaal")
    assert "Minderjarige, niet seksueel" in second
    assert "een tweede persoon" in rows(senior.open("/urls?show=decided"))[0]


@pytest.mark.requirement("CL-3")
def test_a_second_person_cannot_pass_the_doubt_on(
    analyst: Browser, senior: Browser, cases: Cases
) -> None:
    cases.awaiting(ADDRESS)
    held(analyst).submit(FORM, verdict="doubt")
    page = held(senior)
    assert page.all("[name=verdict][value=doubt]") == []
    form = page.form(FORM)
    form.fields["verdict"] = ["doubt"]
    refused = senior.send(form)
    assert refused.status == 409
    assert refused.all(FORM)


@pytest.mark.requirement("CL-4")
def test_a_decision_is_told_with_everything_that_was_seen(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    assert "Hierover heeft nog niemand beslist." in held(analyst).text
    answers = ILLEGAL_AI | {
        "age": "3-3",
        "self_generated": "yes_circumstances_unknown",
        "sexual_focus": "none",
        "difference_reason": "consulted",
    }
    analyst.open(f"/urls/{url_id}").submit(FORM, **answers)
    (line,) = history(analyst.open(f"/urls/{url_id}"))
    for words in (
        "Test-Analyst",
        "Met iemand overlegd",
        "Lijkt een kind",
        "Kunstmatig, als een foto",
        "3 jaar",
        "Meisje",
        "seksuele nadruk? Geen",
        "te zien? Geen",
        "Ja, omstandigheden onbekend",
    ):
        assert words in line


@pytest.mark.requirement("CL-9")
def test_a_senior_opens_a_decided_address_again_with_a_reason(
    app: FastAPI, analyst: Browser, senior: Browser, cases: Cases
) -> None:
    url_id = cases.awaiting(ADDRESS)
    held(analyst).submit(FORM, **NOT_ILLEGAL)
    again = "form[action$=reopen]"
    assert not analyst.open(f"/urls/{url_id}").all(again)
    page = senior.open(f"/urls/{url_id}").submit(again, reason="new_facts")
    assert told(page) == "Weer geopend. Iemand anders kijkt ernaar."
    assert history(page) == []
    assert told(held(senior)) == "Er wacht nu niets op jou."
    with staff_browser(app, "senior_analyst", "second") as second:
        assert told(held(second).submit(FORM, **ILLEGAL_AI)).startswith("Opgeslagen.")
