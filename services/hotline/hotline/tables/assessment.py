"""What was decided about an address, each time, with the labels and rules of that moment."""

from datetime import datetime
from uuid import UUID, uuid4

from shared.contracts.hashcheck import WithdrawnBecause
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.platform.tables import UTC_TIME
from sqlalchemy import CheckConstraint, SmallInteger
from sqlmodel import Field

from hotline.domain.assessment import DecidedBy, DifferenceReason, NotIllegalReason, Verdict
from hotline.domain.labels import Activity, Depiction, NationalVerdict, PersonShown, SexualFocus
from hotline.tables.parent import Table, code_of


class Assessment(Table, table=True):
    """Never changed. A verdict of `undecided` is a doubt; `entry_id` names a copied decision."""

    __tablename__ = "assessment"
    __table_args__ = (
        CheckConstraint("age_min <= age_max", "age_order"),
        CheckConstraint("(age_min IS NULL) = (age_max IS NULL)", "age_is_whole"),
        CheckConstraint("ai_confidence BETWEEN 1 AND 3", "ai_confidence_range"),
        CheckConstraint(
            "(decided_by IN ('human', 'human_two')) = (analyst_id IS NOT NULL)", "people_have_ids"
        ),
        CheckConstraint(
            "(decided_by = 'hash_exact') = (entry_id IS NOT NULL)", "copies_name_their_source"
        ),
    )

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    url_id: UUID = Field(foreign_key="url.id", index=True)
    picture_id: UUID | None = Field(default=None, foreign_key="picture.id", index=True)
    verdict: Verdict = Field(sa_type=code_of(Verdict, "verdict"))
    decided_by: DecidedBy = Field(sa_type=code_of(DecidedBy, "decided_by"))
    analyst_id: UUID | None = None
    entry_id: UUID | None = None
    decided_at: datetime = Field(sa_type=UTC_TIME, index=True)

    schema_version: str
    law_version: str
    national_verdict: NationalVerdict = Field(sa_type=code_of(NationalVerdict, "national_verdict"))
    not_illegal_reason: NotIllegalReason | None = Field(
        default=None, sa_type=code_of(NotIllegalReason, "not_illegal_reason")
    )
    difference_reason: DifferenceReason | None = Field(
        default=None, sa_type=code_of(DifferenceReason, "difference_reason")
    )

    person_shown: PersonShown = Field(sa_type=code_of(PersonShown, "person_shown"))
    depiction: Depiction = Field(sa_type=code_of(Depiction, "depiction"))
    sexual_focus: SexualFocus = Field(sa_type=code_of(SexualFocus, "sexual_focus"))
    activity: Activity = Field(sa_type=code_of(Activity, "activity"))
    age_min: int | None = Field(default=None, sa_type=SmallInteger)
    age_max: int | None = Field(default=None, sa_type=SmallInteger)
    gender: Gender = Field(sa_type=code_of(Gender, "gender"))
    self_generated: SelfGenerated = Field(sa_type=code_of(SelfGenerated, "self_generated"))
    ai_involvement: AiInvolvement = Field(sa_type=code_of(AiInvolvement, "ai_involvement"))
    ai_confidence: int = Field(sa_type=SmallInteger)


class EntryWithdrawal(Table, table=True):
    """The hash check service took off its list what this assessment had put there."""

    __tablename__ = "entry_withdrawal"

    assessment_id: UUID = Field(primary_key=True, foreign_key="assessment.id")
    entry_id: UUID
    reason: WithdrawnBecause = Field(sa_type=code_of(WithdrawnBecause, "reason"))
    withdrawn_at: datetime = Field(sa_type=UTC_TIME)
    told_at: datetime = Field(sa_type=UTC_TIME)
