"""Whose an API key is, without asking the database for every request."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from fastapi.concurrency import run_in_threadpool
from shared.domain.actor import Actor
from shared.domain.errors import NotAuthenticated, Unavailable
from shared.platform.api_key import ClientDesk

from hashcheck.domain.check import SCOPE

# source: SEC-S10: a revoked key is nobody's within 5 s; here within one, and within five while
# the database does not answer.
FRESH_SECONDS = 1.0
LONGEST_SECONDS = 5.0
MOST_KEYS = 10_000


@dataclass(slots=True)
class Known:
    """`confirmed_at`: when the database said so; `asked_at`: when it was last asked."""

    actor: Actor
    confirmed_at: float
    asked_at: float


class KeyRing:
    """Used on one event loop. Keys are held as their SHA-256."""

    def __init__(
        self, clients: ClientDesk, *, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        self._clients = clients
        self._seconds = seconds
        self._known: dict[bytes, Known] = {}

    async def client_of(self, key: str) -> Actor:
        """Raises NotAuthenticated, Unavailable."""
        name = sha256(key.encode()).digest()
        known, now = self._known.get(name), self._seconds()
        if known is None or now - known.confirmed_at > LONGEST_SECONDS:
            return await self._ask(name, key)
        if now - known.asked_at > FRESH_SECONDS:
            # Those who come meanwhile need not ask as well.
            known.asked_at = now
            try:
                return await self._ask(name, key)
            except Unavailable:
                return known.actor
        return known.actor

    async def _ask(self, name: bytes, key: str) -> Actor:
        asked_at = self._seconds()
        actor = await run_in_threadpool(self._clients.client_of, key, SCOPE)
        if actor is None:
            self._known.pop(name, None)
            raise NotAuthenticated
        if len(self._known) >= MOST_KEYS:
            self._known.clear()
        self._known[name] = Known(actor, asked_at, asked_at)
        return actor
