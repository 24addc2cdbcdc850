"""Reports as they came in, and each mention of an address in them."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlmodel import Field

from hotline.domain.report import Origin, ReportState
from hotline.tables.parent import Table, code_of


class Report(Table, table=True):
    """No address, device or name of who reported. What was typed is sealed under the report."""

    __tablename__ = "report"
    __table_args__ = (
        CheckConstraint("octet_length(receipt_hash) = 32", "receipt_hash_is_sha256"),
        CheckConstraint("occurrence_count > 0", "has_occurrences"),
        CheckConstraint("(state = 'processed') = (processed_at IS NOT NULL)", "processed_has_time"),
        Index("ix_report_open", "received_at", postgresql_where=text("processed_at IS NULL")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    reference: str = Field(unique=True)
    receipt_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    origin: Origin = Field(sa_type=code_of(Origin, "origin"))
    state: ReportState = Field(sa_type=code_of(ReportState, "state"))
    child_in_danger: bool = False
    occurrence_count: int
    refused_count: int = 0
    sealed_addresses: bytes = Field(default=b"", sa_type=LargeBinary)
    sealed_note: bytes = Field(default=b"", sa_type=LargeBinary)
    sealed_contact: bytes = Field(default=b"", sa_type=LargeBinary)
    received_at: datetime = Field(sa_type=UTC_TIME, index=True)
    processed_at: datetime | None = Field(default=None, sa_type=UTC_TIME, index=True)


class ReportUrl(Table, table=True):
    """One mention of an address; an address that is mentioned twice has two."""

    __tablename__ = "report_url"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    report_id: UUID = Field(foreign_key="report.id", index=True)
    url_id: UUID = Field(foreign_key="url.id", index=True)
    position: int = Field(sa_type=SmallInteger)
    received_at: datetime = Field(sa_type=UTC_TIME)
