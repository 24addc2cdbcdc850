"""The chain over the audit events: each seal's MAC covers its event and the seal before it.

The key is the sealer's alone, so neither the application nor the database can compute a MAC
(HMAC-SHA-256, FIPS 198-1). What the chain cannot show, a cut-off end or an old copy put back, the
signed checkpoints show (`shared.platform.audit_checkpoint`).
"""

import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

FIRST_MAC = bytes(32)
# An event is sealed within a second; later than this is reported.
LONGEST_UNSEALED = timedelta(seconds=60)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: how many seals there are, and the MAC of the last."""

    size: int
    mac: bytes


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """The columns of an audit event in the order in which they are sealed."""

    id: int
    at: datetime
    actor_kind: str
    actor_name: str
    actor_id: UUID | None
    action: str
    object_id: UUID | None
    reason: str
    facts: dict[str, Any]


def seal_mac(key: bytes, previous: Head, event: SealedEvent, sealed_at: datetime) -> bytes:
    """The MAC of the seal that follows `previous`.

    The moment of sealing is covered too: it shows that an event was not written long afterwards.
    """
    fields = [
        previous.size + 1,
        _microseconds(sealed_at),
        event.id,
        _microseconds(event.at),
        event.actor_kind,
        event.actor_name,
        str(event.actor_id or ""),
        event.action,
        str(event.object_id or ""),
        event.reason,
        event.facts,
    ]
    # JSON keeps the fields apart, so that moving a character between two of them shows.
    content = json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    return hmac.digest(key, previous.mac + content, hashlib.sha256)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
