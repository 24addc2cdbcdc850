"""Requests that come at once are searched at once, and a failure harms only those."""

import asyncio
from collections.abc import Iterator
from threading import Event, get_ident
from uuid import UUID, uuid4

import pytest
from hashcheck.adapters.matcher import MOST_ON_LOOP, MOST_WAITING_HASHES, Matcher
from hashcheck.domain.check import RADIUS
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.listed import Listed
from hashcheck.use_cases.check import ActiveList, Asked, Checked, Snapshot
from hashcheck.use_cases.known_hashes import KnownHashes
from shared.contracts.hashcheck import Outcome
from shared.domain.content_hash import HashType
from shared.domain.errors import TooMany

from tests.hashcheck.hashes import item, value

LIST = UUID(int=9)


class Source:
    """Snapshots, counted; held back until it is let go."""

    def __init__(self) -> None:
        listed = [Listed(uuid4(), value(HashType.PDQ, n), LIST, 1) for n in range(50)]
        active = {LIST: ActiveList("test", ListClass.ILLEGAL, 0)}
        self.snapshot = Snapshot(3, KnownHashes.of(listed, RADIUS), active)
        self.let_go = Event()
        self.times = 0
        self.threads: list[int] = []
        self.fails = False

    def __call__(self) -> Snapshot:
        self.let_go.wait(30)
        self.times += 1
        self.threads.append(get_ident())
        if self.fails:
            raise ValueError("no snapshot")
        return self.snapshot


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def matcher(source: Source) -> Iterator[Matcher]:
    made = Matcher(source)
    made.start()
    yield made
    source.let_go.set()
    made.stop()


def asked(*seeds: object) -> Asked:
    return Asked.of(item(value(HashType.PDQ, seed)) for seed in seeds)


@pytest.mark.requirement("HC-BATCH-1")
def test_requests_that_come_together_are_searched_together_and_answered_each(
    matcher: Matcher, source: Source
) -> None:
    async def all_at_once() -> list[Checked]:
        waiting = [asyncio.create_task(matcher.check(asked(n, f"miss {n}"))) for n in range(60)]
        await asyncio.sleep(0)
        source.let_go.set()
        return await asyncio.gather(*waiting)

    answers = asyncio.run(all_at_once())

    assert source.times <= 2
    for place, answer in enumerate(answers):
        first = Outcome.MATCH if place < 50 else Outcome.NO_MATCH
        assert list(answer.outcomes) == [first, Outcome.NO_MATCH]
        assert answer.list_version == 3


@pytest.mark.requirement("HC-BATCH-1")
def test_a_failing_search_fails_its_requests_and_no_later_one(
    matcher: Matcher, source: Source
) -> None:
    async def first_wrong_then_right() -> tuple[object, Checked]:
        source.let_go.set()
        source.fails = True
        [failed] = await asyncio.gather(matcher.check(asked(1)), return_exceptions=True)
        source.fails = False
        return failed, await matcher.check(asked(1))

    failed, answer = asyncio.run(first_wrong_then_right())
    assert isinstance(failed, ValueError)
    assert list(answer.outcomes) == [Outcome.MATCH]


@pytest.mark.requirement("HC-BATCH-1")
def test_an_answer_that_cannot_be_delivered_keeps_none_from_its_neighbours(source: Source) -> None:
    source.let_go.set()
    counted: list[str] = []
    matcher = Matcher(source, lambda answered: counted.extend(each.caller for each in answered))

    def gone(answer: Checked | Exception) -> None:
        raise ConnectionError

    async def together() -> list[Checked]:
        first = asyncio.create_task(matcher.check(asked(1), "first"))
        await asyncio.sleep(0)
        matcher.ask(asked(2), gone, "second")
        return [await first, await matcher.check(asked(3), "third")]

    first, third = asyncio.run(together())
    assert list(first.outcomes) == list(third.outcomes) == [Outcome.MATCH]
    assert counted == ["first", "second", "third"]


@pytest.mark.requirement("HC-BATCH-1")
@pytest.mark.requirement("HC-FLOOD-1")
def test_hashes_and_not_only_requests_fill_the_queue(matcher: Matcher, source: Source) -> None:
    many = Asked()
    many.add_many(HashType.PDQ, bytes(32 * MOST_WAITING_HASHES), MOST_WAITING_HASHES)

    async def flood() -> Checked:
        large = asyncio.create_task(matcher.check(many))
        await asyncio.sleep(0)
        with pytest.raises(TooMany):
            await matcher.check(asked(1))
        source.let_go.set()
        await large
        return await matcher.check(asked(1))

    assert list(asyncio.run(flood()).outcomes) == [Outcome.MATCH]


@pytest.mark.requirement("HC-BATCH-1")
@pytest.mark.parametrize("hashes", [1, MOST_ON_LOOP])
def test_who_hangs_up_while_waiting_harms_nobody(
    matcher: Matcher, source: Source, hashes: int
) -> None:
    """While their few are gathered, and while many are searched by the thread."""

    async def hang_up() -> Checked:
        first = asyncio.create_task(matcher.check(asked(*range(hashes))))
        second = asyncio.create_task(matcher.check(asked(*range(hashes))))
        await asyncio.sleep(0.01 if hashes > 1 else 0)
        first.cancel()
        source.let_go.set()
        return await second

    assert list(asyncio.run(hang_up()).outcomes) == [Outcome.MATCH] * hashes


@pytest.mark.requirement("HC-BATCH-1")
def test_a_few_hashes_are_searched_by_the_loop_only_while_nobody_waits_for_the_thread(
    matcher: Matcher, source: Source
) -> None:
    source.let_go.set()

    async def alone_then_behind() -> list[Checked]:
        alone = await matcher.check(asked(1))
        assert source.threads == [get_ident()]
        source.let_go.clear()
        many = asyncio.create_task(matcher.check(asked(*range(MOST_ON_LOOP + 1))))
        await asyncio.sleep(0.01)
        few = asyncio.create_task(matcher.check(asked(2)))
        # The loop would stand still here if it searched: the thread holds the snapshot back.
        await asyncio.sleep(0.01)
        source.let_go.set()
        return [alone, await many, await few]

    answers = asyncio.run(alone_then_behind())
    assert [len(answer.outcomes) for answer in answers] == [1, MOST_ON_LOOP + 1, 1]
    assert get_ident() not in source.threads[1:]
