"""Checks that were counted, hits that were kept, and what clients told about them.

No check is a row, and no hash that did not match is kept.
"""

from datetime import date, datetime
from uuid import UUID, uuid4

from shared.contracts.hashcheck import FalseBecause, HitOutcome
from shared.domain.content_hash import HashType
from shared.platform.tables import UTC_TIME
from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, text
from sqlmodel import Field

from hashcheck.domain.check import Counted, CountedOutcome
from hashcheck.domain.hit_report import Review
from hashcheck.domain.quarantine import QuarantineState
from hashcheck.tables.parent import Table, code_of


class CheckCount(Table, table=True):
    """How often `caller` was answered `outcome` on a day (Europe/Amsterdam).

    `caller` is `client:<id>` or `service:<name>`. One partition per year.
    """

    __tablename__ = "check_count"
    __table_args__ = (
        CheckConstraint("count > 0", "counts_something"),
        {"postgresql_partition_by": "RANGE (day)"},
    )

    day: date = Field(primary_key=True)
    caller: str = Field(primary_key=True)
    counted: Counted = Field(sa_type=code_of(Counted, "counted"), primary_key=True)
    outcome: CountedOutcome = Field(sa_type=code_of(CountedOutcome, "outcome"), primary_key=True)
    count: int = Field(sa_type=BigInteger)


class Hit(Table, table=True):
    """One match that was answered; nothing is kept of a check that did not match."""

    __tablename__ = "hit"
    __table_args__ = (Index("ix_hit_caller_entry", "caller", "entry_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    at: datetime = Field(sa_type=UTC_TIME, index=True)
    caller: str
    entry_id: UUID = Field(foreign_key="entry.id", index=True)
    hash_type: HashType = Field(sa_type=code_of(HashType, "hash_type"))
    distance: int = Field(sa_type=SmallInteger)
    list_version: int = Field(sa_type=BigInteger)


class HitReport(Table, table=True):
    """What a client did with a hit. One that it calls false is reviewed by a steward."""

    __tablename__ = "hit_report"
    __table_args__ = (
        CheckConstraint("(outcome = 'false') = (because IS NOT NULL)", "false_for_a_reason"),
        CheckConstraint("(outcome = 'false') = (review IS NOT NULL)", "false_is_reviewed"),
        CheckConstraint(
            "(reviewed_by IS NULL) = (review IS NULL OR review = 'open')", "reviewed_by_somebody"
        ),
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", "reviewed_at_some_time"),
        Index("ix_hit_report_open", "entry_id", postgresql_where=text("review = 'open'")),
        Index("ix_hit_report_caller", "caller", "reported_at"),
    )

    id: UUID = Field(primary_key=True)
    caller: str
    entry_id: UUID = Field(foreign_key="entry.id")
    outcome: HitOutcome = Field(sa_type=code_of(HitOutcome, "outcome"))
    because: FalseBecause | None = Field(default=None, sa_type=code_of(FalseBecause, "because"))
    reported_at: datetime = Field(sa_type=UTC_TIME)
    review: Review | None = Field(default=None, sa_type=code_of(Review, "review"))
    reviewed_by: UUID | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class ClientTerms(Table, table=True):
    """What was agreed with an API client beyond checking hashes; without a row: nothing."""

    __tablename__ = "client_terms"

    client_id: UUID = Field(primary_key=True)
    pictures_allowed: bool = False


class Quarantine(Table, table=True):
    """An entry that was set aside because it suddenly gave most of the hits.

    `hits`, `all_hits` and `callers` are those of the minutes before.
    """

    __tablename__ = "quarantine"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (decided_by IS NULL)", "decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", "decided_at_some_time"),
        Index(
            "ix_quarantine_open", "entry_id", unique=True, postgresql_where=text("state = 'open'")
        ),
        Index("ix_quarantine_entry", "entry_id", "decided_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    entry_id: UUID = Field(foreign_key="entry.id")
    since: datetime = Field(sa_type=UTC_TIME)
    hits: int = Field(sa_type=BigInteger)
    all_hits: int = Field(sa_type=BigInteger)
    callers: int
    state: QuarantineState = Field(sa_type=code_of(QuarantineState, "state"))
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
