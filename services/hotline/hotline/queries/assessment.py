"""Questions about what was decided before."""

from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, select

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


def last_assessment(session: Session, url_id: UUID) -> Assessment:
    """The latest decision about an address. Raises NotFound when there is none."""
    decided = assessments_of(session, url_id)
    if not decided:
        raise NotFound
    return decided[-1]
