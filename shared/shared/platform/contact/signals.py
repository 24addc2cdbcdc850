"""Tells waiting readers that something changed: which conversation, and its version; never what.

PostgreSQL carries the word (NOTIFY in the transaction of the change), so it comes if and only if
the change was committed, to every process and in the order of the commits. What changed is read
from the tables, so a word that gets lost costs a few seconds and no message.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import psycopg
import structlog
from sqlalchemy import func
from sqlmodel import Session, select

from shared.platform.contact.tables import Conversation

CHANNEL = "conversation_news"
QUEUE = "queue"
PAUSE_AFTER_FAILURE_SECONDS = 1.0
# Many more than conversations at once; a forgotten one is read once too often.
MOST_VERSIONS = 10_000

log = structlog.get_logger()


def signal(session: Session, subject: str, version: str = "") -> None:
    """Say, when this transaction commits, that `subject` changed: a conversation's id or QUEUE."""
    session.exec(select(func.pg_notify(CHANNEL, word_of(subject, version))))


def signal_news(session: Session, conversation: Conversation) -> None:
    """Say, when this transaction commits, that there is something new in a conversation."""
    version = version_of(conversation.news, conversation.last_seq)
    signal(session, str(conversation.id), version)


def word_of(subject: str, version: str = "") -> str:
    """What is said of a change."""
    return f"{subject} {version}"


def version_of(news: int, last_seq: int) -> str:
    """Grows with every message and with everything else that is new in a conversation."""
    return f"{news}.{last_seq}"


async def heard(changed: asyncio.Event, seconds: float) -> None:
    """Wait for a change, at most so long."""
    with suppress(TimeoutError):
        await asyncio.wait_for(changed.wait(), seconds)


class Signals:
    """One listening connection per process, and the readers that wait in it.

    `async with signals.running():` around the life of the application.
    """

    def __init__(self, database_url: str) -> None:
        self._url = database_url
        self._waiting: dict[str, set[asyncio.Event]] = defaultdict(set)
        self._versions: dict[str, str] = {}
        self._forgot = 0

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
    def listening(self, *subjects: str) -> Iterator[asyncio.Event]:
        """An event that is set when one of `subjects` changes."""
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

    def is_latest(self, subject: str, version: str) -> bool:
        """Whether this version is the last that was heard of: there is nothing newer to read.

        False when nothing was heard yet, or the connection was lost since.
        """
        return self._versions.get(subject) == version

    def moment(self, subject: str) -> tuple[int, str]:
        """Which words were heard: who looks at the same moment may look together.

        Changes with every version of the subject, and whenever versions are forgotten.
        """
        return self._forgot, self._versions.get(subject, "")

    async def _listen(self) -> None:
        while True:
            try:
                await self._listen_once()
            except psycopg.OperationalError:
                log.warning("signals_lost")
                self._begin_anew()
                await asyncio.sleep(PAUSE_AFTER_FAILURE_SECONDS)

    async def _listen_once(self) -> None:
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._begin_anew()
            async for notice in connection.notifies():
                self._hear(*notice.payload.split(" ", 1))

    def _hear(self, subject: str, version: str = "") -> None:
        if version:
            if len(self._versions) >= MOST_VERSIONS:
                self._forget()
            self._versions[subject] = version
        for event in self._waiting.get(subject, ()):
            event.set()

    def _begin_anew(self) -> None:
        """What was said while nobody listened is not known: everybody looks once more."""
        self._forget()
        self._wake_all()

    def _forget(self) -> None:
        self._versions.clear()
        self._forgot += 1

    def _wake_all(self) -> None:
        for events in self._waiting.values():
            for event in events:
                event.set()
