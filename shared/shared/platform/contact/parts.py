"""What the web process of a line with conversations has besides that of every service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI

from shared.platform.composition import answers_of
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.return_code import ReturnCodes
from shared.platform.contact.signals import Signals
from shared.platform.database import Sessions
from shared.platform.encryption import decode_key
from shared.platform.idempotency import StoredAnswers
from shared.platform.settings import ServiceSettings

# Reading is short; more at once would only wait for a connection.
READERS_AT_ONCE = 8


@dataclass(frozen=True)
class ContactParts:
    """On `app.state.contact` while the application runs."""

    policy: ContactPolicy
    answers: StoredAnswers
    codes: ReturnCodes
    signals: Signals
    readers: asyncio.Semaphore

    @asynccontextmanager
    async def running(self, app: FastAPI) -> AsyncIterator[None]:
        """The lifespan of the application: listens to what other processes change."""
        app.state.contact = self
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
        readers=asyncio.Semaphore(READERS_AT_ONCE),
    )
