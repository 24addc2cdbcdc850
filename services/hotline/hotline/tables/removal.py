"""Removal cases and every look at whether something is still online."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field

from hotline.domain.fetch import OfflineCause, ProbeState
from hotline.domain.removal import RemovalState
from hotline.tables.parent import Table, code_of

IS_OPEN = text("closed_at IS NULL")


class RemovalCase(Table, table=True):
    """`round` counts how often the address came (back); one case of an address is open."""

    __tablename__ = "removal_case"
    __table_args__ = (
        UniqueConstraint("url_id", "round"),
        CheckConstraint(
            "(state IN ('closed_removed', 'closed_before_notice')) = (closed_at IS NOT NULL)",
            "closed_has_time",
        ),
        CheckConstraint("(closed_at IS NULL) = (cause IS NULL)", "closed_has_cause"),
        CheckConstraint("(closed_at IS NULL) = (offline_at IS NULL)", "closed_has_offline_time"),
        Index("uq_removal_case_open", "url_id", unique=True, postgresql_where=IS_OPEN),
        Index("ix_removal_case_due", "next_check_at", postgresql_where=IS_OPEN),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    url_id: UUID = Field(foreign_key="url.id", index=True)
    round: int = Field(default=1, sa_type=SmallInteger)
    assessment_id: UUID = Field(foreign_key="assessment.id", index=True)
    state: RemovalState = Field(sa_type=code_of(RemovalState, "state"))
    first_reported_at: datetime = Field(sa_type=UTC_TIME)
    opened_at: datetime = Field(sa_type=UTC_TIME, index=True)
    next_check_at: datetime = Field(sa_type=UTC_TIME)
    missed_since: datetime | None = Field(default=None, sa_type=UTC_TIME)
    offline_at: datetime | None = Field(default=None, sa_type=UTC_TIME, index=True)
    closed_at: datetime | None = Field(default=None, sa_type=UTC_TIME, index=True)
    cause: OfflineCause | None = Field(default=None, sa_type=code_of(OfflineCause, "cause"))
    version: int = 1


class OnlineCheck(Table, table=True):
    """One look, with its evidence: `ips` the address led to then, and what the site answered."""

    __tablename__ = "online_check"
    __table_args__ = (Index("ix_online_check_case", "removal_case_id", "at"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    removal_case_id: UUID = Field(foreign_key="removal_case.id")
    at: datetime = Field(sa_type=UTC_TIME)
    egress: str
    state: ProbeState = Field(sa_type=code_of(ProbeState, "state"))
    cause: OfflineCause | None = Field(default=None, sa_type=code_of(OfflineCause, "cause"))
    ips: list[str] = Field(default_factory=list, sa_type=ARRAY(TEXT))
    http_status: int | None = Field(default=None, sa_type=SmallInteger)
