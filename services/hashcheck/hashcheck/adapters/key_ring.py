"""Whose an API key is, without asking the database for every request."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from ipaddress import ip_network

from fastapi.concurrency import run_in_threadpool
from shared.domain.actor import Actor
from shared.domain.errors import NotAuthenticated, NotPermitted, Unavailable
from shared.platform.api_key import ClientDesk
from shared.platform.database import plain_database_errors

from hashcheck import queries
from hashcheck.adapters.ledger import Ledger
from hashcheck.domain.check import SCOPE, caller_of, day_of
from hashcheck.domain.key_terms import SANDBOX_SCOPE, Network, Quota, is_within
from hashcheck.queries import KeyTotal
from hashcheck.use_cases.check import Asked

# source: SEC-S10: a revoked key is nobody's within 5 s; here within one, and within five while
# the database does not answer.
FRESH_SECONDS = 1.0
LONGEST_SECONDS = 5.0
MOST_KEYS = 10_000
SCOPES = f"{SCOPE} {SANDBOX_SCOPE}"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who asks with a key, from where and how much that key may.

    `caller`: under which name it is counted. `is_sandbox`: whether only what is listed for tests
    is matched.
    """

    actor: Actor
    caller: str
    key_id: str
    quota: Quota
    networks: tuple[Network, ...]
    ledger: Ledger
    is_sandbox: bool
    # Whether the client may ask about test entries only, because it probed.
    is_held_back: bool = False

    def take(self, asked: Asked) -> None:
        """Count a question against the quota of the key. Raises TooMany, NotPermitted."""
        self.refuse_held_back()
        self.ledger.take(self.key_id, self.quota, len(asked))
        asked.is_sandbox = self.is_sandbox

    def take_picture(self) -> None:
        """Raises TooMany, NotPermitted."""
        self.refuse_held_back()
        self.ledger.take(self.key_id, self.quota, 1)

    def refuse_held_back(self) -> None:
        """Raises NotPermitted `client_held_back`; a sandbox has nothing to find out."""
        if self.is_held_back and not self.is_sandbox:
            raise NotPermitted("client_held_back")


@dataclass(slots=True)
class Known:
    """`confirmed_at`: when the database said so; `asked_at`: when it was last asked."""

    holder: Holder
    confirmed_at: float
    asked_at: float

    def is_fresh(self, now: float) -> bool:
        return now - self.asked_at <= FRESH_SECONDS and now - self.confirmed_at <= LONGEST_SECONDS


class KeyRing:
    """Used on one event loop. Keys are held as their SHA-256."""

    def __init__(
        self,
        clients: ClientDesk,
        ledger: Ledger,
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clients = clients
        self._ledger = ledger
        self._seconds = seconds
        self._known: dict[bytes, Known] = {}

    async def holder_of(self, key: str, address: str) -> Holder:
        """`address` is compared and kept nowhere.

        Raises NotAuthenticated, Unavailable, NotPermitted `address_not_allowed`.
        """
        holder = self.known_holder_of(key) or await self._asked(key)
        if holder.networks and not is_within(address, holder.networks):
            raise NotPermitted("address_not_allowed")
        return holder

    def known_holder_of(self, key: str) -> Holder | None:
        """Without a look at the address; None when it is time to ask."""
        known = self._known.get(_name_of(key))
        return known.holder if known and known.is_fresh(self._seconds()) else None

    async def _asked(self, key: str) -> Holder:
        name, now = _name_of(key), self._seconds()
        known = self._known.get(name)
        if known is None or now - known.confirmed_at > LONGEST_SECONDS:
            return await self._ask(name, key)
        # Those who come meanwhile need not ask as well.
        known.asked_at = now
        try:
            return await self._ask(name, key)
        except Unavailable:
            return known.holder

    async def _ask(self, name: bytes, key: str) -> Holder:
        asked_at = self._seconds()
        holder, total = await run_in_threadpool(self._look_up, key)
        if holder is None:
            self._known.pop(name, None)
            raise NotAuthenticated
        if name not in self._known and total:
            # What was asked before this process began counts as well.
            self._ledger.learn([total])
        if len(self._known) >= MOST_KEYS:
            self._known.clear()
        self._known[name] = Known(holder, asked_at, asked_at)
        return holder

    def _look_up(self, key: str) -> tuple[Holder | None, KeyTotal | None]:
        actor = self._clients.client_of(key, SCOPES)
        if actor is None:
            return None, None
        key_id = key.split("_")[1]
        with plain_database_errors(), self._clients.sessions() as session:
            is_sandbox = SCOPE not in actor.permissions
            terms = queries.key_terms(session, key_id, is_sandbox=is_sandbox)
            total = queries.key_total(session, key_id, day_of(self._clients.clock()))
            is_held = actor.id is not None and queries.held_client(session, actor.id) is not None
        networks = tuple(ip_network(network) for network in terms.networks)
        holder = Holder(
            actor,
            caller_of(actor),
            key_id,
            terms.quota,
            networks,
            self._ledger,
            is_sandbox,
            is_held,
        )
        return holder, total


def _name_of(key: str) -> bytes:
    return sha256(key.encode()).digest()
