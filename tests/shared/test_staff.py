from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import pytest
from shared.domain.actor import PUBLIC, SYSTEM
from shared.domain.errors import Conflict, Invalid, NotAuthenticated, TooMany
from shared.platform.account_tables import StaffAccount, StaffSession
from shared.platform.database import Sessions
from shared.platform.second_factor import code_at, new_seed, step_of
from shared.platform.staff import LONGEST_SESSION, MOST_FAILURES, NewAccount, StaffDesk
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlalchemy import select

T = TypeVar("T")
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SEED = new_seed()
PASSWORD = "een lange zin om te onthouden"


class Desk:
    """A desk with a clock that the test moves."""

    def __init__(self, sessions: Sessions) -> None:
        self.now = NOW
        self.sessions = sessions
        self.staff = StaffDesk(
            service="hotline",
            origin="http://hotline.localhost:8001",
            sessions=sessions,
            roles={"analyst": frozenset({"decide"})},
            master_key=bytes(range(32)),
            idle=timedelta(minutes=30),
            clock=lambda: self.now,
        )

    def do(self, act: Callable[[UnitOfWork], T]) -> T:
        with open_work(self.sessions, PUBLIC, clock=lambda: self.now) as work:
            return act(work)

    def password(self, name: str = "ada", password: str = PASSWORD) -> str:
        return self.do(lambda work: self.staff.sign_in(work, name, password))

    def code(self, token: str, code: str = "") -> str:
        right = code_at(SEED, self.now)
        return self.do(lambda work: self.staff.give_second_factor(work, token, code or right))


@pytest.fixture
def desk(committed_sessions: Sessions) -> Desk:
    desk = Desk(committed_sessions)
    new = NewAccount("ada", "Ada", "analyst", PASSWORD, SEED)
    with open_work(committed_sessions, SYSTEM, clock=lambda: NOW) as work:
        desk.staff.create_account(work, new)
    return desk


def test_password_and_code_together_sign_in(desk: Desk) -> None:
    found = desk.staff.signed_in(desk.code(desk.password()))
    assert found is not None
    assert (found.actor.name, found.has_second_factor) == ("ada", True)
    assert found.actor.may("decide")


@pytest.mark.requirement("SEC-S6")
def test_a_password_alone_is_not_enough(desk: Desk) -> None:
    found = desk.staff.signed_in(desk.password())
    assert found is not None
    assert not found.has_second_factor


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize(
    ("name", "password"), [("ada", "een andere lange zin dan dat"), ("nobody", PASSWORD)]
)
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(
    desk: Desk, name: str, password: str
) -> None:
    with pytest.raises(NotAuthenticated) as caught:
        desk.password(name, password)
    assert caught.value.code == "wrong_credentials"


@pytest.mark.requirement("SEC-S6")
def test_a_code_is_accepted_once_however_it_is_written(desk: Desk) -> None:
    code = code_at(SEED, NOW)
    desk.code(desk.password(), code)
    wide = "".join(chr(ord(digit) - ord("0") + 0xFF10) for digit in code)
    for again in (code, f"{code[:3]} {code[3:]}", wide):
        with pytest.raises(NotAuthenticated):
            desk.code(desk.password(), again)


@pytest.mark.requirement("SEC-S6")
def test_after_five_failures_even_the_right_code_waits(desk: Desk) -> None:
    token = desk.password()
    for _ in range(MOST_FAILURES):
        with pytest.raises(NotAuthenticated):
            desk.code(token, "000000")
    with pytest.raises(TooMany):
        desk.code(token)
    desk.now += timedelta(minutes=6)
    assert desk.code(desk.password())


@pytest.mark.requirement("SEC-S7")
@pytest.mark.parametrize("away", [timedelta(minutes=31), LONGEST_SESSION + timedelta(seconds=1)])
def test_a_session_ends_when_it_was_left(desk: Desk, away: timedelta) -> None:
    token = desk.code(desk.password())
    desk.now += away
    assert desk.staff.signed_in(token) is None


@pytest.mark.requirement("SEC-S7")
def test_a_session_in_use_ends_after_eight_hours_all_the_same(desk: Desk) -> None:
    token = desk.code(desk.password())
    for _ in range(16):
        desk.now += timedelta(minutes=29)
        assert desk.staff.signed_in(token)
    desk.now += timedelta(minutes=29)
    assert desk.staff.signed_in(token) is None


@pytest.mark.requirement("SEC-S7")
def test_the_session_changes_with_the_second_factor(desk: Desk) -> None:
    first = desk.password()
    second = desk.code(first)
    assert desk.staff.signed_in(first) is None
    assert desk.staff.signed_in(second)


@pytest.mark.requirement("SEC-S7")
def test_signing_out_and_disabling_end_a_session_at_once(desk: Desk) -> None:
    left, disabled = desk.code(desk.password()), desk.password()
    desk.do(lambda work: desk.staff.sign_out(work, left))
    assert desk.staff.signed_in(left) is None
    desk.do(lambda work: desk.staff.disable_account(work, account_id(desk)))
    assert desk.staff.signed_in(disabled) is None


def account_id(desk: Desk) -> UUID:
    with desk.sessions() as session:
        return session.scalars(select(StaffAccount)).one().id


@pytest.mark.requirement("SEC-S6")
def test_neither_token_nor_seed_is_stored_readable(desk: Desk) -> None:
    token = desk.code(desk.password())
    with desk.sessions() as session:
        account = session.scalars(select(StaffAccount)).one()
        stored = [known.token_hash for known in session.scalars(select(StaffSession))]
    assert SEED.encode() not in (account.sealed_totp_seed or b"")
    assert PASSWORD not in account.password_hash
    assert token.encode() not in b"".join(stored)


@pytest.mark.requirement("SEC-S6")
@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("kort", "password_length"),
        ("x" * 129, "password_length"),
        ("offlimits123456", "password_too_guessable"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_too_guessable"),
    ],
)
def test_a_weak_password_is_refused(desk: Desk, password: str, code: str) -> None:
    new = NewAccount("bram", "Bram", "analyst", password, SEED)
    with pytest.raises(Invalid) as caught:
        desk.do(lambda work: desk.staff.create_account(work, new))
    assert caught.value.code == code


def test_a_name_is_given_once(desk: Desk) -> None:
    new = NewAccount("ada", "Ada", "analyst", PASSWORD, SEED)
    with pytest.raises(Conflict):
        desk.do(lambda work: desk.staff.create_account(work, new))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "12 34 5", "①②③④⑤⑥x"])
def test_what_is_no_code_is_no_code(typed: str) -> None:
    assert step_of(SEED, typed, NOW) is None
