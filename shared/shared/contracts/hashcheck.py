"""What the Hash Check Service takes and answers."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, Strict, model_validator

from shared.contracts.contract import Contract, Identifier, Instant
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import HashType

MOST_ITEMS = 1024
# Longer than any hash; a wrong length within it is an answer (`invalid`), not an error.
LONGEST_VALUE = 256
# The class of a list whose entries were judged illegal; a match of any other class is no verdict.
LISTED_AS_ILLEGAL = "illegal"


class CheckItem(Contract):
    """One hash to check, in hexadecimal, most significant byte first.

    `quality` (0-100) belongs to PDQ; below 50 it cannot be matched.
    """

    type: Annotated[HashType, Strict(strict=False)]
    value: Annotated[str, Field(max_length=LONGEST_VALUE)]
    quality: Annotated[int, Field(ge=0, le=100)] | None = None


class CheckRequest(Contract):
    """`since_list_version`: only what was listed after this version is looked for."""

    items: list[CheckItem] = Field(min_length=1, max_length=MOST_ITEMS)
    since_list_version: Annotated[int, Field(ge=0)] = 0


class Outcome(StrEnum):
    MATCH = "match"
    NO_MATCH = "no_match"
    LOW_QUALITY = "low_quality"
    INVALID = "invalid"


class DistanceBand(StrEnum):
    """How near a match is; only EXACT is the same file."""

    EXACT = "exact"
    IDENTICAL = "identical"
    NEAR_IDENTICAL = "near_identical"
    STRONG = "strong"
    NEAR = "near"


MEANINGS: Mapping[DistanceBand, str] = MappingProxyType(
    {
        DistanceBand.EXACT: "the very same file",
        DistanceBand.IDENTICAL: "looks the same: no bit of the perceptual hash differs",
        DistanceBand.NEAR_IDENTICAL: "looks the same but for compression or a small change",
        DistanceBand.STRONG: "very probably the same picture, changed; a person should compare",
        DistanceBand.NEAR: "perhaps the same picture, changed; a person has to compare",
    }
)


class Match(Contract):
    """A listed entry that matches; never the listed hash and never the distance itself.

    `meaning` says in a few words what the band tells (`MEANINGS`).
    """

    entry_id: Identifier
    list_name: str
    classification: str
    hash_type: Annotated[HashType, Strict(strict=False)]
    band: Annotated[DistanceBand, Strict(strict=False)]
    meaning: str = ""


class CheckResult(Contract):
    outcome: Annotated[Outcome, Strict(strict=False)]
    code: str | None = None
    matches: list[Match] = Field(default_factory=list)


class CheckAnswer(Contract):
    """Results in the order of the items; `list_version` is what was fully applied."""

    list_version: int
    results: list[CheckResult]


class HitOutcome(StrEnum):
    """What a client did with a hit; FALSE: what it found there is not what was listed."""

    REMOVED = "removed"
    BLOCKED = "blocked"
    ALREADY_GONE = "already_gone"
    FALSE = "false"


class FalseBecause(StrEnum):
    """Why a client calls a match false."""

    OTHER_PICTURE = "other_picture"
    NOT_ILLEGAL = "not_illegal"
    OTHER = "other"


MOST_REPORTS = 200


class HitReport(Contract):
    """`id` is made by the client, so that a report that is sent again counts once."""

    id: Identifier
    entry_id: Identifier
    outcome: Annotated[HitOutcome, Strict(strict=False)]
    because: Annotated[FalseBecause, Strict(strict=False)] | None = None

    @model_validator(mode="after")
    def _only_what_is_false_is_so_because_of_something(self) -> Self:
        if (self.outcome is HitOutcome.FALSE) != (self.because is not None):
            raise ValueError("because belongs to false")
        return self


class HitReports(Contract):
    reports: list[HitReport] = Field(min_length=1, max_length=MOST_REPORTS)


class HitReportsTaken(Contract):
    """`unknown`: reports of entries that this client had no hit of (yet); they are not counted."""

    taken: int
    unknown: list[Identifier]


class EntryClassification(Contract):
    """What two people decided about a listed entry; told to the hotline only."""

    entry_id: Identifier
    list_name: str
    decision_count: int
    decided_at: Instant
    ai_involvement: Annotated[AiInvolvement, Strict(strict=False)]
    age_min: int | None
    age_max: int | None
    gender: Annotated[Gender, Strict(strict=False)]
    self_generated: Annotated[SelfGenerated, Strict(strict=False)]


class HashCandidate(Contract):
    """Event `hash.candidate`: the hotline judged a picture illegal; one decision of two.

    `decided_by` is the opaque id of the analyst, so that the second person is another one.
    """

    assessment_id: Identifier
    decided_by: Identifier
    decided_at: Instant
    hashes: list[CheckItem]
    ai_involvement: Annotated[AiInvolvement, Strict(strict=False)]
    age_min: int | None
    age_max: int | None
    gender: Annotated[Gender, Strict(strict=False)]
    self_generated: Annotated[SelfGenerated, Strict(strict=False)]


ENTRY_WITHDRAWN = "entry.withdrawn"
DECISION_REVERSED = "decision.reversed"


class WithdrawnBecause(StrEnum):
    """Why what was listed is listed no longer."""

    FALSE_POSITIVE = "false_positive"
    DECISION_REVERSED = "decision_reversed"
    SOURCE_WITHDREW = "source_withdrew"


class EntryWithdrawn(Contract):
    """Event `entry.withdrawn`: told to the hotline about a picture that it had handed over."""

    assessment_id: Identifier
    entry_id: Identifier
    reason: Annotated[WithdrawnBecause, Strict(strict=False)]
    withdrawn_at: Instant


class DecisionReversed(Contract):
    """Event `decision.reversed`: a person judged otherwise than the assessment handed over.

    `reversed_by` is the later assessment.
    """

    assessment_id: Identifier
    reversed_by: Identifier
    reversed_at: Instant


class HashcheckFigures(Contract):
    """Counts over [`since`, `until`); 64-bit."""

    since: Instant
    until: Instant
    checked: int
    hits: int
