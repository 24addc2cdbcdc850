"""The states of a removal case: what may follow what, and everything else refused."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hotline.domain.assessment import BadTransition
from hotline.domain.removal import (
    CLOSED,
    WAITING_FOR_PEOPLE,
    RemovalState,
    after_hosting,
    closed_state,
    move,
    needs_own_case,
    time_online,
)
from hypothesis import given
from hypothesis import strategies as st

S = RemovalState
HOSTED = {S.CONTACT_REVIEW, S.HOSTED_ABROAD, S.HOST_UNKNOWN, S.NOTICE_QUEUED}
ALLOWED = {
    S.OPEN: HOSTED | CLOSED,
    S.CONTACT_REVIEW: HOSTED | CLOSED,
    S.HOSTED_ABROAD: HOSTED | CLOSED,
    S.HOST_UNKNOWN: HOSTED | CLOSED,
    S.NOTICE_QUEUED: {S.NOTICE_DELIVERED, S.NOTICE_UNCERTAIN, S.CONTACT_REVIEW} | CLOSED,
    S.NOTICE_UNCERTAIN: {S.NOTICE_DELIVERED, S.NOTICE_UNCERTAIN, S.CONTACT_REVIEW} | CLOSED,
    S.NOTICE_DELIVERED: set(CLOSED),
    S.CLOSED_REMOVED: set(),
    S.CLOSED_BEFORE_NOTICE: set(),
}
STARTED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("state", "to"), list(product(RemovalState, RemovalState)))
def test_only_the_written_moves_are_possible(state: RemovalState, to: RemovalState) -> None:
    if to in ALLOWED[state]:
        assert move(state, to) is to
    else:
        with pytest.raises(BadTransition) as refused:
            move(state, to)
        assert (refused.value.status, refused.value.code) == (409, "bad_transition")


@given(st.lists(st.sampled_from(RemovalState), max_size=12))
def test_no_row_of_moves_leaves_a_closed_case_or_delivers_before_queueing(
    wishes: list[RemovalState],
) -> None:
    state, path = S.OPEN, [S.OPEN]
    for wish in wishes:
        try:
            state = move(state, wish)
        except BadTransition:
            continue
        path.append(state)
    assert all(seen not in CLOSED for seen in path[:-1])
    if S.NOTICE_DELIVERED in path:
        assert S.NOTICE_QUEUED in path[: path.index(S.NOTICE_DELIVERED)]


@pytest.mark.requirement("NT-1")
@pytest.mark.parametrize(
    ("country", "usable", "state"),
    [
        ("NL", True, S.NOTICE_QUEUED),
        ("NL", False, S.CONTACT_REVIEW),
        ("DE", True, S.HOSTED_ABROAD),
        ("DE", False, S.HOSTED_ABROAD),
        ("nl", True, S.HOSTED_ABROAD),
        ("", True, S.HOST_UNKNOWN),
        ("", False, S.HOST_UNKNOWN),
    ],
)
def test_hosting_decides_where_a_case_goes(
    country: str, state: RemovalState, *, usable: bool
) -> None:
    assert after_hosting(country, has_usable_contact=usable) is state


@pytest.mark.parametrize("state", [state for state in RemovalState if state not in CLOSED])
def test_an_open_case_closes_as_removed_only_after_somebody_was_told(state: RemovalState) -> None:
    was_told = state in {S.NOTICE_DELIVERED, S.NOTICE_UNCERTAIN}
    assert closed_state(state) is (S.CLOSED_REMOVED if was_told else S.CLOSED_BEFORE_NOTICE)


@pytest.mark.parametrize("state", sorted(CLOSED))
def test_a_closed_case_does_not_close_again(state: RemovalState) -> None:
    with pytest.raises(BadTransition):
        closed_state(state)


def test_every_open_state_moves_by_itself_or_is_shown_to_people() -> None:
    """Otherwise a case could wait for nobody."""
    by_itself = {S.OPEN, S.NOTICE_QUEUED, S.NOTICE_DELIVERED}
    assert by_itself | WAITING_FOR_PEOPLE | CLOSED == set(RemovalState)


@pytest.mark.requirement("OC-8")
@given(st.integers(-10_000, 10_000_000))
def test_time_online_is_wall_clock_time_and_never_negative(seconds: int) -> None:
    offline = STARTED + timedelta(seconds=seconds)
    assert time_online(STARTED, offline) == timedelta(seconds=max(seconds, 0))


@pytest.mark.parametrize(
    ("hosts", "needs"),
    [
        (set(), False),
        ({"a.example"}, False),
        ({"b.example"}, True),
        ({"a.example", "b.example"}, True),
    ],
)
def test_a_page_is_notified_apart_when_a_picture_is_stored_elsewhere(
    hosts: set[str], *, needs: bool
) -> None:
    assert needs_own_case("a.example", hosts) is needs
