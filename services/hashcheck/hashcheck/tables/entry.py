"""Lists, their entries with hashes, and what changed about them."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import BITS, ContentHash, HashType
from shared.platform.tables import UTC_TIME
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    text,
)
from sqlmodel import Field

from hashcheck.domain.entry import EntryState, RefusalReason, WithdrawalReason
from hashcheck.domain.hash_list import ListClass, ListState
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
    """A picture of a list. `proposed_by` and `decided_by` are people of the named services.

    One that came with a signed list names its import; instead of people it has, in `proposed_by`,
    the key. `source_ref` is what the partner calls it, `content` the SHA-256 of its hashes, and
    `gone_with` the import that took it off.
    """

    __tablename__ = "entry"
    __table_args__ = (
        CheckConstraint("decided_by <> proposed_by", "second_person"),
        CheckConstraint(
            "(state = 'proposed' OR import_id IS NOT NULL) = (decided_by IS NULL)",
            "decided_by_somebody",
        ),
        CheckConstraint(
            "(import_id IS NULL) = (source_ref IS NULL)"
            " AND (import_id IS NULL) = (content IS NULL)",
            "imported_with_a_name",
        ),
        ForeignKeyConstraint(["import_id", "list_id"], ["list_import.id", "list_import.list_id"]),
        ForeignKeyConstraint(["gone_with"], ["list_import.id"]),
        CheckConstraint("(decided_by IS NULL) = (decided_at IS NULL)", "decided_at_some_time"),
        CheckConstraint("(state = 'refused') = (refusal IS NOT NULL)", "refused_for_a_reason"),
        CheckConstraint(
            "(state = 'withdrawn') = (withdrawal IS NOT NULL AND withdrawn_at IS NOT NULL)",
            "withdrawn_for_a_reason",
        ),
        CheckConstraint("(age_min IS NULL) = (age_max IS NULL)", "both_ages"),
        CheckConstraint("age_min BETWEEN 0 AND age_max AND age_max <= 17", "ages_of_children"),
        Index("ix_entry_list_state", "list_id", "state", "proposed_at"),
        Index("ix_entry_import", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_entry_gone_with", "gone_with", postgresql_where=text("gone_with IS NOT NULL")),
        Index(
            "uq_entry_source_id",
            "source_id",
            unique=True,
            postgresql_where=text("source_id IS NOT NULL"),
        ),
        Index("ix_entry_proposed", "proposed_at", postgresql_where=text("state = 'proposed'")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    list_id: UUID = Field(foreign_key="hash_list.id")
    state: EntryState = Field(sa_type=code_of(EntryState, "state"))
    # What it is called where it comes from, such as an assessment of the hotline.
    source_id: UUID | None = None
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
    # The change that listed it; 0 for what never was, or as long as that of its import says it.
    listed_version: int = Field(
        default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")}
    )
    import_id: UUID | None = None
    source_ref: str | None = None
    content: bytes | None = Field(default=None, sa_type=LargeBinary)
    gone_with: UUID | None = None
    ai_involvement: AiInvolvement = Field(sa_type=code_of(AiInvolvement, "ai_involvement"))
    gender: Gender = Field(sa_type=code_of(Gender, "gender"))
    self_generated: SelfGenerated = Field(sa_type=code_of(SelfGenerated, "self_generated"))
    age_min: int | None = Field(default=None, sa_type=SmallInteger)
    age_max: int | None = Field(default=None, sa_type=SmallInteger)


class EntryHashes(Table, table=True):
    """The hashes of an entry's picture, a column for each kind of `HashType`; at least one.

    Bits, most significant byte first. A trigger and not a foreign key sees that there is the entry:
    a list brings a million at once (docs/adr/0018).
    """

    __tablename__ = "entry_hashes"
    __table_args__ = (
        CheckConstraint("num_nonnulls(md5, sha1, sha256, phash, pdq) > 0", "say_something"),
        *(
            CheckConstraint(f"octet_length({kind}) = {BITS[kind] // 8}", f"{kind}_has_its_length")
            for kind in HashType
        ),
        Index("ix_entry_hashes_sha256", "sha256", postgresql_where=text("sha256 IS NOT NULL")),
    )

    entry_id: UUID = Field(primary_key=True)
    md5: bytes | None = Field(default=None, sa_type=LargeBinary)
    sha1: bytes | None = Field(default=None, sa_type=LargeBinary)
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    phash: bytes | None = Field(default=None, sa_type=LargeBinary)
    pdq: bytes | None = Field(default=None, sa_type=LargeBinary)

    @property
    def contents(self) -> list[ContentHash]:
        """Those there are, by the name of their kind."""
        told = ((kind, getattr(self, kind.value)) for kind in sorted(HashType))
        return [ContentHash(kind, digest) for kind, digest in told if digest is not None]


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
    """One change of what is listed; `subject_id` is an entry, a list or an import, as `kind` says.

    `entries`: how many entries it is about, so that a follower knows what to do before reading.
    """

    __tablename__ = "list_change"

    version: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs=NOT_COUNTED)
    kind: ListChange = Field(sa_type=code_of(ListChange, "kind"))
    subject_id: UUID
    changed_at: datetime = Field(sa_type=UTC_TIME)
    entries: int = Field(
        default=1, sa_type=BigInteger, sa_column_kwargs={"server_default": text("1")}
    )
