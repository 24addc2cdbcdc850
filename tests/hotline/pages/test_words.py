"""Both languages: every code has words, every page speaks one language only."""

from enum import StrEnum

import pytest
from fastapi import FastAPI
from hotline.domain.fetch import FetchCode, ProbeState
from hotline.domain.role import ROLES
from hotline.domain.url import Priority
from hotline.domain.web_address import Obstacle, may_be_fetched
from hotline.pages.fetch_words import fetch_words
from hotline.pages.state_shapes import KINDS, kind
from hotline.pages.words import (
    AGE_WORDS,
    CONFIDENCE_WORDS,
    PRIORITY_WORDS,
    ROLE_WORDS,
    WORDS,
    defanged,
)
from shared.domain.classification import AGE_STEPS
from shared.ui.pages import Pages

from infra.story.analyst import ILLEGAL_AI
from tests.hotline.pages.browser import staff_browser
from tests.hotline.pages.cases import Cases

SHAPES = {"waiting", "busy", "done", "overdue", "none"}
DUTCH_AND_ENGLISH = (
    ("/", "Vandaag", "Today"),
    ("/urls", "Werklijst", "Work list"),
    ("/removals", "Verwijderzaken", "Removals"),
    ("/reports", "Meldingen", "Reports"),
    ("/figures", "Cijfers", "Figures"),
    ("/exposure", "Mijn kijktijd", "My exposure"),
)


@pytest.mark.requirement("MG-10")
@pytest.mark.parametrize("codes", WORDS, ids=lambda codes: codes.__name__)
def test_every_code_has_words_of_its_own(codes: type[StrEnum]) -> None:
    words = WORDS[codes]
    assert set(words) == set(codes)
    assert len(set(words.values())) == len(words)


@pytest.mark.requirement("MG-10")
def test_every_other_code_of_a_page_has_words() -> None:
    assert set(ROLE_WORDS) == set(ROLES)
    assert set(PRIORITY_WORDS) == {int(priority) for priority in Priority}
    assert tuple(AGE_WORDS) == AGE_STEPS
    assert set(CONFIDENCE_WORDS) == {1, 2, 3}
    hindered = [obstacle for obstacle in Obstacle if not may_be_fetched(obstacle)]
    for code in (*FetchCode, *hindered):
        assert fetch_words(code) != fetch_words(""), code


def test_every_state_has_a_shape_that_the_stylesheet_knows() -> None:
    assert all(kind(state) in SHAPES for states in KINDS for state in states)
    assert kind(ProbeState.UNKNOWN) == "none"


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("https://host.example/a.b/c", "hxxps://host[.]example/a.b/c"),
        ("http://192.0.2.1:8080/", "hxxp://192[.]0[.]2[.]1:8080/"),
        ("host.example", "host[.]example"),
    ],
)
def test_an_address_is_written_so_that_nothing_opens_it(address: str, written: str) -> None:
    assert defanged(address) == written


@pytest.mark.requirement("MG-10")
def test_each_page_speaks_the_language_that_was_asked_for(app: FastAPI, cases: Cases) -> None:
    cases.looking_alike("https://host.example/a.png")
    case_id = cases.known_illegal("https://host.example/b.png")
    cases.hosted(case_id)
    report_id = cases.report("https://host.example/c.png")
    answers = {}
    for language in ("nl", "en"):
        with staff_browser(app, "senior_analyst", f"someone-{language}", language) as browser:
            for path, dutch, english in DUTCH_AND_ENGLISH:
                page = browser.open(path)
                assert page.heading == (dutch if language == "nl" else english)
                assert page.find("html").attributes["lang"] == language
            desk = browser.open("/urls").submit("form[action='/urls/next']")
            answers[language] = desk
            assert browser.open(f"/removals/{case_id}").status == 200
            assert browser.open(f"/reports/{report_id}").status == 200
            refused = desk.submit("[data-desk]", **(ILLEGAL_AI | {"depiction": "real"}))
            assert refused.status == 422
            refused.submit("form[action$='/release']")
    legends = {
        language: [node.text(strip=True) for node in page.all("legend")]
        for language, page in answers.items()
    }
    assert len(legends["nl"]) == len(legends["en"]) == 12
    assert not set(legends["nl"]) & set(legends["en"])


@pytest.mark.requirement("MG-10", "PF-UI-LANGUAGE-2")
def test_no_sentence_of_the_desk_is_the_same_in_both_languages(app: FastAPI) -> None:
    pages: Pages = app.state.pages
    alike = {
        words
        for codes in WORDS.values()
        for words in codes.values()
        if pages.translate(words, "nl") == words
    }
    assert alike == {"Online", "Website"}
