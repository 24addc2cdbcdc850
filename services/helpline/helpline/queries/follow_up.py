"""SELECTs about referrals and what was handed in to the hotline."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from helpline.tables import (
    HotlineReport,
    Referral,
    ReferralStep,
)


def referrals_of(session: Session, contact_id: UUID) -> list[Referral]:
    question = select(Referral).where(Referral.contact_id == contact_id)
    return list(session.exec(question.order_by(col(Referral.offered_at))).all())


def referral_steps(session: Session, contact_id: UUID) -> Mapping[UUID, list[ReferralStep]]:
    """By referral of a contact, each step of it, first to last."""
    question = (
        select(ReferralStep)
        .join(Referral, col(Referral.id) == col(ReferralStep.referral_id))
        .where(Referral.contact_id == contact_id)
        .order_by(col(ReferralStep.at))
    )
    found: dict[UUID, list[ReferralStep]] = {}
    for step in session.exec(question).all():
        found.setdefault(step.referral_id, []).append(step)
    return found


def hotline_reports_of(session: Session, contact_id: UUID) -> list[HotlineReport]:
    question = select(HotlineReport).where(HotlineReport.contact_id == contact_id)
    return list(session.exec(question.order_by(col(HotlineReport.handed_in_at))).all())


def hotline_reports_to_erase(session: Session, before: datetime, most: int) -> list[HotlineReport]:
    """Those that the hotline took or refused before a moment, not erased yet, held."""
    question = select(HotlineReport).where(
        (col(HotlineReport.taken_at) < before) | (col(HotlineReport.refused_at) < before),
        col(HotlineReport.erased_at).is_(None),
    )
    return list(session.exec(question.limit(most).with_for_update(skip_locked=True)).all())
