"""Answers checks in one thread beside the event loop, and counts what was answered."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol

from shared.contracts.hashcheck import CheckAnswer, CheckItem
from shared.domain.errors import TooMany

from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.tally import Tally
from hashcheck.use_cases.check import Checked, Snapshot, check_hashes, check_picture

# Requests that may wait for the thread; more are told to come back.
LONGEST_QUEUE = 200
# Pictures that are read or hashed at the same time, each of up to 20 MB.
MOST_PICTURES = 8
COME_BACK_IN = timedelta(seconds=1)

Check = Callable[[Snapshot, Sequence[CheckItem]], Checked]


class Hasher(Protocol):
    def items_of(self, content: bytes) -> list[CheckItem]: ...


class Checker:
    """`start` and `stop` with the web process."""

    def __init__(self, live_index: LiveIndex, tally: Tally, hasher: Hasher) -> None:
        self._live_index = live_index
        self._tally = tally
        self._hasher = hasher
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="matcher")
        self._waiting = 0
        self._pictures = 0

    def start(self) -> None:
        self._live_index.start()
        self._tally.start()

    def stop(self) -> None:
        self._thread.shutdown()
        self._tally.stop()
        self._live_index.stop()

    async def check(self, caller: str, items: Sequence[CheckItem]) -> CheckAnswer:
        """One result per item, all of one list version. Raises TooMany."""
        return await self._answer(caller, check_hashes, items)

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

    async def check_picture(self, caller: str, content: bytes) -> CheckAnswer:
        """One result. Raises Invalid, Unsupported, TooMany, Unavailable."""
        items = await asyncio.to_thread(self._hasher.items_of, content)
        return await self._answer(caller, check_picture, items)

    async def _answer(self, caller: str, check: Check, items: Sequence[CheckItem]) -> CheckAnswer:
        if self._waiting >= LONGEST_QUEUE:
            raise TooMany("busy", retry_after=COME_BACK_IN)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            checked = await loop.run_in_executor(self._thread, self._match, check, items)
        finally:
            self._waiting -= 1
        self._tally.add(caller, checked)
        return checked.answer

    def _match(self, check: Check, items: Sequence[CheckItem]) -> Checked:
        return check(self._live_index.snapshot, items)
