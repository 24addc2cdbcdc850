from datetime import timedelta

import pytest
from shared.contracts.chat import ChatLeave
from shared.domain.errors import NotFound, TooMany
from shared.platform.contact import conversation
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.return_code import ReturnCodes
from shared.platform.contact.tables import MissedContact, ReturnCodeRow
from sqlmodel import select

from tests.fakes import FrozenClock
from tests.shared.contact.conftest import Starts, WorkAs

pytestmark = pytest.mark.requirement("H-23")


def given_code(work_as: WorkAs, codes: ReturnCodes, policy: ContactPolicy, secret: str) -> str:
    with work_as() as work:
        return codes.give(work, conversation.of_secret(work, secret), policy)


def test_a_code_finds_its_conversation_however_it_is_written(
    starts: Starts, work_as: WorkAs, codes: ReturnCodes, policy: ContactPolicy
) -> None:
    secret = starts()
    code = given_code(work_as, codes, policy, secret)
    assert [len(group) for group in code.split(" ")] == [4, 4, 4, 4]
    for written in (code, code.replace(" ", ""), code.replace(" ", "-"), f" {code} "):
        with work_as() as work:
            found = codes.conversation_of(work, written)
            assert found.id == conversation.of_secret(work, secret).id


def test_only_a_slow_hash_is_kept(
    starts: Starts, work_as: WorkAs, codes: ReturnCodes, policy: ContactPolicy
) -> None:
    code = given_code(work_as, codes, policy, starts())
    with work_as() as work:
        stored = work.session.exec(select(ReturnCodeRow)).one()
    assert len(stored.code_hash) == 32
    assert code.replace(" ", "") not in str(stored.model_dump())


def test_a_new_code_replaces_the_old_one(
    starts: Starts, work_as: WorkAs, codes: ReturnCodes, policy: ContactPolicy
) -> None:
    secret = starts()
    old, new = (given_code(work_as, codes, policy, secret) for _ in range(2))
    with pytest.raises(NotFound), work_as() as work:
        codes.conversation_of(work, old)
    with work_as() as work:
        assert codes.conversation_of(work, new)


def test_guessing_stops_after_five_failures_a_minute_even_for_the_right_code(
    starts: Starts,
    work_as: WorkAs,
    codes: ReturnCodes,
    policy: ContactPolicy,
    clock: FrozenClock,
) -> None:
    code = given_code(work_as, codes, policy, starts())
    for guess in range(5):
        with pytest.raises(NotFound), work_as() as work:
            codes.conversation_of(work, str(guess))
    with pytest.raises(TooMany), work_as() as work:
        codes.conversation_of(work, code)
    clock.advance(timedelta(minutes=1))
    with work_as() as work:
        assert codes.conversation_of(work, code)


def test_a_code_works_for_ninety_days(
    starts: Starts,
    work_as: WorkAs,
    codes: ReturnCodes,
    policy: ContactPolicy,
    clock: FrozenClock,
) -> None:
    code = given_code(work_as, codes, policy, starts())
    clock.advance(policy.code_works_for)
    with pytest.raises(NotFound), work_as() as work:
        codes.conversation_of(work, code)


@pytest.mark.requirement("H-03")
def test_who_comes_back_with_the_code_is_counted_as_recovered(
    starts: Starts,
    work_as: WorkAs,
    codes: ReturnCodes,
    policy: ContactPolicy,
    clock: FrozenClock,
) -> None:
    secret = starts()
    code = given_code(work_as, codes, policy, secret)
    clock.advance(timedelta(minutes=1))
    with work_as() as work:
        conversation.leave(work, ChatLeave(secret=secret))
    clock.advance(timedelta(minutes=30))
    starts(return_code=code)
    with work_as() as work:
        assert work.session.exec(select(MissedContact)).one().recovered_at == clock.now
