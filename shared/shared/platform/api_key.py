"""API keys of clients outside: shown once, stored as a hash, two live so that one can be replaced.

A key is `olh_<id>_<secret>_<checksum>`: 10 characters that name it, 43 characters of 256 random
bits, 6 hexadecimal digits of CRC-32 so that a scanner for leaked secrets can tell a key from a
word without asking us. Only the SHA-256 of the secret is stored. A key works for a year.
"""

import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest
from uuid import UUID

from sqlmodel import col, func, select

from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import Conflict, NotFound
from shared.platform.account_tables import ApiClient, ApiKey
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.unit_of_work import UnitOfWork

PREFIX = "olh"
MOST_LIVE_KEYS = 2
# source: security design, section 3.4: at most twelve months.
KEY_LIFE = timedelta(days=365)
_ID_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ID_LENGTH = 10
_KEY = re.compile(r"olh_([a-z2-9]{10})_([A-Za-z0-9_-]{43})_([0-9a-f]{6})")


@dataclass(frozen=True)
class ClientDesk:
    """Makes clients and their keys, and knows whose a key is."""

    sessions: Sessions
    clock: Clock = utc_now

    def create_client(self, work: UnitOfWork, name: str) -> UUID:
        """Raises Conflict for a taken name."""
        if work.session.exec(select(ApiClient.id).where(ApiClient.name == name)).first():
            raise Conflict("name_taken", fields=("name",))
        client = ApiClient(name=name, created_at=work.now)
        work.session.add(client)
        work.session.flush()
        work.record("api_client.created", client.id)
        return client.id

    def issue_key(
        self, work: UnitOfWork, client_id: UUID, scope: str, life: timedelta = KEY_LIFE
    ) -> str:
        """A new key, never to be seen again. Raises NotFound, Conflict `two_keys_live`."""
        # The lock makes two administrators at once count one after the other.
        if work.session.get(ApiClient, client_id, with_for_update=True) is None:
            raise NotFound
        live = select(func.count()).where(
            ApiKey.client_id == client_id,
            col(ApiKey.revoked_at).is_(None),
            ApiKey.expires_at > work.now,
        )
        if work.session.exec(live).one() >= MOST_LIVE_KEYS:
            raise Conflict("two_keys_live")
        key_id = "".join(secrets.choice(_ID_ALPHABET) for _ in range(_ID_LENGTH))
        secret = secrets.token_urlsafe(32)
        work.session.add(
            ApiKey(
                id=key_id,
                client_id=client_id,
                secret_hash=sha256(secret.encode()).digest(),
                scope=scope,
                created_at=work.now,
                expires_at=work.now + min(life, KEY_LIFE),
            )
        )
        work.record("api_key.issued", client_id, key=key_id, scope=scope)
        return f"{PREFIX}_{key_id}_{secret}_{_checksum(key_id, secret)}"

    def revoke_key(self, work: UnitOfWork, key_id: str) -> None:
        """Effective with the next request. Raises NotFound."""
        key = work.session.get(ApiKey, key_id)
        if key is None:
            raise NotFound
        key.revoked_at = key.revoked_at or work.now
        work.record("api_key.revoked", key.client_id, key=key_id)

    def client_of(self, api_key: str, scope: str) -> Actor | None:
        """Whose key this is, with those of the scopes asked for that it has.

        None if it is nobody's or has none of the scopes, between which there are spaces.
        """
        parts = _KEY.fullmatch(api_key)
        if parts is None or parts[3] != _checksum(parts[1], parts[2]):
            return None
        live = (
            select(ApiKey, ApiClient)
            .join(ApiClient, col(ApiClient.id) == col(ApiKey.client_id))
            .where(
                ApiKey.id == parts[1],
                col(ApiKey.revoked_at).is_(None),
                ApiKey.expires_at > self.clock(),
                col(ApiClient.disabled_at).is_(None),
            )
        )
        with plain_database_errors(), self.sessions() as session:
            found = session.exec(live).first()
        if found is None:
            return None
        key, client = found
        fits = compare_digest(sha256(parts[2].encode()).digest(), key.secret_hash)
        granted = frozenset(scope.split()) & frozenset(key.scope.split())
        if not fits or not granted:
            return None
        return Actor(ActorKind.CLIENT, client.name, client.id, granted)


def _checksum(key_id: str, secret: str) -> str:
    return f"{zlib.crc32(f'{key_id}_{secret}'.encode()):08x}"[:6]
