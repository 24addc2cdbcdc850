"""The tables of the helpline: what contacts were about, in codes, and the platforms they name."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.domain.conversation import Channel
from shared.platform.contact.tables import code_of, contact_registry
from shared.platform.database import service_metadata
from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, SmallInteger
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


# Everything in the database of this line besides the platform's tables.
METADATA = (Table.metadata, contact_registry.metadata)
