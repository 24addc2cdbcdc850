"""Questions about what was decided before."""

from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, select

from hotline.domain.assessment import DecidedBy, Verdict, is_reversal
from hotline.domain.labels import Labels
from hotline.tables import Assessment, EntryWithdrawal


def assessment(session: Session, assessment_id: UUID) -> Assessment:
    """Raises NotFound."""
    found = session.get(Assessment, assessment_id)
    if found is None:
        raise NotFound
    return found


def assessments_of(session: Session, url_id: UUID) -> list[Assessment]:
    """Everything decided about an address, first to last."""
    return list(
        session.exec(
            select(Assessment)
            .where(Assessment.url_id == url_id)
            .order_by(col(Assessment.decided_at), col(Assessment.id))
        )
    )


def labels_of(found: Assessment) -> Labels:
    """The labels of an assessment as one value."""
    is_aged = found.age_min is not None and found.age_max is not None
    return Labels(
        person_shown=found.person_shown,
        depiction=found.depiction,
        sexual_focus=found.sexual_focus,
        activity=found.activity,
        age=(found.age_min, found.age_max) if is_aged else None,  # type: ignore[arg-type]
        gender=found.gender,
        self_generated=found.self_generated,
        ai_involvement=found.ai_involvement,
        ai_confidence=found.ai_confidence,
    )


def last_assessment(
    session: Session, url_id: UUID, picture_id: UUID | None = None
) -> Assessment | None:
    """The latest verdict about an address, or about this picture at it; a doubt is none."""
    final = (
        select(Assessment)
        .where(Assessment.url_id == url_id, Assessment.verdict != Verdict.UNDECIDED)
        .order_by(col(Assessment.decided_at).desc(), col(Assessment.id))
        .limit(1)
    )
    if picture_id is not None:
        final = final.where(Assessment.picture_id == picture_id)
    return session.exec(final).one_or_none()


OF_PEOPLE = (DecidedBy.HUMAN, DecidedBy.HUMAN_TWO)


def handed_over(session: Session, picture_id: UUID) -> list[Assessment]:
    """The assessments of people by which a picture was handed over as illegal, oldest first."""
    return list(
        session.exec(
            select(Assessment)
            .where(
                Assessment.picture_id == picture_id,
                Assessment.verdict == Verdict.ILLEGAL,
                col(Assessment.decided_by).in_(OF_PEOPLE),
            )
            .order_by(col(Assessment.decided_at), col(Assessment.id))
        )
    )


def reversal_of(session: Session, made: Assessment) -> Assessment | None:
    """The last decision of people about the picture since, if it says that it is not illegal."""
    since = session.exec(
        select(Assessment)
        .where(
            Assessment.picture_id == made.picture_id,
            Assessment.decided_at >= made.decided_at,
            Assessment.id != made.id,
            col(Assessment.decided_by).in_(OF_PEOPLE),
        )
        .order_by(col(Assessment.decided_at).desc())
    )
    for later in since:
        if later.verdict is Verdict.ILLEGAL:
            return None
        if is_reversal(later.verdict, later.not_illegal_reason):
            return later
    return None


def withdrawals_of(session: Session, url_id: UUID) -> dict[UUID, EntryWithdrawal]:
    """By assessment of an address, what the hash check service took off its list since."""
    rows = session.exec(
        select(EntryWithdrawal)
        .join(Assessment, col(Assessment.id) == col(EntryWithdrawal.assessment_id))
        .where(Assessment.url_id == url_id)
    )
    return {row.assessment_id: row for row in rows}
