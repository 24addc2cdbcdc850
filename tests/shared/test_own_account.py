from datetime import timedelta
from uuid import uuid4

import pytest
from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import DomainError, Invalid, NotAuthenticated, NotFound, TooMany
from shared.platform.account_tables import LoginThrottle, StaffSession
from shared.platform.own_account import (
    change_password,
    end_session,
    open_sessions,
    staff_accounts,
)
from shared.platform.staff import (
    FAILURE_WINDOW,
    LONGEST_SESSION,
    MOST_FAILURES,
    NewAccount,
    forget_old_sign_ins,
)
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.shared.test_staff import PASSWORD, SEED, Desk, account_id, desk

__all__ = ["desk"]

NEW_PASSWORD = "another long sentence to remember"


def as_ada(desk: Desk) -> Actor:
    return Actor(ActorKind.STAFF, "ada", account_id(desk))


def change(desk: Desk, current: str, new: str = NEW_PASSWORD) -> None:
    with open_work(desk.sessions, as_ada(desk), clock=lambda: desk.now) as work:
        change_password(work, desk.staff, current, new)


def signed_in(desk: Desk) -> str:
    """A session of its own: each code is taken once, so time goes on."""
    desk.now += timedelta(seconds=60)
    return desk.code(desk.password())


@pytest.mark.requirement("PF-ACCOUNT-2")
def test_a_new_password_ends_every_session_and_works_from_then_on(desk: Desk) -> None:
    tokens = [signed_in(desk), signed_in(desk)]
    change(desk, PASSWORD)
    assert [desk.staff.signed_in(token) for token in tokens] == [None, None]
    with pytest.raises(NotAuthenticated):
        desk.password()
    assert desk.password(password=NEW_PASSWORD)


@pytest.mark.requirement("PF-ACCOUNT-2")
@pytest.mark.parametrize(
    ("current", "new", "code"),
    [
        ("not the password at all", NEW_PASSWORD, "wrong_password"),
        (PASSWORD, PASSWORD, "password_the_same"),
        (PASSWORD, "short", "password_length"),
        (PASSWORD, "offlimits123456", "password_too_guessable"),
    ],
)
def test_a_change_that_is_refused_leaves_everything_as_it_was(
    desk: Desk, current: str, new: str, code: str
) -> None:
    token = signed_in(desk)
    with pytest.raises(DomainError) as refused:
        change(desk, current, new)
    assert refused.value.code == code
    assert isinstance(refused.value, Invalid | NotAuthenticated)
    assert desk.staff.signed_in(token)
    assert desk.password()


@pytest.mark.requirement("SEC-S6")
def test_who_found_an_open_browser_may_not_guess_the_password_for_ever(desk: Desk) -> None:
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotAuthenticated):
            change(desk, "not the password at all")
    with pytest.raises(TooMany):
        change(desk, PASSWORD)
    desk.now += FAILURE_WINDOW
    change(desk, PASSWORD)


@pytest.mark.requirement("SEC-S7")
def test_a_person_sees_the_sessions_that_still_work_and_ends_one(desk: Desk) -> None:
    first, second = signed_in(desk), signed_in(desk)
    desk.password()  # without the second factor it is none
    with open_work(desk.sessions, as_ada(desk), clock=lambda: desk.now) as work:
        found = open_sessions(work)
        end_session(work, found[0].id)
        assert len(found) == 2
    left = [token for token in (first, second) if desk.staff.signed_in(token)]
    assert left == [first]
    desk.now += LONGEST_SESSION
    with open_work(desk.sessions, as_ada(desk), clock=lambda: desk.now) as work:
        assert open_sessions(work) == []


@pytest.mark.requirement("SEC-S7")
def test_nobody_ends_a_session_of_somebody_else(desk: Desk) -> None:
    token = signed_in(desk)
    with desk.sessions() as session:
        known = session.exec(select(StaffSession.id)).all()
    stranger = Actor(ActorKind.STAFF, "bram", uuid4())
    for session_id in (*known, uuid4()):
        with (
            pytest.raises(NotFound),
            open_work(desk.sessions, stranger, clock=lambda: desk.now) as work,
        ):
            end_session(work, session_id)
    assert desk.staff.signed_in(token)


def test_accounts_are_listed_with_those_in_use_first(desk: Desk) -> None:
    for name in ("zoe", "bram"):
        new = NewAccount(name, name.title(), "analyst", PASSWORD, SEED)
        desk.do(lambda work, new=new: desk.staff.create_account(work, new))  # type: ignore[misc]
    names = desk.do(lambda work: [account.name for account in staff_accounts(work)])
    assert names == ["ada", "bram", "zoe"]
    bram = desk.do(lambda work: staff_accounts(work)[1].id)
    desk.do(lambda work: desk.staff.disable_account(work, bram))
    assert desk.do(lambda work: [account.name for account in staff_accounts(work)]) == [
        "ada",
        "zoe",
        "bram",
    ]


@pytest.mark.requirement("SEC-P10")
def test_sessions_and_failed_attempts_are_forgotten_when_they_mean_nothing_any_more(
    desk: Desk,
) -> None:
    token = signed_in(desk)
    with pytest.raises(NotAuthenticated):
        desk.password("ada", "not the password at all")

    def kept(after: timedelta) -> tuple[int, int]:
        desk.now += after
        desk.do(forget_old_sign_ins)
        with desk.sessions() as session:
            sessions = session.exec(select(StaffSession)).all()
            return len(sessions), len(session.exec(select(LoginThrottle)).all())

    assert kept(FAILURE_WINDOW) == (2, 1)
    assert kept(timedelta(seconds=1)) == (2, 0)
    assert kept(LONGEST_SESSION - FAILURE_WINDOW - timedelta(seconds=1)) == (2, 0)
    assert desk.staff.signed_in(token) is None
    assert kept(timedelta(seconds=1)) == (0, 0)
