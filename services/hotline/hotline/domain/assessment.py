"""What was decided about an address, by whom, and what may be decided without anyone looking."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from shared.domain.errors import Conflict, Invalid, NotPermitted

from hotline.domain.labels import (
    SCHEMA_VERSION,
    Labels,
    NationalVerdict,
    check_labels,
    national_verdict,
)


class Verdict(StrEnum):
    """The final word on an address; DOUBT is none: it asks a second person."""

    UNDECIDED = "undecided"
    ILLEGAL = "illegal"
    NOT_ILLEGAL = "not_illegal"
    IGNORED = "ignored"
    NOT_FOUND = "not_found"


class Choice(StrEnum):
    """What an analyst can answer at the desk."""

    ILLEGAL = "illegal"
    NOT_ILLEGAL = "not_illegal"
    IGNORE = "ignore"
    DOUBT = "doubt"


class DecidedBy(StrEnum):
    """HUMAN_TWO: after a doubt, by a second person. SYSTEM_RULE: follows from other facts."""

    HUMAN = "human"
    HUMAN_TWO = "human_two"
    HASH_EXACT = "hash_exact"
    SYSTEM_RULE = "system_rule"


class NotIllegalReason(StrEnum):
    """Why not. source: research table 3.2 (reasons of the field and of ICCAM v3)."""

    ADULT = "adult"
    NUDISM_NOT_SEXUALISED = "nudism_not_sexualised"
    MINOR_NON_SEXUAL = "minor_non_sexual"
    VIRTUAL_ANIMATION = "virtual_animation"
    TEXT_ONLY = "text_only"
    LINK_LIST_ONLY = "link_list_only"
    AGE_UNCLEAR = "age_unclear"
    BELOW_THRESHOLD = "below_threshold"
    IMAGE_TOO_SMALL = "image_too_small"
    ALREADY_GONE = "already_gone"
    TEMPORARILY_UNAVAILABLE = "temporarily_unavailable"
    PASSWORD_PROTECTED = "password_protected"  # noqa: S105  not a password
    NOT_ACCESSIBLE = "not_accessible"
    OTHER = "other"


class DifferenceReason(StrEnum):
    """Why an analyst decides otherwise than the labels mean in law."""

    CONTEXT_OF_PAGE = "context_of_page"
    SERIES_KNOWN = "series_known"
    LABELS_TOO_COARSE = "labels_too_coarse"
    CONSULTED = "consulted"


class SameAssessor(NotPermitted):
    code = "same_assessor"


class BadTransition(Conflict):
    code = "bad_transition"


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of one person. Labels matter when ILLEGAL, a reason when NOT_ILLEGAL."""

    choice: Choice
    labels: Labels = field(default_factory=Labels)
    not_illegal_reason: NotIllegalReason | None = None
    difference_reason: DifferenceReason | None = None
    schema_version: str = SCHEMA_VERSION


# Two independent people looked before; nobody needs to see it again (HA-1).
ENOUGH_HUMAN_DECISIONS = 2


@dataclass(frozen=True, slots=True)
class KnownPicture:
    """A match of the hash check service: the same file, or one that looks like a listed one.

    Lists of other things, such as harmless test pictures, match too: `is_listed_as_illegal`.
    """

    entry_id: UUID
    is_same_file: bool
    decision_count: int
    is_listed_as_illegal: bool


VERDICT_OF = {
    Choice.ILLEGAL: Verdict.ILLEGAL,
    Choice.NOT_ILLEGAL: Verdict.NOT_ILLEGAL,
    Choice.IGNORE: Verdict.IGNORED,
    Choice.DOUBT: Verdict.UNDECIDED,
}


def check_decision(decision: Decision) -> None:
    """Raises Invalid when labels, reasons and choice do not belong together."""
    check_labels(decision.labels, decision.schema_version)
    has_reason = decision.not_illegal_reason is not None
    if decision.choice is Choice.NOT_ILLEGAL and not has_reason:
        raise Invalid("reason_missing", fields=("not_illegal_reason",))
    if decision.choice is not Choice.NOT_ILLEGAL and has_reason:
        raise Invalid("contradiction", fields=("not_illegal_reason",))
    if _differs_from_law(decision) and decision.difference_reason is None:
        raise Invalid("difference_reason_missing", fields=("difference_reason",))


def _differs_from_law(decision: Decision) -> bool:
    is_illegal = national_verdict(decision.labels) is NationalVerdict.ILLEGAL
    return decision.choice is (Choice.NOT_ILLEGAL if is_illegal else Choice.ILLEGAL)


def may_decide_unseen(known: KnownPicture) -> bool:
    """Whether a picture is decided without anyone viewing it.

    Only the same file (SHA-256) that at least two people judged illegal before; what merely looks
    alike goes to a person, blurred and with the earlier labels filled in.
    """
    is_judged = known.is_listed_as_illegal and known.decision_count >= ENOUGH_HUMAN_DECISIONS
    return known.is_same_file and is_judged


def check_second_assessor(first: UUID | None, second: UUID | None) -> None:
    """Raises SameAssessor: who doubted cannot give the second opinion."""
    if first is not None and first == second:
        raise SameAssessor


def verdict_of_page(verdicts: list[Verdict]) -> Verdict:
    """The verdict of a page from those of all its pictures: one illegal picture is enough."""
    if Verdict.UNDECIDED in verdicts:
        return Verdict.UNDECIDED
    return Verdict.ILLEGAL if Verdict.ILLEGAL in verdicts else Verdict.NOT_ILLEGAL


# What a person says about a picture itself; the other reasons are about reaching it.
REVERSES = frozenset(
    {
        NotIllegalReason.ADULT,
        NotIllegalReason.NUDISM_NOT_SEXUALISED,
        NotIllegalReason.MINOR_NON_SEXUAL,
        NotIllegalReason.VIRTUAL_ANIMATION,
        NotIllegalReason.AGE_UNCLEAR,
        NotIllegalReason.BELOW_THRESHOLD,
    }
)


def is_reversal(verdict: Verdict, reason: NotIllegalReason | None) -> bool:
    """Whether a decision about a picture that was judged illegal says that it is not."""
    return verdict is Verdict.NOT_ILLEGAL and reason in REVERSES
