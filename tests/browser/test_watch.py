"""The watch and axe find what they are there to find; otherwise an empty list proves nothing."""

import pytest

from tests.browser.chromium import RULES_OF_LOOKS, accessibility_faults
from tests.browser.inspection import MOVES, NO_FOCUS, STICKS_OUT
from tests.browser.people import People
from tests.browser.stage import Stage

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]

SPOILED = "const style = new CSSStyleSheet(); style.replaceSync({}); {}"
INVENTED = '<!doctype html><title>-</title><img src="https://other.example/picture.png">'
ADOPT = "document.adoptedStyleSheets = [style];"


def _spoiled(rule: str) -> str:
    return SPOILED.format(f"'{rule}'", ADOPT)


def test_a_broken_policy_is_heard(stage: Stage, people: People) -> None:
    page = stage.visit("website", "/privacy")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.wait_for_timeout(100)
    assert any("Content Security Policy" in said for said in people.watch.complaints.pop(page))
    page.close()


def test_a_request_to_somebody_else_is_seen(stage: Stage, people: People) -> None:
    page = stage.people.visitor()
    page.route("https://other.example/**", lambda route: route.fulfill(body=""))
    page.route("**/invented", lambda route: route.fulfill(body=INVENTED, content_type="text/html"))
    page.goto(f"{stage.website}/invented")
    assert people.watch.foreign_requests.pop(page) == ["https://other.example/picture.png"]
    page.close()


def test_axe_finds_a_page_without_a_language(stage: Stage) -> None:
    page = stage.visit("website", "/privacy")
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert any("html-has-lang" in fault for fault in accessibility_faults(page))
    page.close()


def test_axe_finds_words_that_are_too_faint(stage: Stage) -> None:
    page = stage.visit("website", "/privacy")
    page.evaluate(_spoiled("main p { color: #bbb; background: #ccc }"))
    faults = accessibility_faults(page, RULES_OF_LOOKS)
    assert any("color-contrast" in fault for fault in faults)
    page.close()


@pytest.mark.parametrize(
    ("rule", "question"),
    [
        ("h1 { width: 2000px }", STICKS_OUT),
        ("a:focus-visible { outline: none !important }", NO_FOCUS),
        ("a { transition: color 1s !important }", MOVES),
    ],
    ids=["too wide", "no focus ring", "moving"],
)
def test_a_spoiled_page_is_found(stage: Stage, rule: str, question: str) -> None:
    page = stage.visit("website", "/privacy")
    page.set_viewport_size({"width": 390, "height": 844})
    page.keyboard.press("Tab")
    assert page.evaluate(question) == []
    page.evaluate(_spoiled(rule))
    assert page.evaluate(question) != []
    page.close()
