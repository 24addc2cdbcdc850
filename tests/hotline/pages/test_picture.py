"""Looking at pictures: never unasked, written down first, counted, and enough is enough."""

from datetime import timedelta
from uuid import UUID

import pytest
from fastapi import FastAPI
from hotline.domain.fetch import Picture
from hotline.tables import ViewEvent
from shared.platform.tables import AuditEvent
from sqlmodel import Session, col, select

from infra.story.visitor import Page
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, figures, staff_browser, told
from tests.hotline.pages.cases import Cases, FakeImagery

ADDRESS = "https://host.example/a.png"
BLURRED = "button[name=profile][value=blurred]"
FULL = "button[name=profile][value=full]"
COVER = "form[action$='/cover']"
PICTURE = "img[src$='/picture.png']"


def held(browser: Browser) -> Page:
    return browser.open("/urls").submit("form[action='/urls/next']")


def looks(session: Session) -> list[tuple[str, bool]]:
    """Each look in order: its profile, and whether it has ended."""
    found = session.exec(select(ViewEvent).order_by(col(ViewEvent.opened_at), col(ViewEvent.id)))
    return [(view.profile.value, view.closed_at is not None) for view in found]


def viewed(session: Session) -> list[str]:
    """How each look stands in the audit."""
    chosen = select(AuditEvent.reason).where(AuditEvent.action == "imagery.viewed")
    return list(session.exec(chosen.order_by(col(AuditEvent.at))))


@pytest.mark.requirement("CL-12")
def test_no_picture_comes_without_uncovering_it(
    analyst: Browser, cases: Cases, imagery: FakeImagery
) -> None:
    url_id = cases.awaiting(ADDRESS)
    desk = held(analyst)
    assert [node.attributes["src"] for node in desk.all("main img")] == [
        f"/urls/{url_id}/cover.png"
    ]
    assert analyst.client.get(f"/urls/{url_id}/picture.png").status_code == 404
    assert imagery.shown == []


@pytest.mark.requirement("CL-11", "CL-16")
def test_a_look_is_written_down_before_the_picture_is_shown(
    analyst: Browser, cases: Cases, app: FastAPI, clock: FrozenClock
) -> None:
    url_id = cases.awaiting(ADDRESS)
    known: list[object] = []

    class Watching(FakeImagery):
        """Notes what is written down at the moment a picture is asked for."""

        def show(self, imagery_id: UUID, profile: str) -> Picture:
            known.append((profile, cases.ask(looks)))
            return super().show(imagery_id, profile)

    app.state.imagery = Watching()
    desk = held(analyst)
    analyst.client.get(f"/urls/{url_id}/cover.png")
    clock.advance(timedelta(seconds=5))
    shown = desk.press(FULL)
    assert analyst.client.get(str(shown.find(PICTURE).attributes["src"])).status_code == 200
    assert known == [
        ("thumb", [("thumb", False)]),
        ("full", [("thumb", True), ("full", False)]),
    ]
    assert cases.ask(viewed) == ["thumb", "full"]


@pytest.mark.requirement("CL-12")
@pytest.mark.parametrize(("button", "profile"), [(BLURRED, "blurred"), (FULL, "full")])
def test_a_picture_is_shown_as_far_as_was_asked(
    analyst: Browser, cases: Cases, imagery: FakeImagery, button: str, profile: str
) -> None:
    url_id = cases.awaiting(ADDRESS)
    shown = held(analyst).press(button)
    source = shown.find(PICTURE)
    answer = analyst.client.get(str(source.attributes["src"]))
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (
        "image/png",
        "no-store",
    )
    assert imagery.shown == [(cases.url(url_id).imagery_id, profile)]
    assert source.attributes["alt"]


