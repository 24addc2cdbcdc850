"""Tables of conversations in the database of a line that has them, on their own metadata.

No column tells who a visitor is: no name, no address, no browser. Texts are sealed under the
conversation. Every answer to a question has a value for "unknown", so nothing personal is NULL.
"""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Enum, Index, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.domain.conversation import (
    Author,
    Channel,
    ClosedBy,
    ConversationState,
    MissedReason,
    Priority,
)
from shared.domain.handover import HandoverScope, HandoverState
from shared.domain.opening_hours import ExceptionReason
from shared.platform.database import service_metadata
from shared.platform.tables import UTC_TIME

contact_registry = registry(metadata=service_metadata())

LONGEST_CODE = 40


class ContactTable(SQLModel, registry=contact_registry):
    """Parent of the tables of conversations."""


def code_of(kind: type[StrEnum], column: str) -> Any:
    """A column type that stores the values of `kind` as text, held by a CHECK named `column`."""
    return Enum(
        kind,
        name=column,
        native_enum=False,
        create_constraint=True,
        length=LONGEST_CODE,
        values_callable=lambda members: [member.value for member in members],
    )


class Conversation(ContactTable, table=True):
    """One visit of one person, known by the SHA-256 of a secret that only they have.

    `pseudonym` is what staff call the person; it is drawn by chance. `link_hash` is that of the
    secret with which another line handed the person over. `news` counts what the visitor
    and the worker have to see besides messages. Times of a visitor are to the minute, except
    `enqueued_at`, which orders the queue and is coarsened when the conversation ends.
    """

    __tablename__ = "conversation"
    __table_args__ = (
        CheckConstraint("octet_length(secret_hash) = 32", "secret_hash_is_sha256"),
        CheckConstraint("(state = 'offered') = (offered_to IS NOT NULL)", "offered_to_somebody"),
        CheckConstraint(
            "state NOT IN ('active', 'closed') OR worker_id IS NOT NULL", "answered_by_somebody"
        ),
        CheckConstraint(
            "(state IN ('closed', 'missed')) = (ended_at IS NOT NULL)", "ended_has_time"
        ),
        Index(
            "ix_conversation_queue",
            "language",
            "priority",
            "enqueued_at",
            "id",
            postgresql_where=sql("state IN ('waiting', 'offered')"),
        ),
        Index("ix_conversation_active", "worker_id", postgresql_where=sql("state = 'active'")),
        Index("ix_conversation_ended", "ended_at", postgresql_where=sql("ended_at IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    secret_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    pseudonym: str = Field(unique=True)
    language: str
    topic: str = ""
    priority: Priority = Field(default=Priority.USUAL, sa_type=code_of(Priority, "priority"))
    state: ConversationState = Field(
        default=ConversationState.WAITING, sa_type=code_of(ConversationState, "state")
    )
    enqueued_at: datetime = Field(sa_type=UTC_TIME)
    visitor_seen_at: datetime = Field(sa_type=UTC_TIME)
    offered_to: UUID | None = None
    offer_ends_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    worker_id: UUID | None = None
    accepted_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    closed_by: ClosedBy | None = Field(default=None, sa_type=code_of(ClosedBy, "closed_by"))
    erased_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    link_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    last_seq: int = 0
    news: int = 0


class Message(ContactTable, table=True):
    """One message, sealed under its conversation; `seq` runs from 1 without a gap."""

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_id"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", ondelete="CASCADE")
    seq: int
    client_id: UUID
    author: Author = Field(sa_type=code_of(Author, "author"))
    sent_at: datetime = Field(sa_type=UTC_TIME)
    sealed_text: bytes = Field(sa_type=LargeBinary)


class WorkerPresence(ContactTable, table=True):
    """Whether a member of staff takes conversations now; without a heartbeat they are away."""

    __tablename__ = "worker_presence"

    account_id: UUID = Field(primary_key=True)
    is_available: bool = False
    most_at_once: int = Field(default=2, sa_type=SmallInteger)
    seen_at: datetime = Field(sa_type=UTC_TIME)


class OpeningRuleRow(ContactTable, table=True):
    """A planned interval of a weekday (0 is Monday), local time."""

    __tablename__ = "opening_rule"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", "weekday_range"),
        CheckConstraint("opens < closes", "opens_before_it_closes"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    channel: Channel = Field(sa_type=code_of(Channel, "channel"))
    weekday: int = Field(sa_type=SmallInteger)
    opens: time
    closes: time
    valid_from: date
    valid_until: date | None = None


class OpeningExceptionRow(ContactTable, table=True):
    """One local day on which other hours hold; without an interval it is closed."""

    __tablename__ = "opening_exception"
    __table_args__ = (
        UniqueConstraint("channel", "day", "opens"),
        CheckConstraint("(opens IS NULL) = (closes IS NULL)", "interval_is_whole"),
        CheckConstraint("opens < closes", "opens_before_it_closes"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    channel: Channel = Field(sa_type=code_of(Channel, "channel"))
    day: date
    reason: ExceptionReason = Field(sa_type=code_of(ExceptionReason, "reason"))
    opens: time | None = None
    closes: time | None = None


class OpenSession(ContactTable, table=True):
    """When the line could really be reached: from the first worker that came to the last."""

    __tablename__ = "open_session"
    __table_args__ = (
        Index(
            "uq_open_session_open",
            "channel",
            unique=True,
            postgresql_where=sql("closed_at IS NULL"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    channel: Channel = Field(sa_type=code_of(Channel, "channel"))
    opened_at: datetime = Field(sa_type=UTC_TIME)
    closed_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class MissedContact(ContactTable, table=True):
    """An attempt that was not helped. `recovered_at`: the person came back and was helped."""

    __tablename__ = "missed_contact"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    channel: Channel = Field(sa_type=code_of(Channel, "channel"))
    at: datetime = Field(sa_type=UTC_TIME, index=True)
    within_opening: bool
    reason: MissedReason = Field(sa_type=code_of(MissedReason, "reason"))
    conversation_id: UUID | None = Field(default=None, foreign_key="conversation.id", unique=True)
    recovered_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class ReturnCodeRow(ContactTable, table=True):
    """A way back, known by a slow hash of a code that was shown once."""

    __tablename__ = "return_code"

    code_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", unique=True)
    created_at: datetime = Field(sa_type=UTC_TIME)
    expires_at: datetime = Field(sa_type=UTC_TIME, index=True)


class Handover(ContactTable, table=True):
    """What a worker proposed and what the person said to it.

    The summary is sealed, and so is the secret with which the person goes to the other line.
    """

    __tablename__ = "handover"
    __table_args__ = (
        Index(
            "uq_handover_open",
            "conversation_id",
            unique=True,
            postgresql_where=sql("state = 'proposed'"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    conversation_id: UUID = Field(foreign_key="conversation.id", index=True)
    line: str
    scope: HandoverScope = Field(sa_type=code_of(HandoverScope, "scope"))
    state: HandoverState = Field(
        default=HandoverState.PROPOSED, sa_type=code_of(HandoverState, "state")
    )
    sealed_summary: bytes = Field(default=b"", sa_type=LargeBinary)
    sealed_link: bytes = Field(default=b"", sa_type=LargeBinary)
    proposed_at: datetime = Field(sa_type=UTC_TIME)
    consent_text_version: int = Field(default=0, sa_type=SmallInteger)
    consented_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class Arrival(ContactTable, table=True):
    """What another line handed over with consent, sealed here under its own id until it is read."""

    __tablename__ = "arrival"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    source: str
    link_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    language: str
    topic: str = ""
    scope: HandoverScope = Field(sa_type=code_of(HandoverScope, "scope"))
    arrived_at: datetime = Field(sa_type=UTC_TIME, index=True)
    sealed_content: bytes = Field(default=b"", sa_type=LargeBinary)
    accepted_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
