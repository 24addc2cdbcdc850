"""What the web process of a line with conversations has besides that of every service."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from anyio import to_thread
from fastapi import FastAPI

from shared.contracts.chat import LONGEST_SILENCE
from shared.platform.composition import answers_of
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.reading import Readings
from shared.platform.contact.return_code import ReturnCodes
from shared.platform.contact.signals import Signals
from shared.platform.database import Sessions
from shared.platform.encryption import decode_key
from shared.platform.idempotency import StoredAnswers
from shared.platform.settings import ServiceSettings

# Senders wait for each other's locks, each in a thread: so there are more threads than senders and
# readers, and one connection for each of them and to spare. Nobody is refused.
SENDERS_AT_ONCE = 8
THREADS_AT_ONCE = 16
CONNECTIONS = 24
# Reading is short; more at once would only wait for a connection.
READERS_AT_ONCE = 4
STREAM_SECONDS = 300.0
HEALING_SECONDS = 60.0
# A conversation in which somebody writes asks for its key once a minute. What was erased elsewhere
# can be read here for so long at most.
KEYS_REMEMBERED = timedelta(seconds=60)
# What began together does not come back together.
LEAST_SHARE = 0.6


def soon(seconds: float) -> float:
    """At most `seconds`, by chance: many that wait for as long would all come at one moment."""
    return seconds * random.uniform(LEAST_SHARE, 1.0)  # noqa: S311  no secret


@dataclass(frozen=True)
class ContactParts:
    """On `app.state.contact` while the application runs.

    A stream of news is silent for at most `silence_seconds` and lives `stream_seconds`, then
    whoever follows asks again with a fresh token. It looks into the tables when a change is heard
    of, and after `healing_seconds` in any case: a word that was lost costs so long at most.
    """

    policy: ContactPolicy
    answers: StoredAnswers
    codes: ReturnCodes
    signals: Signals
    readings: Readings
    readers: asyncio.Semaphore
    senders: asyncio.Semaphore
    silence_seconds: float = LONGEST_SILENCE
    stream_seconds: float = STREAM_SECONDS
    healing_seconds: float = HEALING_SECONDS

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """The lifespan of the application: listens to what other processes change."""
        app.state.contact = self
        to_thread.current_default_thread_limiter().total_tokens = THREADS_AT_ONCE
        async with self.signals.running():
            yield


def contact_parts(
    settings: ServiceSettings, sessions: Sessions, policy: ContactPolicy
) -> ContactParts:
    return ContactParts(
        policy=policy,
        answers=answers_of(settings),
        codes=ReturnCodes(sessions, decode_key(settings.master_key)),
        signals=Signals(settings.database_url),
        readings=Readings(),
        readers=asyncio.Semaphore(READERS_AT_ONCE),
        senders=asyncio.Semaphore(SENDERS_AT_ONCE),
    )
