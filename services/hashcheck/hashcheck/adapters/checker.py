"""Answers checks beside the event loop, and counts what was answered."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from shared.contracts.hashcheck import CheckItem
from shared.domain.errors import TooMany

from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.matcher import Answered, Deliver, Matcher
from hashcheck.adapters.tally import Tally
from hashcheck.adapters.watch import Watch
from hashcheck.use_cases.check import Asked, Checked, as_picture

# Pictures that are read or hashed at the same time, each of up to 20 MB.
MOST_PICTURES = 8
COME_BACK_IN = timedelta(seconds=1)


class Hasher(Protocol):
    def items_of(self, content: bytes) -> list[CheckItem]: ...


class Checker:
    """`start` and `stop` with the web process."""

    def __init__(
        self, live_index: LiveIndex, tally: Tally, hasher: Hasher, watch: Watch | None = None
    ) -> None:
        self.live_index = live_index
        self._matcher = Matcher(lambda: live_index.snapshot, self._count)
        self._tally = tally
        self._hasher = hasher
        self._watch = watch
        self._pictures = 0

    def start(self) -> None:
        self.live_index.start()
        self._matcher.start()
        self._tally.start()

    def stop(self) -> None:
        self._matcher.stop()
        self._tally.stop()
        self.live_index.stop()

    async def check(self, caller: str, asked: Asked) -> Checked:
        """One result per item, all of one list version. Raises TooMany, Invalid, Unavailable."""
        if asked.since and asked.since > self.live_index.snapshot.version:
            await asyncio.to_thread(self.live_index.refuse_future, asked.since)
        return await self._matcher.check(asked, caller)

    def ask(self, caller: str, asked: Asked, deliver: Deliver) -> None:
        """As `check`, for one that waits without a task, and asks about the whole list.

        On the event loop. Raises TooMany.
        """
        self._matcher.ask(asked, deliver, caller)

    def refuse_full(self, hashes: int) -> None:
        """Raises TooMany when so many more have no room."""
        self._matcher.refuse_full(hashes)

    def _count(self, answered: Sequence[Answered]) -> None:
        self._tally.add((each.caller, each.checked) for each in answered)
        if self._watch:
            self._watch.add(answered)

    @contextmanager
    def room_for_picture(self) -> Iterator[None]:
        """Held from before a picture is read until it is answered. Raises TooMany."""
        if self._pictures >= MOST_PICTURES:
            raise TooMany("busy", retry_after=COME_BACK_IN)
        self._pictures += 1
        try:
            yield
        finally:
            self._pictures -= 1

    async def check_picture(
        self, caller: str, content: bytes, *, is_sandbox: bool = False
    ) -> Checked:
        """One result. Raises Invalid, Unsupported, TooMany, Unavailable."""
        asked = Asked.of(await asyncio.to_thread(self._hasher.items_of, content))
        asked.is_sandbox = is_sandbox
        checked = as_picture(asked, await self._matcher.check(asked))
        self._tally.add([(caller, checked)])
        return checked
