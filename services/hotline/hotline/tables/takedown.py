"""Notices to hosting providers, and the mails that carry them."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.platform.tables import UTC_TIME
from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlmodel import Field

from hotline.domain.takedown import MailState, NoticeKind, NoticeState
from hotline.tables.parent import Table, code_of


class NoticeMail(Table, table=True):
    """A batch of notices to one contact. `repeat_count` counts sendings after an unknown end."""

    __tablename__ = "notice_mail"
    __table_args__ = (
        Index(
            "uq_notice_mail_collecting",
            "contact_id",
            unique=True,
            postgresql_where=text("state = 'collecting'"),
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    contact_id: UUID = Field(foreign_key="abuse_contact.id", index=True)
    message_id: str = Field(unique=True)
    state: MailState = Field(sa_type=code_of(MailState, "state"), index=True)
    created_at: datetime = Field(sa_type=UTC_TIME)
    due_at: datetime = Field(sa_type=UTC_TIME)
    written_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    sent_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    send_count: int = Field(default=0, sa_type=SmallInteger)
    repeat_count: int = Field(default=0, sa_type=SmallInteger)


class TakedownNotice(Table, table=True):
    __tablename__ = "takedown_notice"
    __table_args__ = (UniqueConstraint("removal_case_id", "kind", "round", "contact_id"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    reference: str = Field(unique=True)
    removal_case_id: UUID = Field(foreign_key="removal_case.id")
    contact_id: UUID = Field(foreign_key="abuse_contact.id", index=True)
    mail_id: UUID = Field(foreign_key="notice_mail.id", index=True)
    kind: NoticeKind = Field(sa_type=code_of(NoticeKind, "kind"))
    round: int = Field(default=1, sa_type=SmallInteger)
    state: NoticeState = Field(sa_type=code_of(NoticeState, "state"))
    queued_at: datetime = Field(sa_type=UTC_TIME)
    delivered_at: datetime | None = Field(default=None, sa_type=UTC_TIME, index=True)
    deadline_at: datetime | None = Field(default=None, sa_type=UTC_TIME, index=True)
