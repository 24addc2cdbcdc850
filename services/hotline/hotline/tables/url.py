"""Addresses in their canonical form, each once, and which pictures stand on which page."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, Index, LargeBinary, SmallInteger, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlmodel import Field

from hotline.domain.assessment import DecidedBy, Verdict
from hotline.domain.url import UrlRole, UrlState
from hotline.domain.web_address import Obstacle
from hotline.tables.parent import Table, code_of

IS_CLAIMABLE = "state IN ('awaiting_decision', 'second_opinion')"


class Url(Table, table=True):
    """`key` is the SHA-256 of `address`; `version` counts changes and guards forms."""

    __tablename__ = "url"
    __table_args__ = (
        CheckConstraint("octet_length(key) = 32", "key_is_sha256"),
        CheckConstraint("length(address) <= 8192", "address_length"),
        CheckConstraint("(verdict = 'undecided') = (decided_at IS NULL)", "decided_has_time"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", "claim_is_whole"),
        Index("ix_url_work", "priority", "queued_at", postgresql_where=text(IS_CLAIMABLE)),
        Index("ix_url_claimed_by", "claimed_by", postgresql_where=text("claimed_by IS NOT NULL")),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    address: str
    key: bytes = Field(sa_type=LargeBinary, unique=True)
    host: str = Field(index=True)
    obstacle: Obstacle = Field(sa_type=code_of(Obstacle, "obstacle"))
    has_mixed_scripts: bool = False
    role: UrlRole = Field(default=UrlRole.UNKNOWN, sa_type=code_of(UrlRole, "role"))
    state: UrlState = Field(sa_type=code_of(UrlState, "state"))
    priority: int = Field(sa_type=SmallInteger)
    first_seen_at: datetime = Field(sa_type=UTC_TIME, index=True)
    queued_at: datetime = Field(sa_type=UTC_TIME)

    fetch_count: int = Field(default=0, sa_type=SmallInteger)
    fetch_code: str = ""
    fetched_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    ips: list[str] = Field(default_factory=list, sa_type=ARRAY(TEXT))
    page_fingerprint: str = ""
    picture_id: UUID | None = Field(default=None, foreign_key="picture.id", index=True)
    imagery_id: UUID | None = None

    verdict: Verdict = Field(default=Verdict.UNDECIDED, sa_type=code_of(Verdict, "verdict"))
    decided_by: DecidedBy | None = Field(default=None, sa_type=code_of(DecidedBy, "decided_by"))
    decided_at: datetime | None = Field(default=None, sa_type=UTC_TIME, index=True)
    doubted_by: UUID | None = None

    claimed_by: UUID | None = None
    claimed_until: datetime | None = Field(default=None, sa_type=UTC_TIME)
    version: int = 1


class PageLink(Table, table=True):
    __tablename__ = "page_link"
    __table_args__ = (CheckConstraint("page_id <> media_id", "no_link_to_itself"),)

    page_id: UUID = Field(foreign_key="url.id", primary_key=True)
    media_id: UUID = Field(foreign_key="url.id", primary_key=True, index=True)
    seen_at: datetime = Field(sa_type=UTC_TIME)
