"""Tells waiting readers that something changed: only which conversation, never what.

PostgreSQL carries the word (NOTIFY in the transaction of the change), so it comes if and only if
the change was committed, to every process. What changed is read from the tables, so a word that
gets lost costs a few seconds and no message.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import psycopg
import structlog
from sqlalchemy import func
from sqlmodel import Session, select

CHANNEL = "conversation_news"
QUEUE = "queue"
PAUSE_AFTER_FAILURE_SECONDS = 1.0

log = structlog.get_logger()


def signal(session: Session, subject: str) -> None:
    """Say, when this transaction commits, that `subject` changed: a conversation's id or QUEUE."""
    session.exec(select(func.pg_notify(CHANNEL, subject)))


class Signals:
    """One listening connection per process, and the readers that wait in it.

    `async with signals.running():` around the life of the application.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            self._wake_all()

    @contextmanager
    def heard(self, *subjects: str) -> Iterator[asyncio.Event]:
        """An event that is set when one of `subjects` changes; clear it before reading again."""
        event = asyncio.Event()
        for subject in subjects:
            self._waiting[subject].add(event)
        try:
            yield event
        finally:
            for subject in subjects:
                self._waiting[subject].discard(event)
                if not self._waiting[subject]:
                    del self._waiting[subject]

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.OperationalError:
                # What was said meanwhile is not heard: everybody looks once more.
                log.warning("signals_lost")
                self._wake_all()
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._wake_all()
            async for notice in connection.notifies():
                for event in self._waiting.get(notice.payload, ()):
                    event.set()

    def _wake_all(self) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()
