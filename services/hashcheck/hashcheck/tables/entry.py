"""The tables of the Hash Check Service: lists, entries, checks and what a client may send.

No check is a row, and no hash that did not match is kept.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from shared.contracts.hashcheck import FalseBecause, HitOutcome, Outcome
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import HashType
from shared.platform.tables import UTC_TIME
from sqlalchemy import BigInteger, CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlmodel import Field

from hashcheck.domain.check import Counted
from hashcheck.domain.entry import EntryState, RefusalReason, WithdrawalReason
from hashcheck.domain.hash_list import ListClass, ListState
from hashcheck.domain.hit_report import Review
from hashcheck.domain.list_change import ListChange
from hashcheck.tables.parent import Table, code_of

# The only row of list_version.
THE_VERSION = 1
# A number that the database does not make.
NOT_COUNTED: dict[str, Any] = {"autoincrement": False}


class HashList(Table, table=True):
    __tablename__ = "hash_list"
    __table_args__ = (CheckConstraint("provenance <> ''", "provenance_is_told"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    provenance: str
    list_class: ListClass = Field(sa_type=code_of(ListClass, "list_class"))
    state: ListState = Field(sa_type=code_of(ListState, "state"))
    created_at: datetime = Field(sa_type=UTC_TIME)
    # The change that last put it to use.
    active_since: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")}
    )


class Entry(Table, table=True):
    """A picture of a list. `proposed_by` and `decided_by` are people of the named services."""

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by", "second_person"),
        CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", "decided_by_somebody"),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", "decided_at_some_time"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", "refused_for_a_reason"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawal IS NOT NULL AND withdrawn_at IS NOT NULL)",
            "withdrawn_for_a_reason",
        ),
        CheckConstraint("(age_min IS NULL) = (age_max IS NULL)", "both_ages"),
        CheckConstraint("age_min BETWEEN 0 AND age_max AND age_max <= 17", "ages_of_children"),
        Index("ix_entry_list_state", "list_id", "state", "proposed_at"),
        Index("ix_entry_proposed", "proposed_at", postgresql_where=text("state = 'proposed'")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    list_id: UUID = Field(foreign_key="hash_list.id")
    state: EntryState = Field(sa_type=code_of(EntryState, "state"))
    # What it is called where it comes from, such as an assessment of the hotline.
    source_id: UUID | None = Field(default=None, unique=True)
    proposed_by: UUID
    proposed_in: str
    proposed_at: datetime = Field(sa_type=UTC_TIME)
    decided_by: UUID | None = None
    decided_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    refusal: RefusalReason | None = Field(default=None, sa_type=code_of(RefusalReason, "refusal"))
    withdrawal: WithdrawalReason | None = Field(
        default=None, sa_type=code_of(WithdrawalReason, "withdrawal")
    )
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    # The change that listed it; 0 for what never was listed.
    listed_version: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")}
    )
    ai_involvement: AiInvolvement = Field(sa_type=code_of(AiInvolvement, "ai_involvement"))
    gender: Gender = Field(sa_type=code_of(Gender, "gender"))
    self_generated: SelfGenerated = Field(sa_type=code_of(SelfGenerated, "self_generated"))
    age_min: int | None = Field(default=None, sa_type=SmallInteger)
    age_max: int | None = Field(default=None, sa_type=SmallInteger)


class EntryHash(Table, table=True):
    """One hash of an entry's picture; its bits, most significant byte first."""

    __tablename__ = "entry_hash"
    __table_args__ = (
        CheckConstraint(
            "octet_length(digest) = CASE type WHEN 'md5' THEN 16 WHEN 'sha1' THEN 20"
            " WHEN 'phash' THEN 8 ELSE 32 END",
            "digest_has_its_length",
        ),
        Index("ix_entry_hash_digest", "type", "digest"),
    )

    entry_id: UUID = Field(foreign_key="entry.id", primary_key=True)
    type: HashType = Field(sa_type=code_of(HashType, "type"), primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary)


class ListVersion(Table, table=True):
    """How many times what is listed has changed.

    The row is updated in the transaction of every change and so locked until its end: versions
    become visible in their order, and who reads one sees all changes up to it.
    """

    __tablename__ = "list_version"
    __table_args__ = (CheckConstraint(f"id = {THE_VERSION}", "only_one"),)

    id: int = Field(sa_type=SmallInteger, primary_key=True)
    version: int = Field(sa_type=BigInteger)


class Change(Table, table=True):
    """One change of what is listed; `subject_id` is an entry or a list, as `kind` says."""

    __tablename__ = "list_change"

    version: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs=NOT_COUNTED)
    kind: ListChange = Field(sa_type=code_of(ListChange, "kind"))
    subject_id: UUID
    changed_at: datetime = Field(sa_type=UTC_TIME)


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
    outcome: Outcome = Field(sa_type=code_of(Outcome, "outcome"), primary_key=True)
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
