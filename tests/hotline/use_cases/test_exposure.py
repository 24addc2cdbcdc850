"""Looking at pictures: written down before anything is shown, and bounded."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hotline.domain.exposure import Profile
from hotline.domain.role import ROLES
from hotline.tables import Url, ViewEvent
from hotline.use_cases.assessment import claim_next, release
from hotline.use_cases.exposure import (
    NotClaimed,
    Showing,
    cover,
    my_exposure,
    rest_needed,
    reveal,
    uncovered,
)
from hotline.use_cases.imagery import claim_forgetting, settle_forgetting
from shared.domain.actor import Actor
from shared.domain.errors import NotFound, NotPermitted, TooMany

from tests.hotline.inside import ADA, BOB, Hotline, staff

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
MINUTE = timedelta(minutes=1)


def held(hotline: Hotline, address: str = ONE, by: Actor = ADA) -> UUID:
    """An address with a picture that this person holds."""
    url_id = hotline.cases().awaiting(address)
    hotline.do(claim_next, hotline.policy, by=by)
    return url_id


def look(
    hotline: Hotline, url_id: UUID, by: Actor = ADA, profile: Profile = Profile.BLURRED
) -> Showing:
    return hotline.do(reveal, url_id, profile, hotline.policy, by=by)


def now_shown(hotline: Hotline, url_id: UUID, by: Actor = ADA) -> Showing | None:
    return hotline.do(uncovered, url_id, hotline.policy.budget, by=by)


@pytest.mark.requirement("CL-11")
@pytest.mark.requirement("CL-16")
def test_a_look_is_written_down_with_who_what_and_how(hotline: Hotline) -> None:
    url_id = held(hotline)
    shown = look(hotline, url_id, profile=Profile.FULL)

    (view,) = hotline.rows(ViewEvent)
    url = hotline.row(Url, url_id)
    assert (view.analyst_id, view.url_id, view.profile) == (ADA.id, url_id, Profile.FULL)
    assert view.picture_id == url.picture_id
    assert (shown.imagery_id, shown.profile) == (url.imagery_id, Profile.FULL)
    (event,) = hotline.acts("imagery.viewed")
    assert (event.actor_id, event.object_id, event.reason) == (ADA.id, url_id, "full")


@pytest.mark.requirement("CL-12")
def test_nothing_is_shown_that_was_not_asked_for(hotline: Hotline) -> None:
    url_id = held(hotline)
    assert now_shown(hotline, url_id) is None
    look(hotline, url_id)
    found = now_shown(hotline, url_id)
    assert found is not None
    assert found.profile is Profile.BLURRED
    hotline.do(cover, by=ADA)
    assert now_shown(hotline, url_id) is None


@pytest.mark.requirement("CL-12")
def test_a_look_ends_by_itself_after_five_minutes(hotline: Hotline) -> None:
    url_id = held(hotline)
    look(hotline, url_id)
    hotline.clock.advance(5 * MINUTE)
    assert now_shown(hotline, url_id) is None
    assert hotline.do(my_exposure, hotline.policy.budget, by=ADA).today == 5 * MINUTE


def test_another_look_ends_the_one_before(hotline: Hotline) -> None:
    url_id = held(hotline)
    look(hotline, url_id)
    hotline.clock.advance(MINUTE)
    look(hotline, url_id, profile=Profile.FULL)
    views = sorted(hotline.rows(ViewEvent), key=lambda view: view.opened_at)
    assert [view.closed_at for view in views] == [hotline.clock(), None]


@pytest.mark.requirement("CL-1")
def test_who_looks_is_at_work_and_keeps_the_address(hotline: Hotline) -> None:
    url_id = held(hotline)
    hotline.clock.advance(29 * MINUTE)
    look(hotline, url_id)
    hotline.clock.advance(29 * MINUTE)
    look(hotline, url_id)
    assert hotline.row(Url, url_id).claimed_until == hotline.clock() + 30 * MINUTE


def test_nobody_looks_at_what_they_do_not_hold(hotline: Hotline) -> None:
    url_id = held(hotline)
    with pytest.raises(NotClaimed):
        look(hotline, url_id, BOB)
    look(hotline, url_id)
    assert now_shown(hotline, url_id, BOB) is None
    hotline.do(release, url_id, by=ADA)
    assert now_shown(hotline, url_id) is None
    with pytest.raises(NotClaimed):
        look(hotline, url_id)


@pytest.mark.requirement("CL-14")
@pytest.mark.parametrize("role", [role for role in ROLES if "analyst" not in role])
def test_other_roles_see_no_imagery(hotline: Hotline, role: str) -> None:
    url_id = held(hotline)
    person = staff(role)
    with pytest.raises(NotPermitted):
        look(hotline, url_id, person)
    with pytest.raises(NotPermitted):
        now_shown(hotline, url_id, person)
    with pytest.raises(NotPermitted):
        hotline.do(cover, by=person)
    assert hotline.rows(ViewEvent) == []


def test_an_address_without_a_picture_shows_none(hotline: Hotline) -> None:
    url_id = hotline.cases().unreadable(ONE)
    hotline.do(claim_next, hotline.policy, by=ADA)
    with pytest.raises(NotFound) as refused:
        look(hotline, url_id)
    assert refused.value.code == "no_picture"
    assert hotline.rows(ViewEvent) == []


@pytest.mark.requirement("CL-11")
def test_after_a_block_nothing_is_shown_nor_claimed_until_the_break_is_over(
    hotline: Hotline,
) -> None:
    url_id = held(hotline)
    for _ in range(9):
        look(hotline, url_id)
        hotline.clock.advance(5 * MINUTE)
    assert hotline.do(rest_needed, hotline.policy.budget, by=ADA) == "break_due"
    with pytest.raises(TooMany) as refused:
        look(hotline, url_id)
    assert (refused.value.code, refused.value.retry_after) == ("break_due", 10 * MINUTE)
    with pytest.raises(TooMany):
        hotline.do(claim_next, hotline.policy, by=ADA)

    assert hotline.do(rest_needed, hotline.policy.budget, by=BOB) == ""
    hotline.clock.advance(10 * MINUTE)
    look(hotline, url_id)


@pytest.mark.requirement("CL-11")
def test_the_day_begins_at_midnight_in_amsterdam(hotline: Hotline) -> None:
    hotline.clock.advance(timedelta(hours=13, minutes=50))  # 23:50 in Amsterdam
    url_id = held(hotline)
    look(hotline, url_id)
    hotline.clock.advance(5 * MINUTE)
    look(hotline, url_id)
    hotline.clock.advance(MINUTE)
    hotline.do(cover, by=ADA)
    assert hotline.do(my_exposure, hotline.policy.budget, by=ADA).today == 6 * MINUTE
    hotline.clock.advance(5 * MINUTE)
    assert hotline.do(my_exposure, hotline.policy.budget, by=ADA).today == timedelta(0)


@pytest.mark.requirement("SEC-R10")
def test_a_clock_that_is_behind_does_not_break_covering(hotline: Hotline) -> None:
    url_id = held(hotline)
    look(hotline, url_id)
    hotline.clock.advance(-2 * MINUTE)
    hotline.do(cover, by=ADA)
    (view,) = hotline.rows(ViewEvent)
    assert view.closed_at == view.opened_at


@pytest.mark.requirement("UR-10")
def test_a_picture_is_forgotten_only_after_its_decision(hotline: Hotline) -> None:
    cases = hotline.cases()
    url_id = cases.awaiting(ONE)
    assert hotline.do(claim_forgetting, url_id) is None
    cases.ignore(url_id)
    order = hotline.do(claim_forgetting, url_id)
    assert order is not None
    hotline.do(settle_forgetting, url_id, order.imagery_id)

    assert hotline.row(Url, url_id).imagery_id is None
    assert hotline.do(claim_forgetting, url_id) is None
    assert hotline.acts("imagery.forgotten")[0].object_id == url_id


@pytest.mark.requirement("UR-10")
def test_a_newer_picture_outlives_the_forgetting_of_the_older(hotline: Hotline) -> None:
    url_id, newer = hotline.cases().awaiting(ONE), uuid4()
    with hotline.work() as work:
        older = work.session.get_one(Url, url_id).imagery_id
        work.session.get_one(Url, url_id).imagery_id = newer
    hotline.do(settle_forgetting, url_id, older)
    assert hotline.row(Url, url_id).imagery_id == newer
