"""Questions about what was decided before."""

from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, select

from hotline.domain.assessment import Verdict
from hotline.domain.labels import Labels
from hotline.tables import Assessment


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
