"""The queue is first come first served, whatever happens meanwhile."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared.contracts.chat import ChatLeave, ChatQuestion
from shared.domain.conversation import ConversationState, Priority
from shared.domain.errors import Conflict
from shared.domain.opening_hours import ZONE
from shared.platform.contact import conversation, queue
from shared.platform.contact.news import read_news
from shared.platform.contact.opening import chat_desk
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.tables import Conversation, MissedContact, WorkerPresence
from sqlmodel import delete, select

from tests.fakes import FrozenClock
from tests.shared.contact.conftest import SYSTEM, Starts, WorkAs, worker

pytestmark = pytest.mark.requirement("H-05")


def places(work_as: WorkAs, secrets: list[str]) -> list[int | None]:
    with work_as() as work:
        return [read_news(work, ChatQuestion(secret=secret)).position for secret in secrets]


def test_the_place_is_the_number_of_those_before_and_only_falls(
    starts: Starts, work_as: WorkAs, clock: FrozenClock
) -> None:
    secrets = []
    for _ in range(3):
        secrets.append(starts())
        clock.advance(timedelta(seconds=1))
    assert places(work_as, secrets) == [1, 2, 3]
    with work_as() as work:
        conversation.leave(work, ChatLeave(secret=secrets[0]))
    assert places(work_as, secrets) == [None, 1, 2]
    with work_as(worker()) as work:
        taken = queue.take_next(work)
        assert taken
        assert taken.id == conversation.of_secret(work, secrets[1]).id
    assert places(work_as, secrets) == [None, None, 1]


def test_each_language_has_its_own_queue(starts: Starts, work_as: WorkAs) -> None:
    secrets = [starts(language="nl"), starts(language="en")]
    assert places(work_as, secrets) == [1, 1]


def test_safety_goes_first(starts: Starts, work_as: WorkAs, clock: FrozenClock) -> None:
    first = starts()
    clock.advance(timedelta(seconds=5))
    urgent = starts()
    with work_as() as work:
        conversation.of_secret(work, urgent).priority = Priority.SAFETY
    assert places(work_as, [first, urgent]) == [2, 1]


def test_an_offer_that_runs_out_costs_no_place_and_sets_the_worker_away(
    starts: Starts, work_as: WorkAs, clock: FrozenClock, policy: ContactPolicy
) -> None:
    secrets = [starts()]
    clock.advance(timedelta(seconds=1))
    secrets.append(starts())
    with work_as(worker()) as work:
        queue.be_present(work, available=True, most_at_once=1)
    with work_as(SYSTEM) as work:
        queue.offer_due(work, policy)
    assert places(work_as, secrets) == [1, 2]
    with work_as(worker(2)) as work, pytest.raises(Conflict, match="offered_to_other"):
        queue.accept(work, conversation.of_secret(work, secrets[0]).id)
    clock.advance(policy.offer)
    with work_as(SYSTEM) as work:
        queue.offer_due(work, policy)
        states = work.session.exec(select(Conversation.state)).all()
        assert set(states) == {ConversationState.WAITING}
        assert not work.session.get_one(WorkerPresence, UUID(int=1)).is_available
    assert places(work_as, secrets) == [1, 2]


def test_nobody_is_offered_more_than_they_take(
    starts: Starts, work_as: WorkAs, policy: ContactPolicy
) -> None:
    for _ in range(4):
        starts()
    with work_as(worker()) as work:
        queue.be_present(work, available=True, most_at_once=2)
    for _ in range(3):
        with work_as(SYSTEM) as work:
            queue.offer_due(work, policy)
    with work_as() as work:
        offered = select(Conversation).where(Conversation.state == ConversationState.OFFERED)
        assert len(work.session.exec(offered).all()) == 2


def test_a_worker_without_a_sign_of_life_is_not_offered_anything(
    starts: Starts, work_as: WorkAs, clock: FrozenClock, policy: ContactPolicy
) -> None:
    with work_as(worker()) as work:
        queue.be_present(work, available=True)
    clock.advance(policy.presence)
    starts()
    with work_as(SYSTEM) as work:
        queue.offer_due(work, policy)
        assert work.session.exec(select(Conversation.state)).one() is ConversationState.WAITING


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["arrive", "leave", "offer", "take", "expire", "crash", "come"]),
        st.integers(0, 5),
    ),
    min_size=5,
    max_size=25,
)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_nobody_is_accepted_before_somebody_who_waited_longer(
    starts: Starts,
    work_as: WorkAs,
    clock: FrozenClock,
    policy: ContactPolicy,
    steps: list[tuple[str, int]],
) -> None:
    """Random arrivals, leaves, offers, crashes; an offer to somebody else is not overtaking."""
    with work_as(SYSTEM) as work:
        for table in (MissedContact, Conversation, WorkerPresence):
            work.session.exec(delete(table))
    secrets: list[str] = []
    for name, number in steps:
        clock.advance(timedelta(seconds=1))
        _step(name, number, secrets, starts=starts, work_as=work_as, policy=policy, clock=clock)


def _step(name: str, number: int, secrets: list[str], **given: Any) -> None:
    work_as, policy, clock = given["work_as"], given["policy"], given["clock"]
    if name == "arrive":
        secrets.append(given["starts"]())
    elif name == "leave" and secrets:
        with work_as() as work:
            secret = secrets.pop(number % len(secrets))
            conversation.leave(work, ChatLeave(secret=secret))
    elif name == "offer":
        with work_as(SYSTEM) as work:
            queue.offer_due(work, policy)
    elif name == "take":
        _take(work_as, number)
    elif name in {"expire", "crash"}:
        clock.advance(policy.offer if name == "expire" else policy.presence)
    elif name == "come":
        with work_as(worker(1 + number % 2)) as work:
            queue.be_present(work, available=True, most_at_once=3)


def _take(work_as: WorkAs, number: int) -> None:
    actor = worker(1 + number % 2)
    with work_as(actor) as work:
        before = [row for row in queue.waiting(work.session) if row.offered_to in {None, actor.id}]
        taken = queue.take_next(work)
        mine = [row for row in before if row.offered_to == actor.id]
        expected = [row.id for row in mine or before][:1]
        assert ([taken.id] if taken else []) == expected


@pytest.mark.requirement("PF-LINES-1")
def test_the_hours_that_are_told_end_with_a_whole_day(
    work_as: WorkAs, policy: ContactPolicy, is_open: None
) -> None:
    with work_as(SYSTEM) as work:
        hours = chat_desk(work, policy).hours
    closing = {one.until.astimezone(ZONE).time() for one in hours}
    assert len(hours) > 1
    assert len(closing) == 1
