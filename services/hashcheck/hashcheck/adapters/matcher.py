"""Searches for all requests of this process, many of them at once.

The event loop gathers what arrives within a moment. A few hashes it searches itself when nothing
else waits (ADR 0019); more are handed to one thread as a batch, and while that is searched, the
next one gathers. A search lets go of the interpreter, so the loop goes on meanwhile.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import NamedTuple

from shared.domain.errors import TooMany
from shared.platform.failure import place_of
from shared.platform.logging import log

from hashcheck.use_cases.check import Asked, Checked, Snapshot, check_together

# How long the loop gathers: short beside a network, long beside a search.
GATHERING_SECONDS = 0.002
# So few hashes the loop searches itself: 1 ms of a million listed, 5 ms of ten.
MOST_ON_LOOP = 32
# So many hashes need not wait for more, and no search takes on many more at once.
FULL_BATCH = 4_096
# What may wait to be searched: about a second of work. More is told to come back.
LONGEST_QUEUE = 1_000
MOST_WAITING_HASHES = 65_536
COME_BACK_IN = timedelta(seconds=1)
STOP_SECONDS = 10.0


# Called once, on the event loop, with the answer or with what went wrong.
Deliver = Callable[[Checked | Exception], None]


class Job(NamedTuple):
    """`caller`: under which name it is counted; empty for what is counted elsewhere."""

    asked: Asked
    deliver: Deliver
    caller: str


class Answered(NamedTuple):
    caller: str
    asked: Asked
    checked: Checked


class Batch(NamedTuple):
    loop: asyncio.AbstractEventLoop
    jobs: list[Job]


class Matcher:
    """`start` before the first check. `snapshot` is asked for, and `count` told, once per batch."""

    def __init__(
        self,
        snapshot: Callable[[], Snapshot],
        count: Callable[[Sequence[Answered]], None] = lambda answered: None,
    ) -> None:
        self._snapshot = snapshot
        self._count = count
        self._gathered: list[Job] = []
        self._gathered_hashes = self._waiting_hashes = self._waiting = 0
        self._queue: SimpleQueue[Batch | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="matcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """What waits is answered before the end."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    async def check(self, asked: Asked, caller: str = "") -> Checked:
        """Raises TooMany `busy`."""
        answered: asyncio.Future[Checked] = asyncio.get_running_loop().create_future()
        self.ask(asked, partial(_settle, answered), caller)
        return await answered

    def ask(self, asked: Asked, deliver: Deliver, caller: str = "") -> None:
        """On the event loop. Raises TooMany `busy`."""
        hashes = len(asked)
        self.refuse_full(hashes)
        self._waiting += 1
        self._waiting_hashes += hashes
        self._gather(asyncio.get_running_loop(), Job(asked, deliver, caller), hashes)

    def refuse_full(self, hashes: int) -> None:
        """Raises TooMany `busy` when so many more have no room."""
        is_full = self._waiting_hashes and self._waiting_hashes + hashes > MOST_WAITING_HASHES
        if is_full or self._waiting >= LONGEST_QUEUE:
            raise TooMany("busy", retry_after=COME_BACK_IN)

    def _gather(self, loop: asyncio.AbstractEventLoop, job: Job, hashes: int) -> None:
        if not self._gathered:
            loop.call_later(GATHERING_SECONDS, self._hand_over, loop)
        self._gathered.append(job)
        self._gathered_hashes += hashes
        if self._gathered_hashes >= FULL_BATCH:
            self._hand_over(loop)

    def _hand_over(self, loop: asyncio.AbstractEventLoop) -> None:
        jobs, hashes = self._gathered, self._gathered_hashes
        self._gathered, self._gathered_hashes = [], 0
        if hashes <= MOST_ON_LOOP and self._waiting_hashes == hashes:
            self._deliver(jobs, self._answers([job.asked for job in jobs]))
        elif jobs:
            self._queue.put(Batch(loop, jobs))

    def _work(self) -> None:
        while batches := self._next():
            answers = self._answers([job.asked for batch in batches for job in batch.jobs])
            begin = 0
            for batch in batches:
                end = begin + len(batch.jobs)
                # A loop that has ended has nobody left who waits.
                with suppress(RuntimeError):
                    batch.loop.call_soon_threadsafe(self._deliver, batch.jobs, answers[begin:end])
                begin = end

    def _answers(self, requests: Sequence[Asked]) -> Sequence[Checked | Exception]:
        try:
            return check_together(self._snapshot(), requests)
        except Exception as error:  # noqa: BLE001  these requests fail, and no later one
            return [error] * len(requests)

    def _next(self) -> list[Batch]:
        """What waits by now, up to about a full batch; nothing at the end."""
        batches: list[Batch] = []
        hashes = 0
        while not batches or (hashes < FULL_BATCH and not self._queue.empty()):
            batch = self._queue.get()
            if batch is None:
                # What was taken together with the end is still answered.
                self._queue.put(None)
                break
            batches.append(batch)
            hashes += sum(len(job.asked) for job in batch.jobs)
        return batches

    def _deliver(self, jobs: Sequence[Job], answers: Sequence[Checked | Exception]) -> None:
        self._waiting -= len(jobs)
        self._waiting_hashes -= sum(len(job.asked) for job in jobs)
        for job, answer in zip(jobs, answers, strict=True):
            try:
                job.deliver(answer)
            except Exception as error:  # noqa: BLE001  it harms none of the others
                log.error("unexpected", kind=type(error).__name__, place=place_of(error))
        self._count(
            [
                Answered(job.caller, job.asked, answer)
                for job, answer in zip(jobs, answers, strict=True)
                if job.caller and not isinstance(answer, Exception)
            ]
        )


def _settle(answered: "asyncio.Future[Checked]", answer: Checked | Exception) -> None:
    # Who hung up in the meantime waits for nothing.
    if answered.done():
        return
    if isinstance(answer, Exception):
        answered.set_exception(answer)
    else:
        answered.set_result(answer)
