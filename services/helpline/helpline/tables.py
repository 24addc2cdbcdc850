"""The tables of the helpline: what contacts were about, in codes, and what followed from them."""

from datetime import date, datetime
from uuid import UUID, uuid4

from shared.domain.conversation import Channel
from shared.domain.referral import ReferralOutcome
from shared.platform.contact.tables import code_of, contact_registry
from shared.platform.database import service_metadata
from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, LargeBinary, SmallInteger, UniqueConstraint
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from helpline.domain.contact import (
    Category,
    ContactRole,
    FurtherHelp,
    ManipulatedImage,
    MisuseKind,
    PersonGender,
    PoliceContact,
    RegistrationClass,
    SextortionForm,
)
from helpline.domain.provider import NoticeRoute, ProviderClass
from helpline.domain.referral import ReferralDestination
from helpline.domain.removal_notice import ItemOutcome, LegalGround, NoticeState


class Table(SQLModel, registry=registry(metadata=service_metadata())):
    """Parent of the helpline's own tables."""


class Contact(Table, table=True):
    """One contact that was answered, registered by who answered it. No word of it is in here."""

    __tablename__ = "contact"
    __table_args__ = (
        CheckConstraint(
            "registration_class <> 'insufficient_information' OR channel = 'chat'",
            "too_little_known_in_chat_only",
        ),
        CheckConstraint("age BETWEEN 0 AND 110", "age_range"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    # The conversation it was, for a chat; its text dies long before this row.
    conversation_id: UUID | None = Field(default=None, unique=True)
    channel: Channel = Field(sa_type=code_of(Channel, "channel"))
    at: datetime = Field(sa_type=UTC_TIME, index=True)
    worker_id: UUID
    form_version: int = Field(sa_type=SmallInteger)
    registration_class: RegistrationClass = Field(
        sa_type=code_of(RegistrationClass, "registration_class")
    )
    role: ContactRole = Field(sa_type=code_of(ContactRole, "role"))
    gender: PersonGender = Field(sa_type=code_of(PersonGender, "gender"))
    age: int | None = Field(default=None, sa_type=SmallInteger)
    manipulated_image: ManipulatedImage = Field(
        sa_type=code_of(ManipulatedImage, "manipulated_image")
    )
    police: PoliceContact = Field(sa_type=code_of(PoliceContact, "police"))
    further_help: FurtherHelp = Field(sa_type=code_of(FurtherHelp, "further_help"))


class ContactCategory(Table, table=True):
    """A contact has one or more categories, so their sum exceeds the total (H-07)."""

    __tablename__ = "contact_category"

    contact_id: UUID = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
    category: Category = Field(sa_type=code_of(Category, "category"), primary_key=True)


class ContactSextortion(Table, table=True):
    __tablename__ = "contact_sextortion"

    contact_id: UUID = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
    form: SextortionForm = Field(sa_type=code_of(SextortionForm, "form"), primary_key=True)


class ContactMisuse(Table, table=True):
    __tablename__ = "contact_misuse"

    contact_id: UUID = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
    kind: MisuseKind = Field(sa_type=code_of(MisuseKind, "kind"), primary_key=True)


class Platform(Table, table=True):
    """A place on the internet that contacts name; staff keep the list (H-10)."""

    __tablename__ = "platform"

    name: str = Field(primary_key=True)
    added_at: datetime = Field(sa_type=UTC_TIME)


class ContactPlatform(Table, table=True):
    __tablename__ = "contact_platform"

    contact_id: UUID = Field(foreign_key="contact.id", primary_key=True, ondelete="CASCADE")
    platform: str = Field(foreign_key="platform.name", primary_key=True)


class Provider(Table, table=True):
    """Whom notices go to. `is_usable` ends when mail to it comes back."""

    __tablename__ = "provider"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    email: str
    kind: ProviderClass = Field(sa_type=code_of(ProviderClass, "kind"))
    is_usable: bool = True
    added_at: datetime = Field(sa_type=UTC_TIME)


class RemovalNotice(Table, table=True):
    """A notice from a contact to a provider; what was typed is sealed under the notice.

    `repeat_count` counts sendings after an unknown end.
    """

    __tablename__ = "removal_notice"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('answered', 'unanswered', 'withdrawn')) = (ended_at IS NOT NULL)",
            "ended_has_time",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    reference: str = Field(unique=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    provider_id: UUID = Field(foreign_key="provider.id", index=True)
    route: NoticeRoute = Field(sa_type=code_of(NoticeRoute, "route"))
    state: NoticeState = Field(sa_type=code_of(NoticeState, "state"), index=True)
    sealed_reasons: bytes = Field(sa_type=LargeBinary)
    message_id: str | None = Field(default=None, unique=True)
    drafted_at: datetime = Field(sa_type=UTC_TIME)
    written_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    sent_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    answer_due_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    erased_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    send_count: int = Field(default=0, sa_type=SmallInteger)
    repeat_count: int = Field(default=0, sa_type=SmallInteger)


class NoticeGround(Table, table=True):
    __tablename__ = "notice_ground"

    notice_id: UUID = Field(foreign_key="removal_notice.id", primary_key=True)
    ground: LegalGround = Field(sa_type=code_of(LegalGround, "ground"), primary_key=True)


class NoticeItem(Table, table=True):
    """One exact address of a notice, and what was done about it last."""

    __tablename__ = "notice_item"
    __table_args__ = (UniqueConstraint("notice_id", "position"),)

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    notice_id: UUID = Field(foreign_key="removal_notice.id")
    position: int = Field(sa_type=SmallInteger)
    sealed_address: bytes = Field(sa_type=LargeBinary)
    outcome: ItemOutcome = Field(
        default=ItemOutcome.PENDING, sa_type=code_of(ItemOutcome, "outcome")
    )


class ItemAnswer(Table, table=True):
    """What a provider answered about one address, on which day; never changed, only followed."""

    __tablename__ = "item_answer"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    item_id: UUID = Field(foreign_key="notice_item.id", index=True)
    outcome: ItemOutcome = Field(sa_type=code_of(ItemOutcome, "outcome"))
    answered_on: date
    noted_at: datetime = Field(sa_type=UTC_TIME)
    noted_by: UUID


class Referral(Table, table=True):
    """To whom somebody was referred, and how that stands."""

    __tablename__ = "referral"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    destination: ReferralDestination = Field(sa_type=code_of(ReferralDestination, "destination"))
    outcome: ReferralOutcome = Field(sa_type=code_of(ReferralOutcome, "outcome"))
    offered_at: datetime = Field(sa_type=UTC_TIME)


class ReferralStep(Table, table=True):
    """Each step of a referral; the last one is its outcome."""

    __tablename__ = "referral_step"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    referral_id: UUID = Field(foreign_key="referral.id", index=True)
    outcome: ReferralOutcome = Field(sa_type=code_of(ReferralOutcome, "outcome"))
    at: datetime = Field(sa_type=UTC_TIME)


class HotlineReport(Table, table=True):
    """Addresses that were handed in to the hotline; sealed until it has them."""

    __tablename__ = "hotline_report"
    __table_args__ = (
        CheckConstraint("taken_at IS NULL OR refused_at IS NULL", "taken_or_refused"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    contact_id: UUID = Field(foreign_key="contact.id", index=True)
    sealed_addresses: bytes = Field(sa_type=LargeBinary)
    address_count: int = Field(sa_type=SmallInteger)
    handed_in_at: datetime = Field(sa_type=UTC_TIME)
    taken_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    refused_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    erased_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


# Everything in the database of this line besides the platform's tables.
METADATA = (Table.metadata, contact_registry.metadata)
