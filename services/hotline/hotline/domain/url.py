"""An address on its way through the hotline: fetched, matched, shown to a person, decided."""

from datetime import timedelta
from enum import IntEnum, StrEnum

from hotline.domain.assessment import Verdict
from hotline.domain.fetch import FetchOutcome, FetchResult


class UrlState(StrEnum):
    """Where an address stands; being claimed is a lease on it, not a state.

    TO_FETCH and TO_MATCH wait for a machine, FOLLOWS_PICTURES for its own pictures,
    AWAITING_DECISION for any analyst, SECOND_OPINION for another one.
    """

    TO_FETCH = "to_fetch"
    TO_MATCH = "to_match"
    FOLLOWS_PICTURES = "follows_pictures"
    AWAITING_DECISION = "awaiting_decision"
    SECOND_OPINION = "second_opinion"
    DECIDED = "decided"


CLAIMABLE = (UrlState.AWAITING_DECISION, UrlState.SECOND_OPINION)


class ReopenReason(StrEnum):
    """Why a decided address goes to another person once more."""

    MISTAKE = "mistake"
    NEW_FACTS = "new_facts"
    OBJECTION = "objection"


class UrlRole(StrEnum):
    UNKNOWN = "unknown"
    PAGE = "page"
    PICTURE = "picture"


class Priority(IntEnum):
    """Lower comes first; first in, first out within one."""

    DANGER = 0
    POLICE = 1
    INHOPE = 2
    PUBLIC = 3
    BULK = 4


def is_looked_at_again(verdict: Verdict, role: UrlRole, *, has_open_case: bool) -> bool:
    """Whether a decided address that is reported again is judged by what stands there now (UR-4).

    What is being removed is watched already; what no machine could read would look the same to a
    person, who decided it.
    """
    if verdict is Verdict.ILLEGAL:
        return not has_open_case
    return verdict is Verdict.NOT_FOUND or role is not UrlRole.UNKNOWN


class FetchStep(StrEnum):
    """What follows from a fetch."""

    FOLLOW_PICTURES = "follow_pictures"
    MATCH = "match"
    RETRY = "retry"
    CLOSE_NOT_FOUND = "close_not_found"
    LOOK_BY_HAND = "look_by_hand"


# Other causes than the content itself pass; "gone" is believed the second time. UR research 2.2.
FETCH_RETRIES = (timedelta(minutes=5), timedelta(minutes=30))


def after_fetch(
    outcome: FetchOutcome, attempt: int, retries: tuple[timedelta, ...] = FETCH_RETRIES
) -> FetchStep:
    """What follows from the `attempt`-th fetch (from 1) of an address."""
    if outcome.result is FetchResult.PICTURE:
        return FetchStep.MATCH
    if outcome.result is FetchResult.PAGE:
        return FetchStep.FOLLOW_PICTURES if outcome.pictures else FetchStep.LOOK_BY_HAND
    if outcome.result is FetchResult.GONE:
        return FetchStep.CLOSE_NOT_FOUND if attempt > 1 else FetchStep.RETRY
    if outcome.result is FetchResult.UNREACHABLE and attempt <= len(retries):
        return FetchStep.RETRY
    return FetchStep.LOOK_BY_HAND


def retry_after(attempt: int, retries: tuple[timedelta, ...] = FETCH_RETRIES) -> timedelta:
    """How long to wait after the `attempt`-th fetch (from 1)."""
    return retries[min(attempt, len(retries)) - 1]
