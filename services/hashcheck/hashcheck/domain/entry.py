"""An entry of a list: proposed by one person, listed or refused by another, perhaps withdrawn.

PROPOSED ──another person──▶ LISTED ──▶ WITHDRAWN
    └──────another person──▶ REFUSED      LISTED ──▶ QUARANTINED ──▶ LISTED | WITHDRAWN

What a partner's signed import brings begins as LISTED; what such a list took off, or a rollback,
comes back with the list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from shared.domain.classification import AGE_STEPS, AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import Conflict, Invalid, NotPermitted

from hashcheck.domain.check import is_too_poor

# source: research row HA-1: two independent human decisions before anything is automatic.
DECISIONS_OF_A_LISTED_ENTRY = 2

YOUNGEST, OLDEST = AGE_STEPS[0][0], AGE_STEPS[-1][1]


class EntryState(StrEnum):
    PROPOSED = "proposed"
    LISTED = "listed"
    QUARANTINED = "quarantined"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class RefusalReason(StrEnum):
    """Why a second person did not agree with a proposal."""

    NOT_ILLEGAL = "not_illegal"
    WRONG_PICTURE = "wrong_picture"
    LOW_QUALITY = "low_quality"
    DUPLICATE = "duplicate"


class WithdrawalReason(StrEnum):
    """Why a listed entry is listed no longer."""

    FALSE_POSITIVE = "false_positive"
    DECISION_REVERSED = "decision_reversed"
    SOURCE_WITHDREW = "source_withdrew"
    IMPORT_ROLLED_BACK = "import_rolled_back"


# A person's reasons; a list that is rolled back takes its entries off by itself.
REASONS_TO_WITHDRAW = tuple(
    reason for reason in WithdrawalReason if reason is not WithdrawalReason.IMPORT_ROLLED_BACK
)


@dataclass(frozen=True, slots=True)
class Decision:
    """Who judged, by the id of their own service. `service` is where that person works."""

    person: UUID
    service: str


@dataclass(frozen=True, slots=True)
class Labels:
    """What was seen; ages in whole years of the youngest child, both ends included."""

    ai_involvement: AiInvolvement
    gender: Gender
    self_generated: SelfGenerated
    age_min: int | None = None
    age_max: int | None = None


def check_labels(labels: Labels) -> None:
    """Raises Invalid `age_invalid` unless both ages are unknown or make a range."""
    low, high = labels.age_min, labels.age_max
    if low is None and high is None:
        return
    if low is None or high is None or not YOUNGEST <= low <= high <= OLDEST:
        raise Invalid("age_invalid", fields=("age_min", "age_max"))


def listable_hashes(hashes: Iterable[tuple[ContentHash, int | None]]) -> list[ContentHash]:
    """The hashes of one picture, with the quality of its PDQ, that may be listed.

    A PDQ of low quality would match pictures that have nothing in common, so it is left out, and
    with it the pHash, which has no quality of its own. Raises Invalid `hashes_ambiguous` for two
    hashes of one type and `sha256_missing` without the one that says which file it is.
    """
    given = list(hashes)
    types = [value.type for value, _ in given]
    if len(set(types)) < len(types):
        raise Invalid("hashes_ambiguous", fields=("hashes",))
    if HashType.SHA256 not in types:
        raise Invalid("sha256_missing", fields=("hashes",))
    is_poor = any(is_too_poor(value.type, quality) for value, quality in given)
    unfit = {HashType.PDQ, HashType.PHASH} if is_poor else set()
    return [value for value, _ in given if value.type not in unfit]


def check_second_person(state: EntryState, first: Decision, second: Decision) -> None:
    """Raises Conflict `not_awaiting_decision` and NotPermitted `second_person_needed`."""
    if state is not EntryState.PROPOSED:
        raise Conflict("not_awaiting_decision")
    if first.person == second.person:
        raise NotPermitted("second_person_needed")


def check_withdrawal(state: EntryState) -> None:
    """Raises Conflict `not_listed`."""
    if state not in (EntryState.LISTED, EntryState.QUARANTINED):
        raise Conflict("not_listed")
