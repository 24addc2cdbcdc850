"""A look at a conversation that all who follow it in a process share."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from shared.contracts.chat import ChatQuestion, ChatSend
from shared.domain.conversation import ClosedBy
from shared.domain.errors import NotFound
from shared.domain.handover import HandoverScope
from shared.platform.contact import conversation
from shared.platform.contact.news import news_of, read_news
from shared.platform.contact.queue import take_next
from shared.platform.contact.reading import Readings, Seen, see
from shared.platform.contact.signals import Signals
from shared.platform.contact.tables import Handover
from sqlmodel import select

from tests.fakes import FrozenClock
from tests.shared.contact.conftest import Starts, WorkAs, new_id, worker

CONVERSATION = UUID(int=7)


class Looks:
    """Counts looks, each of which takes until it is let go on."""

    def __init__(self, seen: Seen) -> None:
        self.count = 0
        self.may_end = asyncio.Event()
        self._seen = seen

    async def __call__(self) -> Seen:
        self.count += 1
        await self.may_end.wait()
        return self._seen


@pytest.fixture
def seen(answered: tuple[str, UUID], work_as: WorkAs) -> Seen:
    with work_as() as work:
        message = ChatSend(secret=answered[0], client_id=new_id(), text="Hallo")
        conversation.send_as_visitor(work, message)
    with work_as() as work:
        return see(work, answered[1], 0)


def together(
    seen: Seen, do: Callable[[Readings, Looks], Coroutine[Any, Any, list[Any]]]
) -> tuple[list[Any], int]:
    """What came of it, and how often somebody looked."""

    async def done() -> tuple[list[Any], int]:
        looks = Looks(seen)
        return await do(Readings(), looks), looks.count

    return asyncio.run(done())


@pytest.mark.requirement("PF-CHAT-SPEED-1")
def test_all_who_heard_of_the_same_version_share_one_look(seen: Seen) -> None:
    async def three(readings: Readings, looks: Looks) -> list[Any]:
        moment = CONVERSATION, 3, (0, "1.4")
        waiting = [asyncio.create_task(readings.at(moment, looks)) for _ in range(3)]
        await asyncio.sleep(0)
        looks.may_end.set()
        return await asyncio.gather(*waiting)

    assert together(seen, three) == ([seen] * 3, 1)


@pytest.mark.requirement("PF-CHAT-LOSS-1")
@pytest.mark.parametrize(
    "other",
    [
        pytest.param((CONVERSATION, 3, (0, "1.5")), id="a newer version"),
        pytest.param((CONVERSATION, 3, (1, "1.4")), id="heard anew after a broken connection"),
        pytest.param((CONVERSATION, 2, (0, "1.4")), id="somebody who has seen less"),
        pytest.param((UUID(int=8), 3, (0, "1.4")), id="another conversation"),
    ],
)
def test_a_look_is_not_for_who_waits_for_something_else(
    seen: Seen, other: tuple[UUID, int, tuple[int, str]]
) -> None:
    async def two(readings: Readings, looks: Looks) -> list[Any]:
        moments = [(CONVERSATION, 3, (0, "1.4")), other]
        waiting = [asyncio.create_task(readings.at(moment, looks)) for moment in moments]
        await asyncio.sleep(0)
        looks.may_end.set()
        return await asyncio.gather(*waiting)

    assert together(seen, two)[1] == 2


@pytest.mark.requirement("SEC-P2")
def test_what_was_read_is_not_kept_for_who_comes_later(seen: Seen) -> None:
    async def one_by_one(readings: Readings, looks: Looks) -> list[Any]:
        looks.may_end.set()
        moment = CONVERSATION, 3, (0, "1.4")
        return [await readings.at(moment, looks) for _ in range(2)]

    assert together(seen, one_by_one)[1] == 2


def test_whoever_goes_away_does_not_take_it_from_the_others(seen: Seen) -> None:
    async def first_goes(readings: Readings, looks: Looks) -> list[Any]:
        moment = CONVERSATION, 3, (0, "1.4")
        first, second = (asyncio.create_task(readings.at(moment, looks)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        looks.may_end.set()
        return [await second]

    assert together(seen, first_goes) == ([seen], 1)


def test_a_look_that_fails_fails_for_all_who_waited_for_it() -> None:
    async def fails() -> Seen:
        raise NotFound("chat_unknown")

    async def two() -> list[Any]:
        readings = Readings()
        waiting = (readings.at((CONVERSATION, 0, (0, "")), fails) for _ in range(2))
        return await asyncio.gather(*waiting, return_exceptions=True)

    assert [type(told) for told in asyncio.run(two())] == [NotFound, NotFound]


@pytest.mark.requirement("SEC-P5")
def test_a_look_is_given_to_its_visitor_and_its_worker_only(
    seen: Seen, answered: tuple[str, UUID]
) -> None:
    assert seen.for_visitor(conversation.secret_hash(answered[0])) is seen
    assert seen.for_worker(worker(1)) is seen
    with pytest.raises(NotFound):
        seen.for_visitor(conversation.secret_hash("x" * 43))
    with pytest.raises(NotFound):
        seen.for_worker(worker(2))


def test_who_nobody_accepted_yet_belongs_to_no_worker(starts: Starts, work_as: WorkAs) -> None:
    secret = starts()
    with work_as() as work:
        waits = see(work, conversation.of_secret(work, secret).id, 0)
    with pytest.raises(NotFound):
        waits.for_worker(worker(1))


@pytest.mark.requirement("PF-CHAT-SPEED-1")
def test_messages_alone_are_told_without_asking_again(
    seen: Seen, answered: tuple[str, UUID], work_as: WorkAs, clock: FrozenClock
) -> None:
    with work_as() as work:
        asked_again = read_news(work, ChatQuestion(secret=answered[0]))
    assert news_of(seen, clock()) == asked_again
    assert [message.text for message in seen.messages] == ["Hallo"]


@pytest.mark.requirement("H-05")
def test_a_visitor_who_follows_is_noted_as_there_every_minute(
    seen: Seen, answered: tuple[str, UUID], work_as: WorkAs, clock: FrozenClock
) -> None:
    clock.advance(timedelta(minutes=1))
    assert news_of(seen, clock()) is None
    with work_as() as work:
        read_news(work, ChatQuestion(secret=answered[0]))
    with work_as() as work:
        assert news_of(see(work, answered[1], 0), clock()) is not None


@pytest.mark.requirement("N-01")
def test_a_place_in_the_queue_and_a_hand_over_are_more_than_messages(
    starts: Starts, work_as: WorkAs, clock: FrozenClock
) -> None:
    secret = starts()
    with work_as() as work:
        found = conversation.of_secret(work, secret).id
        assert news_of(see(work, found, 0), clock()) is None
    with work_as(worker()) as work:
        assert take_next(work)
        assert news_of(see(work, found, 0), clock()) is not None
        work.session.add(
            Handover(
                conversation_id=found,
                line="prevention",
                scope=HandoverScope.NONE,
                proposed_at=work.now,
            )
        )
        work.session.flush()
        assert news_of(see(work, found, 0), clock()) is None
        assert work.session.exec(select(Handover)).one()


def test_an_ended_conversation_is_told_as_it_ended(
    answered: tuple[str, UUID], work_as: WorkAs, clock: FrozenClock
) -> None:
    with work_as(worker()) as work:
        conversation.close_as_worker(work, answered[1])
    clock.advance(timedelta(minutes=5))
    with work_as() as work:
        told = news_of(see(work, answered[1], 0), clock())
        assert told == read_news(work, ChatQuestion(secret=answered[0]))
    assert told
    assert told.closed_by is ClosedBy.WORKER


def test_what_is_not_there_is_not_found(work_as: WorkAs) -> None:
    with work_as() as work, pytest.raises(NotFound):
        see(work, CONVERSATION, 0)


def test_forgetting_versions_begins_another_moment() -> None:
    signals = Signals("postgresql://nowhere")
    before = signals.moment("a")
    signals._begin_anew()
    assert signals.moment("a") != before
