"""What was agreed about a client's keys, how much they are used, and who may see that.

Of use there are counts only: no row per check, no hash and no address of who asked.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from hashcheck.domain.probing import AlarmAnswer, Probing
from hashcheck.tables.parent import Table, code_of

NOUGHT: dict[str, Any] = {"server_default": text("0")}


class KeyTerms(Table, table=True):
    """Quota and addresses of one key, by its id; without a row the usual ones.

    `networks` in CIDR notation; none means from anywhere. Hashes and pictures per day of
    Amsterdam and per minute.
    """

    __tablename__ = "key_terms"
    __table_args__ = (CheckConstraint("per_day > 0 AND per_minute > 0", "quota_allows_something"),)

    key_id: str = Field(primary_key=True)
    networks: list[str] = Field(
        default_factory=list, sa_type=ARRAY(Text), sa_column_kwargs={"server_default": text("'{}'")}
    )
    per_day: int = Field(sa_type=BigInteger)
    per_minute: int = Field(sa_type=BigInteger)


class KeyUse(Table, table=True):
    """What was asked with a key on a day, and in the newest minute (since 1970) of that day."""

    __tablename__ = "key_use"

    key_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    count: int = Field(sa_type=BigInteger)
    minute: int = Field(sa_type=BigInteger)
    minute_count: int = Field(sa_type=BigInteger)


class WatchedHour(Table, table=True):
    """How a client asked in the newest hour in which it asked; read by `domain.probing`."""

    __tablename__ = "watched_hour"

    client_id: UUID = Field(primary_key=True)
    hour: datetime = Field(sa_type=UTC_TIME)
    checked: int = Field(sa_type=BigInteger)
    matched: int = Field(sa_type=BigInteger)
    invalid: int = Field(sa_type=BigInteger)
    sampled: int = Field(sa_type=BigInteger)
    variants: int = Field(sa_type=BigInteger)


class ProbeAlarm(Table, table=True):
    """A client asked as one does who wants to learn what is listed; the counts that showed it."""

    __tablename__ = "probe_alarm"
    __table_args__ = (
        CheckConstraint("(acknowledged_by IS NULL) = (answer IS NULL)", "answered_by_somebody"),
        CheckConstraint("(acknowledged_by IS NULL) = (acknowledged_at IS NULL)", "answered_once"),
        Index(
            "uq_probe_alarm_open",
            "client_id",
            "kind",
            unique=True,
            postgresql_where=text("acknowledged_at IS NULL"),
        ),
        Index("ix_probe_alarm_raised_at", "raised_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    client_id: UUID
    kind: Probing = Field(sa_type=code_of(Probing, "kind"))
    raised_at: datetime = Field(sa_type=UTC_TIME)
    checked: int = Field(sa_type=BigInteger)
    matched: int = Field(sa_type=BigInteger)
    invalid: int = Field(sa_type=BigInteger)
    sampled: int = Field(sa_type=BigInteger)
    variants: int = Field(sa_type=BigInteger)
    distances: int = Field(sa_type=BigInteger)
    acknowledged_by: UUID | None = None
    acknowledged_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    answer: AlarmAnswer | None = Field(default=None, sa_type=code_of(AlarmAnswer, "answer"))


class HeldClient(Table, table=True):
    """A client whose checks are refused since it probed, until a person lets it check again."""

    __tablename__ = "held_client"
    __table_args__ = (
        CheckConstraint("(released_by IS NULL) = (answer IS NULL)", "released_for_a_reason"),
        CheckConstraint("(released_by IS NULL) = (released_at IS NULL)", "released_once"),
        Index(
            "uq_held_client_open",
            "client_id",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
        Index("ix_held_client_released", "client_id", "released_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    client_id: UUID
    kind: Probing = Field(sa_type=code_of(Probing, "kind"))
    since: datetime = Field(sa_type=UTC_TIME)
    released_by: UUID | None = None
    released_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    answer: AlarmAnswer | None = Field(default=None, sa_type=code_of(AlarmAnswer, "answer"))


class ClientContact(Table, table=True):
    """Whose mailbox opens the client page of one client."""

    __tablename__ = "client_contact"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    client_id: UUID = Field(index=True)
    mailbox: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UTC_TIME)


class AccessLink(Table, table=True):
    """A link that was mailed, known by the SHA-256 of its token; good once and for an hour.

    With a `company` it asks for a sandbox key of a new client, without one for the client page.
    """

    __tablename__ = "access_link"

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    mailbox: str = Field(index=True)
    company: str = ""
    created_at: datetime = Field(sa_type=UTC_TIME, index=True)
    expires_at: datetime = Field(sa_type=UTC_TIME)
    used_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class ClientSession(Table, table=True):
    """A browser of a client's contact, known by the SHA-256 of its token."""

    __tablename__ = "client_session"

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    contact_id: UUID = Field(foreign_key="client_contact.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=UTC_TIME)
    expires_at: datetime = Field(sa_type=UTC_TIME, index=True)
