"""Deciding an address: the form, what it asks, what it refuses, and that nothing is lost."""

from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from hotline.domain.assessment import NotIllegalReason, Verdict
from hotline.queries.assessment import assessments_of
from hotline.tables import Assessment
from selectolax.lexbor import LexborNode

from infra.story.analyst import ILLEGAL_AI, NOT_ILLEGAL
from infra.story.visitor import Page
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, problems, rows, staff_browser, told
from tests.hotline.pages.cases import Cases

ADDRESS = "https://host.example/a.png"
FORM = "[data-desk]"
NOTHING_LOST = "Er is niets opgeslagen. Wat je hebt ingevuld staat er nog."
UNLIKE_THE_LAW = ILLEGAL_AI | {"sexual_focus": "none"}
UNKNOWN = {
    "person_shown": "unknown",
    "depiction": "unknown",
    "ai_involvement": "cannot_tell",
    "ai_confidence": "1",
    "age": "",
    "gender": "not_determined",
    "sexual_focus": "unknown",
    "activity": "unknown",
    "self_generated": "unknown",
    "difference_reason": "",
}


def held(browser: Browser) -> Page:
    return browser.open("/urls").submit("form[action='/urls/next']")


def decided(cases: Cases, url_id: UUID) -> Assessment:
    found = cases.ask(assessments_of, url_id)
    assert isinstance(found, list)
    return found[-1]  # type: ignore[no-any-return]


def chosen(page: Page) -> dict[str, str]:
    """What is chosen in the form as it stands."""
    fields = page.form(FORM).fields
    return {name: values[0] for name, values in fields.items() if name not in {"csrf", "version"}}


@pytest.mark.requirement("CL-3")
def test_the_form_begins_without_a_verdict_and_with_everything_unknown(
    analyst: Browser, cases: Cases
) -> None:
    cases.awaiting(ADDRESS)
    assert chosen(held(analyst)) == UNKNOWN


@pytest.mark.requirement("CL-3", "CL-4", "CL-6")
def test_an_illegal_picture_is_stored_with_every_label(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    page = held(analyst).submit(FORM, **ILLEGAL_AI)
    assert (page.url.partition("?")[0], told(page)) == (
        f"{analyst.origin}/urls",
        "Opgeslagen. Wat erop volgt is begonnen.",
    )
    made = decided(cases, url_id)
    assert (made.verdict, made.national_verdict, made.schema_version) == (
        "illegal",
        "illegal",
        "offlimits-1",
    )
    stored = {name: str(getattr(made, name)) for name in ILLEGAL_AI if name not in {"age"}}
    assert stored == {name: value for name, value in ILLEGAL_AI.items() if name != "age"}
    assert (made.age_min, made.age_max) == (12, 13)
    assert rows(analyst.open("/removals"))[0].startswith("hxxps://host[.]example/a.png")


@pytest.mark.requirement("CL-3")
def test_what_is_not_illegal_is_stored_with_its_reason(analyst: Browser, cases: Cases) -> None:
    for reason in NotIllegalReason:
        url_id = cases.awaiting(f"https://host.example/{reason.value}.png")
        held(analyst).submit(FORM, verdict="not_illegal", not_illegal_reason=reason.value)
        made = decided(cases, url_id)
        assert (made.verdict, made.not_illegal_reason) == (Verdict.NOT_ILLEGAL, reason)


@pytest.mark.requirement("CL-3")
def test_labels_that_were_out_of_sight_do_not_count(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    held(analyst).submit(FORM, **(ILLEGAL_AI | NOT_ILLEGAL))
    made = decided(cases, url_id)
    assert (made.verdict, made.person_shown, made.age_min) == ("not_illegal", "unknown", None)


@pytest.mark.requirement("CL-3")
def test_ignoring_needs_nothing_else(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    held(analyst).submit(FORM, verdict="ignore")
    assert decided(cases, url_id).verdict == "ignored"
    page = analyst.open(f"/urls/{url_id}")
    assert "door: een analist" in page.text
    assert page.all(FORM) == []


@pytest.mark.requirement("CL-6")
@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"person_shown": "child"}, "verdict", "Kies een oordeel."),
        (
            {"verdict": "not_illegal"},
            "not_illegal_reason",
            "Kies waarom het niet illegaal is.",
        ),
        (
            UNLIKE_THE_LAW,
            "difference_reason",
            "Volgens je labels is dit niet illegaal. "
            "Verander een label, of zeg waarom het dat wel is.",
        ),
        (
            ILLEGAL_AI | {"depiction": "real"},
            "depiction",
            "Echt en gemaakt met AI gaan niet samen. Verander een van de twee.",
        ),
        (
            ILLEGAL_AI | {"verdict": "doubt", "depiction": "real"},
            "depiction",
            "Echt en gemaakt met AI gaan niet samen. Verander een van de twee.",
        ),
    ],
    ids=["no verdict", "no reason", "unlike the law", "contradiction", "contradiction in doubt"],
)
def test_a_form_that_cannot_be_taken_says_why_and_keeps_every_answer(
    analyst: Browser, cases: Cases, answers: dict[str, str], field: str, sentence: str
) -> None:
    url_id = cases.awaiting(ADDRESS)
    page = held(analyst).submit(FORM, **answers)
    assert page.status == 422
    assert page.find(".error-summary h2").text() == NOTHING_LOST
    assert problems(page) == {field: sentence}
    assert page.find(f"fieldset#{field}").attributes["aria-invalid"] == "true"
    assert chosen(page) == UNKNOWN | answers
    assert cases.ask(assessments_of, url_id) == []
    assert "Dit adres is van jou tot" in page.text


