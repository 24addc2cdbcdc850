"""Referring people to others, and what came of it."""

from uuid import UUID, uuid4

from shared.domain.errors import Invalid, NotFound
from shared.domain.referral import BEGINNINGS, ReferralOutcome, check_outcome
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.referral import ReferralDestination
from helpline.domain.role import Permission
from helpline.queries.contact import contact
from helpline.tables import Referral, ReferralStep


def refer(
    work: UnitOfWork,
    contact_id: UUID,
    destination: ReferralDestination,
    outcome: ReferralOutcome,
) -> Referral:
    """Write down to whom the person of a contact was referred, and how they answered.

    Raises NotFound, Invalid `outcome_too_early`.
    """
    work.require(Permission.ANSWER_CONTACTS)
    contact(work.session, contact_id)
    if outcome not in BEGINNINGS:
        raise Invalid("outcome_too_early", fields=("outcome",))
    referral = Referral(
        id=uuid4(),
        contact_id=contact_id,
        destination=destination,
        outcome=outcome,
        offered_at=work.now,
    )
    work.session.add(referral)
    work.session.flush()
    _step(work, referral, outcome)
    return referral


def note_referral(work: UnitOfWork, referral_id: UUID, outcome: ReferralOutcome) -> Referral:
    """What came of it; what was noted before stays. Raises NotFound, Conflict."""
    work.require(Permission.ANSWER_CONTACTS)
    referral = work.session.get(Referral, referral_id, with_for_update=True)
    if referral is None:
        raise NotFound
    check_outcome(referral.outcome, outcome)
    referral.outcome = outcome
    _step(work, referral, outcome)
    return referral


def _step(work: UnitOfWork, referral: Referral, outcome: ReferralOutcome) -> None:
    work.session.add(ReferralStep(referral_id=referral.id, outcome=outcome, at=work.now))
    work.record("referral.noted", referral.id, reason=outcome.value)