@pytest.mark.requirement("CL-12")
def test_covering_takes_the_picture_away(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting(ADDRESS)
    covered = held(analyst).press(FULL).submit(COVER)
    assert told(covered) == "De afbeelding is afgedekt."
    assert covered.all(PICTURE) == []
    assert analyst.client.get(f"/urls/{url_id}/picture.png").status_code == 404
    assert cases.ask(looks) == [("full", True)]


@pytest.mark.requirement("CL-12")
def test_a_picture_covers_itself_after_a_while(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    url_id = cases.awaiting(ADDRESS)
    shown = held(analyst).press(FULL)
    assert shown.find("[data-revealed]").attributes["data-seconds"] == "300"
    assert "na 5 minuten" in shown.text
    clock.advance(timedelta(minutes=5))
    assert analyst.client.get(f"/urls/{url_id}/picture.png").status_code == 404
    assert analyst.open(f"/urls/{url_id}").all(PICTURE) == []


@pytest.mark.requirement("CL-11")
def test_nobody_else_sees_the_picture_that_somebody_uncovered(
    app: FastAPI, analyst: Browser, cases: Cases, imagery: FakeImagery
) -> None:
    url_id = cases.awaiting(ADDRESS)
    held(analyst).press(FULL)
    with staff_browser(app, "senior_analyst") as colleague:
        assert colleague.client.get(f"/urls/{url_id}/picture.png").status_code == 404
        assert colleague.client.get(f"/urls/{url_id}/cover.png").status_code == 409
    assert imagery.shown == []


@pytest.mark.requirement("CL-14")
def test_a_role_without_imagery_gets_no_picture_at_all(
    officer: Browser, cases: Cases, imagery: FakeImagery
) -> None:
    url_id = cases.awaiting(ADDRESS)
    page = officer.open(f"/urls/{url_id}")
    assert page.status == 200
    assert page.all("main img") == []
    for name in ("cover.png", "picture.png"):
        assert officer.client.get(f"/urls/{url_id}/{name}").status_code == 403
    assert imagery.shown == []


def test_an_address_without_a_picture_says_why(analyst: Browser, cases: Cases) -> None:
    url_id = cases.unreadable("https://host.example/private")
    desk = held(analyst)
    assert "Hier is geen afbeelding. De site vraagt een wachtwoord of weigert ons." in desk.text
    assert desk.all("main img") == []
    gone = analyst.client.get(f"/urls/{url_id}/cover.png")
    assert gone.status_code == 404


@pytest.mark.requirement("CL-11")
def test_the_time_that_a_picture_is_open_is_counted(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    cases.awaiting(ADDRESS)
    before = analyst.open("/exposure")
    assert "Je hebt vandaag nog geen afbeelding bekeken." in before.text
    shown = held(analyst).press(FULL)
    clock.advance(timedelta(minutes=2))
    shown.submit(COVER)
    clock.advance(timedelta(minutes=3))
    page = analyst.open("/exposure")
    assert figures(page) == {"vandaag": "2 minuten", "sinds je laatste pauze": "2 minuten"}
    assert page.find("main time").text() == "3 minuten geleden"
    assert page.find("#today").attributes["value"] == "120"
    assert page.find("#today").attributes["max"] == str(4 * 60 * 60)


@pytest.mark.requirement("CL-11")
def test_deciding_or_giving_back_ends_the_look(analyst: Browser, cases: Cases) -> None:
    cases.awaiting(ADDRESS)
    held(analyst).press(FULL).submit("form[action$='/release']")
    held(analyst).press(FULL).submit("[data-desk]", verdict="ignore")
    assert cases.ask(looks) == [("full", True), ("full", True)]


@pytest.mark.requirement("CL-11")
def test_a_break_is_due_after_three_quarters_of_an_hour(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    cases.awaiting(ADDRESS)
    desk = held(analyst)
    look_for(desk, clock, minutes=45)
    kept = analyst.open(desk.url)
    assert "Tijd voor pauze." in kept.find("#picture").text()
    assert kept.all("main img") == []
    assert kept.all("[data-desk]")
    refused = desk.press(FULL)
    assert refused.status == 429
    assert "Tijd voor pauze." in refused.text
    assert "Tijd voor pauze." in analyst.open("/exposure").text
    clock.advance(timedelta(minutes=10))
    assert desk.press(FULL).all(PICTURE)


@pytest.mark.requirement("CL-11")
def test_after_four_hours_there_is_no_more_for_today(
    analyst: Browser, cases: Cases, clock: FrozenClock
) -> None:
    cases.awaiting(ADDRESS)
    desk = held(analyst)
    for _ in range(6):
        look_for(desk, clock, minutes=40)
        clock.advance(timedelta(minutes=10))
    assert desk.press(FULL).status == 429
    desk.submit("form[action$='/release']")
    refused = held(analyst)
    assert refused.status == 429
    assert "Je hebt voor vandaag genoeg gezien." in refused.text


def look_for(desk: Page, clock: FrozenClock, *, minutes: int) -> None:
    """Looks of five minutes, one after the other."""
    form = desk.form("form[action$='/reveal']")
    for _ in range(minutes // 5):
        answer = desk.visitor.client.post(
            form.action, data=form.fields | {"profile": "full"}, follow_redirects=False
        )
        assert answer.status_code == 303
        clock.advance(timedelta(minutes=5))
