"""Who looked at what, when and how covered; written before anything is shown."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from hotline.domain.exposure import Profile
from hotline.tables.parent import Table, code_of


class ViewEvent(Table, table=True):
    __tablename__ = "view_event"
    __table_args__ = (
        CheckConstraint("closed_at >= opened_at", "view_order"),
        Index("ix_view_event_analyst", "analyst_id", "opened_at"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    analyst_id: UUID
    url_id: UUID = Field(foreign_key="url.id", index=True)
    picture_id: UUID = Field(foreign_key="picture.id")
    profile: Profile = Field(sa_type=code_of(Profile, "profile"))
    opened_at: datetime = Field(sa_type=UTC_TIME)
    closed_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
