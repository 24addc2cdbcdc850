"""Tables that every service has in its own database, on their own metadata.

They are created by the first migration of each service (`shared.platform.migrations`). Accounts
and keys of people and clients are in `shared.platform.account_tables`, on the same metadata.
"""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, DateTime, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.platform.database import service_metadata

platform_registry = registry(metadata=service_metadata())

UTC_TIME: Any = DateTime(timezone=True)
IS_OPEN = text("done_at IS NULL AND parked_at IS NULL")
IS_LEASED = text("done_at IS NULL AND parked_at IS NULL AND lease_until IS NOT NULL")


class PlatformTable(SQLModel, registry=platform_registry):
    """Parent of the platform's own tables."""


class Outbox(PlatformTable, table=True):
    """Work to be done after a commit. It carries ids only; PostgreSQL is the truth of it.

    `lease_until`: published, not to be published again before. `claimed_until`: somebody works on
    it, nobody else may. `requests` counts how often it was asked for while open, so that a request
    made while it is being worked on is not lost.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("uq_outbox_open", "task", "subject", unique=True, postgresql_where=IS_OPEN),
        Index("ix_outbox_due", "next_at", postgresql_where=IS_OPEN),
        Index("ix_outbox_lease_until", "lease_until", postgresql_where=IS_LEASED),
        Index("ix_outbox_done_at", "done_at", postgresql_where=text("done_at IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    task: str
    subject: UUID
    created_at: datetime = Field(sa_type=UTC_TIME)
    next_at: datetime = Field(sa_type=UTC_TIME)
    requests: int = 1
    attempts: int = 0
    lease_until: datetime | None = Field(default=None, sa_type=UTC_TIME)
    claimed_until: datetime | None = Field(default=None, sa_type=UTC_TIME)
    done_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    parked_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    last_code: str = ""


class Clock(PlatformTable, table=True):
    """When a recurring duty is due next; one row per duty, shared by all relays of a service."""

    __tablename__ = "clock"

    name: str = Field(primary_key=True)
    due_at: datetime = Field(sa_type=UTC_TIME)


class InboxEvent(PlatformTable, table=True):
    """An event of another service that was handled; the key makes a repeat do nothing."""

    __tablename__ = "inbox_event"

    source: str = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    event: str
    handled_at: datetime = Field(sa_type=UTC_TIME, index=True)


class IdempotencyKey(PlatformTable, table=True):
    """An answered public write; its row lives in the transaction of the effect."""

    __tablename__ = "idempotency_key"

    route: str = Field(primary_key=True)
    key: UUID = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    sealed_answer: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UTC_TIME, index=True)


class AuditEvent(PlatformTable, table=True):
    """Who did what to which object; append-only, without any text of a caller.

    One partition per year of `at`.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        CheckConstraint("length(reason) <= 64", "reason_is_a_code"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: int | None = Field(
        default=None, sa_type=BigInteger, primary_key=True, sa_column_args=(Identity(always=True),)
    )
    at: datetime = Field(sa_type=UTC_TIME, primary_key=True)
    actor_kind: str
    actor_name: str
    actor_id: UUID | None = None
    action: str
    object_id: UUID | None = Field(default=None, index=True)
    reason: str = ""
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)


class AuditSeal(PlatformTable, table=True):
    """One link of the chain over the audit events, written by the sealer's role only."""

    __tablename__ = "audit_seal"

    seq: int = Field(sa_type=BigInteger, primary_key=True)
    event_id: int = Field(sa_type=BigInteger, unique=True)
    mac: bytes = Field(sa_type=LargeBinary)
    sealed_at: datetime = Field(sa_type=UTC_TIME)
