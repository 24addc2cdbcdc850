"""Referring somebody to others: offered, then taken or not, and later what came of it.

source: research "referral_outcome"; rows H-13 and P-11.
"""

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.errors import Conflict


class ReferralOutcome(StrEnum):
    """How far a referral is. DETAILS_GIVEN: the person has what they need and goes themselves."""

    OFFERED = "offered"
    DECLINED = "declined"
    DETAILS_GIVEN = "details_given"
    WARM_TRANSFERRED = "warm_transferred"
    CONTACT_MADE = "contact_made"
    NO_CONTACT = "no_contact"
    NOT_KNOWN = "not_known"


_TAKEN = frozenset({ReferralOutcome.DETAILS_GIVEN, ReferralOutcome.WARM_TRANSFERRED})
_LATER = frozenset(
    {ReferralOutcome.CONTACT_MADE, ReferralOutcome.NO_CONTACT, ReferralOutcome.NOT_KNOWN}
)
# People change their mind, and what came of it may become known late.
NEXT: Mapping[ReferralOutcome, frozenset[ReferralOutcome]] = {
    ReferralOutcome.OFFERED: _TAKEN | {ReferralOutcome.DECLINED},
    ReferralOutcome.DECLINED: _TAKEN,
    ReferralOutcome.DETAILS_GIVEN: _LATER,
    ReferralOutcome.WARM_TRANSFERRED: _LATER,
    ReferralOutcome.CONTACT_MADE: frozenset(),
    ReferralOutcome.NO_CONTACT: frozenset({ReferralOutcome.CONTACT_MADE}),
    ReferralOutcome.NOT_KNOWN: _LATER - {ReferralOutcome.NOT_KNOWN},
}
BEGINNINGS = (
    ReferralOutcome.OFFERED,
    ReferralOutcome.DECLINED,
    ReferralOutcome.DETAILS_GIVEN,
    ReferralOutcome.WARM_TRANSFERRED,
)


def next_outcomes(outcome: ReferralOutcome) -> list[ReferralOutcome]:
    """What may be noted next, in the order in which it usually happens."""
    return [one for one in ReferralOutcome if one in NEXT[outcome]]


def check_outcome(outcome: ReferralOutcome, wanted: ReferralOutcome) -> None:
    """Raises Conflict `bad_transition` for a step that does not exist."""
    if wanted not in NEXT[outcome]:
        raise Conflict("bad_transition")
