"""Many new indexes under load: no check fails, and each answer is of one version."""

import asyncio
from collections.abc import Iterator
from uuid import uuid4

import pytest
from hashcheck import queries
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.matcher import Matcher
from hashcheck.domain.entry import WithdrawalReason
from hashcheck.use_cases.check import Asked, Checked
from hashcheck.use_cases.entry import withdraw_entry
from shared.contracts.hashcheck import Outcome
from shared.platform.database import session_factory

from tests.databases import DatabaseCopies, engine_on
from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Lists

SWAPS = 20
ASKING = 8


@pytest.fixture
def live_lists(database_copies: DatabaseCopies, worker_number: int) -> Iterator[Lists]:
    with (
        database_copies.copy("hashcheck", f"w{worker_number}_swaps") as databases,
        engine_on(databases.app) as engine,
    ):
        yield Lists(session_factory(engine))


class Changes:
    """Lists pictures and takes every third off again, each time with a new index."""

    def __init__(self, lists: Lists, index: LiveIndex) -> None:
        self.lists, self.index = lists, index
        self.pictures = [picture(uuid4()) for _ in range(SWAPS)]
        # Which of them are listed, at each version.
        self.listed: dict[int, frozenset[int]] = {self.version(): frozenset()}

    def version(self) -> int:
        with self.lists.sessions() as session:
            return queries.list_version(session)

    def make(self) -> None:
        now: frozenset[int] = frozenset()
        for place, each in enumerate(self.pictures):
            entry_id = self.lists.listed(each)
            now |= {place}
            self.listed[self.version()] = now
            self.index.renew()
            if place % 3 == 0:
                self.lists.do(
                    self.lists.second,
                    lambda work, gone=entry_id: withdraw_entry(  # type: ignore[misc]
                        work, gone, WithdrawalReason.FALSE_POSITIVE
                    ),
                )
                now -= {place}
                self.listed[self.version()] = now
            self.index.refresh()


@pytest.mark.requirement("HC-LIVE-2")
@pytest.mark.requirement("HC-CHECK-1")
def test_twenty_swaps_under_load_fail_no_check_and_mix_no_versions(live_lists: Lists) -> None:
    index = LiveIndex(live_lists.sessions)
    index.refresh()
    changes = Changes(live_lists, index)
    matcher = Matcher(lambda: index.snapshot)
    matcher.start()
    answers: list[Checked] = []

    async def ask_until(ended: asyncio.Event) -> None:
        while not ended.is_set():
            asked = Asked.of(each[0] for each in changes.pictures)
            answers.append(await matcher.check(asked))

    async def under_load() -> None:
        ended = asyncio.Event()
        asking = [asyncio.create_task(ask_until(ended)) for _ in range(ASKING)]
        await asyncio.to_thread(changes.make)
        ended.set()
        await asyncio.gather(*asking)

    asyncio.run(under_load())
    matcher.stop()

    for answer in answers:
        matched = {n for n, each in enumerate(answer.outcomes) if each is Outcome.MATCH}
        assert matched == changes.listed[answer.list_version]
    assert len(answers) > SWAPS
    assert len({answer.list_version for answer in answers}) > SWAPS / 2
    assert index.snapshot.version == changes.version()
