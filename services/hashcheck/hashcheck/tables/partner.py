"""Lists of partners: their keys, what must be in every version, and every import."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.domain.content_hash import HashType
from shared.platform.tables import UTC_TIME
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlmodel import Field

from hashcheck.domain.partner_list import ImportState, RollbackReason
from hashcheck.tables.parent import Table, code_of


class PartnerKey(Table, table=True):
    """An Ed25519 key with which a partner signs a list; it counts when two people agreed."""

    __tablename__ = "partner_key"
    __table_args__ = (
        CheckConstraint("octet_length(public_key) = 32", "public_key_has_its_length"),
        CheckConstraint("confirmed_by <> proposed_by", "second_person"),
        CheckConstraint("(confirmed_by IS NULL) = (confirmed_at IS NULL)", "confirmed_some_time"),
        CheckConstraint("(stopped_by IS NULL) = (stopped_at IS NULL)", "stopped_some_time"),
        UniqueConstraint("list_id", "public_key"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    list_id: UUID = Field(foreign_key="hash_list.id")
    public_key: bytes = Field(sa_type=LargeBinary)
    proposed_by: UUID
    proposed_at: datetime = Field(sa_type=UTC_TIME)
    confirmed_by: UUID | None = None
    confirmed_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    stopped_by: UUID | None = None
    stopped_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class Honeypot(Table, table=True):
    """A hash that was agreed with the partner to be in every version signed with this key."""

    __tablename__ = "honeypot"

    key_id: UUID = Field(foreign_key="partner_key.id", primary_key=True)
    type: HashType = Field(sa_type=code_of(HashType, "type"), primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, primary_key=True)


class ListImport(Table, table=True):
    """One file that was to become a version of a list. `version` is the partner's own number.

    `state` is `incoming` only within the transaction that fills it. `brought_by` is None for what
    the command of the service brought in. `list_version`: the change that listed what it added.
    `kept_off`: entries of the file that a steward took off before, and that stay off.
    """

    __tablename__ = "list_import"
    __table_args__ = (
        CheckConstraint("(state = 'refused') = (code IS NOT NULL)", "refused_for_a_reason"),
        CheckConstraint("state = 'refused' OR key_id IS NOT NULL", "signed_with_a_key"),
        CheckConstraint(
            "(state = 'rolled_back') = (rolled_back_by IS NOT NULL)", "rolled_back_by_somebody"
        ),
        CheckConstraint(
            "(rolled_back_by IS NULL) = (rolled_back_at IS NULL)"
            " AND (rolled_back_by IS NULL) = (rollback_reason IS NULL)",
            "rolled_back_for_a_reason",
        ),
        UniqueConstraint("id", "list_id"),
        Index(
            "ix_list_import_version",
            "list_id",
            "version",
            unique=True,
            postgresql_where=text("state <> 'refused'"),
        ),
        Index("ix_list_import_list", "list_id", "imported_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    list_id: UUID = Field(foreign_key="hash_list.id")
    version: int | None = Field(default=None, sa_type=BigInteger)
    state: ImportState = Field(sa_type=code_of(ImportState, "state"))
    code: str | None = None
    line: int | None = Field(default=None, sa_type=BigInteger)
    key_id: UUID | None = Field(default=None, foreign_key="partner_key.id")
    brought_by: UUID | None = None
    imported_at: datetime = Field(sa_type=UTC_TIME)
    file_sha256: bytes = Field(sa_type=LargeBinary)
    list_version: int = Field(default=0, sa_type=BigInteger)
    entries: int = Field(default=0, sa_type=BigInteger)
    added: int = Field(default=0, sa_type=BigInteger)
    withdrawn: int = Field(default=0, sa_type=BigInteger)
    kept_off: int = Field(default=0, sa_type=BigInteger)
    rolled_back_by: UUID | None = None
    rolled_back_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    rollback_reason: RollbackReason | None = Field(
        default=None, sa_type=code_of(RollbackReason, "rollback_reason")
    )


class Incoming(Table, table=True):
    """An entry of the file that is being imported; empty whenever nothing is.

    `content` is the SHA-256 of its hashes, by which an entry is known again.
    """

    __tablename__ = "incoming"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012

    line: int = Field(
        sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False}
    )
    # Made by the database.
    entry_id: UUID = Field(
        default_factory=uuid4, sa_column_kwargs={"server_default": text("gen_random_uuid()")}
    )
    source_ref: str
    content: bytes = Field(sa_type=LargeBinary)
    md5: bytes | None = Field(default=None, sa_type=LargeBinary)
    sha1: bytes | None = Field(default=None, sa_type=LargeBinary)
    sha256: bytes | None = Field(default=None, sa_type=LargeBinary)
    pdq: bytes | None = Field(default=None, sa_type=LargeBinary)
    phash: bytes | None = Field(default=None, sa_type=LargeBinary)