@pytest.mark.requirement("CL-6")
def test_a_difference_with_the_law_is_taken_with_its_reason(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    refused = held(analyst).submit(FORM, **UNLIKE_THE_LAW)
    refused.submit(FORM, difference_reason="context_of_page")
    made = decided(cases, url_id)
    assert (made.verdict, made.national_verdict, made.difference_reason) == (
        "illegal",
        "not_illegal",
        "context_of_page",
    )


@pytest.mark.requirement("CL-1")
def test_what_changed_meanwhile_is_looked_at_before_it_is_saved(
    analyst: Browser, cases: Cases
) -> None:
    url_id = cases.awaiting(ADDRESS)
    form = held(analyst).form(FORM)
    for name, value in ILLEGAL_AI.items():
        form.fill(name, value)
    form.fields["version"] = ["1"]
    page = analyst.send(form)
    assert page.status == 412
    assert "Kijk wat er nieuw is en sla opnieuw op." in page.find(".error-summary li").text()
    assert chosen(page) == ILLEGAL_AI | {"difference_reason": ""}
    assert cases.ask(assessments_of, url_id) == []
    page.submit(FORM)
    assert decided(cases, url_id).verdict == "illegal"


@pytest.mark.requirement("CL-1")
def test_the_same_decision_twice_is_stored_once(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    desk = held(analyst)
    desk.submit(FORM, verdict="ignore")
    again = desk.submit(FORM, **ILLEGAL_AI)
    assert again.status == 409
    assert again.find(".error-summary h2").text() == "Er is niets opgeslagen"
    assert "Iemand heeft dit al afgerond." in again.find(".error-summary li").text()
    assert again.all(FORM) == []
    assert decided(cases, url_id).verdict == "ignored"
    found = cases.ask(assessments_of, url_id)
    assert isinstance(found, list)
    assert len(found) == 1


@pytest.mark.requirement("CL-1")
def test_who_holds_nothing_decides_nothing(app: FastAPI, analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    desk = held(analyst)
    desk.submit("form[action$='/release']")
    refused = desk.submit(FORM, **ILLEGAL_AI)
    assert refused.status == 409
    assert "niet (meer) van jou" in refused.find(".error-summary li").text()
    assert cases.ask(assessments_of, url_id) == []


@pytest.mark.requirement("CL-1")
def test_who_is_still_at_work_when_the_half_hour_ends_loses_nothing(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    url_id = cases.awaiting(ADDRESS)
    desk = held(analyst)
    clock.advance(timedelta(hours=2))
    refused = desk.submit(FORM, **UNLIKE_THE_LAW)
    assert chosen(refused) == UNLIKE_THE_LAW | {"difference_reason": ""}
    refused.submit(FORM, sexual_focus="suggestive_posing")
    assert decided(cases, url_id).verdict == "illegal"


@pytest.mark.requirement("CL-1")
def test_after_the_half_hour_a_colleague_who_took_it_decides(
    app: FastAPI, analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    url_id = cases.awaiting(ADDRESS)
    desk = held(analyst)
    clock.advance(timedelta(minutes=31))
    with staff_browser(app, "analyst", "second") as colleague:
        taken = held(colleague)
        assert desk.submit(FORM, verdict="ignore").status == 409
        taken.submit(FORM, **NOT_ILLEGAL)
    assert decided(cases, url_id).verdict == "not_illegal"


@pytest.mark.requirement("HA-1")
def test_a_look_alike_has_its_known_labels_filled_in_and_marked(
    analyst: Browser, cases: Cases
) -> None:
    cases.looking_alike(ADDRESS)
    page = held(analyst)
    known = {"age": "12-13", "gender": "female", "self_generated": "no"}
    assert chosen(page) == UNKNOWN | known | {"ai_involvement": "ai_generated"}
    marked = {node.attributes["id"] for node in page.all("fieldset:has(.tag)")}
    assert marked == {"age", "gender", "self_generated", "ai_involvement"}
    assert "Dit lijkt op een afbeelding van een lijst." in page.text
    assert "aantal beoordelaars: 2" in page.text
    assert page.all("img[src$='/picture.png']") == []


def keys_of(node: LexborNode) -> list[str]:
    return [found.attributes.get("data-digit") or "" for found in node.css("[data-digit]")]


@pytest.mark.requirement("N-02")
def test_every_answer_and_every_act_names_its_key(analyst: Browser, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    page = held(analyst)
    acts = {node.attributes["data-key"] for node in page.all("[data-key]")}
    assert acts == set("bvigndsr")
    for node in page.all("main [data-key], main [data-digit]"):
        key = node.attributes.get("data-key") or node.attributes.get("data-digit")
        within = node if node.tag == "button" else node.parent
        assert within is not None
        assert within.css("kbd")[0].text() == key
    for question in page.all("fieldset:not(#verdict)"):
        digits = keys_of(question)
        assert len(digits) == len(set(digits)) == len(question.css("input"))
        assert not set(digits) & acts
    assert page.all("[data-shortcuts-switch]")
