"""The tables of the prevention line: persons by pseudonym, moments, risk, appointments."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.domain.conversation import Channel
from shared.domain.referral import ReferralOutcome
from shared.platform.contact.tables import code_of, contact_registry
from shared.platform.database import service_metadata
from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, SmallInteger
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from prevention.domain.contact_moment import (
    AppointmentState,
    RegistrationClass,
    RiskAction,
    RiskLevel,
    Subgroup,
    TargetGroup,
    TreatmentIntent,
)
from prevention.domain.referral import ReferralDestination


class Table(SQLModel, registry=registry(metadata=service_metadata())):
    """Parent of the prevention line's own tables."""


class PersonRef(Table, table=True):
    """Somebody by a pseudonym that is drawn by chance, never made of a number or address (P-01)."""

    __tablename__ = "person_ref"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    pseudonym: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UTC_TIME)


class ContactMoment(Table, table=True):
    """One contact that was answered. No word of it is in here."""

    __tablename__ = "contact_moment"
    __table_args__ = (
        CheckConstraint(
            "registration_class <> 'insufficient_information' OR channel = 'chat'",
            "too_little_known_in_chat_only",
        ),
        CheckConstraint(
            "(risk_level IN ('not_discussed', 'none')) = (risk_action = 'none')",
            "risk_has_an_action",
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person_ref.id", index=True)
    conversation_id: UUID | None = Field(default=None, unique=True)
    channel: Channel = Field(sa_type=code_of(Channel, "channel"))
    at: datetime = Field(sa_type=UTC_TIME, index=True)
    worker_id: UUID
    form_version: int = Field(sa_type=SmallInteger)
    registration_class: RegistrationClass = Field(
        sa_type=code_of(RegistrationClass, "registration_class")
    )
    target_group: TargetGroup = Field(sa_type=code_of(TargetGroup, "target_group"))
    risk_level: RiskLevel = Field(sa_type=code_of(RiskLevel, "risk_level"))
    risk_action: RiskAction = Field(sa_type=code_of(RiskAction, "risk_action"))


class MomentSubgroup(Table, table=True):
    __tablename__ = "moment_subgroup"

    moment_id: UUID = Field(foreign_key="contact_moment.id", primary_key=True, ondelete="CASCADE")
    subgroup: Subgroup = Field(sa_type=code_of(Subgroup, "subgroup"), primary_key=True)


class Appointment(Table, table=True):
    """A call with the clinic that the person makes themselves; no number is kept (P-10)."""

    __tablename__ = "appointment"
    __table_args__ = (
        CheckConstraint("state = 'called' OR intent = 'not_known'", "intent_after_the_call"),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    person_id: UUID = Field(foreign_key="person_ref.id", index=True)
    planned_at: datetime = Field(sa_type=UTC_TIME)
    state: AppointmentState = Field(
        default=AppointmentState.PLANNED, sa_type=code_of(AppointmentState, "state")
    )
    intent: TreatmentIntent = Field(
        default=TreatmentIntent.NOT_KNOWN, sa_type=code_of(TreatmentIntent, "intent")
    )


class Referral(Table, table=True):
    """To whom somebody was referred, and how that stands; counted by destination (P-11)."""

    __tablename__ = "referral"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    moment_id: UUID = Field(foreign_key="contact_moment.id", index=True)
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


# Everything in the database of this line besides the platform's tables.
METADATA = (Table.metadata, contact_registry.metadata)
