"""What an analyst says about a picture, and the classes that other systems derive from it.

Neutral terms of the standards; facts first, law after. A label set has a version, stored with
each decision, so that an old decision stays readable after the labels change.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.classification import AGE_STEPS, AiInvolvement, Gender, SelfGenerated
from shared.domain.errors import Invalid

SCHEMA_VERSION = "offlimits-1"


class PersonShown(StrEnum):
    CHILD = "child"
    APPEARS_CHILD = "appears_child"
    ADULT = "adult"
    NONE = "none"
    UNKNOWN = "unknown"


class Depiction(StrEnum):
    REAL = "real"
    REAL_EDITED = "real_edited"
    SYNTHETIC_PHOTOREALISTIC = "synthetic_photorealistic"
    SYNTHETIC_STYLISED = "synthetic_stylised"
    DRAWING_ANIMATION = "drawing_animation"
    TEXT = "text"
    UNKNOWN = "unknown"


class SexualFocus(StrEnum):
    NONE = "none"
    SUGGESTIVE_POSING = "suggestive_posing"
    FOCUS_ON_BODY_PARTS = "focus_on_body_parts"
    UNKNOWN = "unknown"


class Activity(StrEnum):
    NONE = "none"
    SOLO = "solo"
    BETWEEN_CHILDREN = "between_children"
    WITH_ADULT = "with_adult"
    UNKNOWN = "unknown"


class NationalVerdict(StrEnum):
    """What the labels mean in Dutch law; UNCLEAR when a label that decides is unknown."""

    ILLEGAL = "illegal"
    NOT_ILLEGAL = "not_illegal"
    UNCLEAR = "unclear"


# source: article 252 of the Dutch Criminal Code (since 1 July 2024): a visual depiction of sexual
# nature of somebody apparently under 18, really or seemingly involved; a realistic synthetic
# picture counts, a drawing that is not realistic does not.
LAW_VERSION = "nl-252sr-2024-07"
REALISTIC = frozenset({Depiction.REAL, Depiction.REAL_EDITED, Depiction.SYNTHETIC_PHOTOREALISTIC})
CHILDREN = frozenset({PersonShown.CHILD, PersonShown.APPEARS_CHILD})
ACTS = frozenset({Activity.SOLO, Activity.BETWEEN_CHILDREN, Activity.WITH_ADULT})

# source: INTERPOL baseline: a real child who appears younger than 13.
BASELINE_AGE_BELOW = 13
# source: annual report 2025: pre-pubescent is an estimated age under 12.
PUBESCENT_FROM = 12
ADULT_AGE = 18
MOST_CONFIDENT = 3

# Counted in the published figure of pictures made or edited with AI.
COUNTED_AS_AI = frozenset({AiInvolvement.AI_EDITED, AiInvolvement.AI_GENERATED})


@dataclass(frozen=True, slots=True)
class Labels:
    """The facts of one picture; `age` is a step of AGE_STEPS (youngest child) or None: unknown."""

    person_shown: PersonShown = PersonShown.UNKNOWN
    depiction: Depiction = Depiction.UNKNOWN
    sexual_focus: SexualFocus = SexualFocus.UNKNOWN
    activity: Activity = Activity.UNKNOWN
    age: tuple[int, int] | None = None
    gender: Gender = Gender.NOT_DETERMINED
    self_generated: SelfGenerated = SelfGenerated.UNKNOWN
    ai_involvement: AiInvolvement = AiInvolvement.CANNOT_TELL
    ai_confidence: int = 1


def check_labels(labels: Labels, schema_version: str) -> None:
    """Raises Invalid for labels outside the schema or that contradict each other."""
    if schema_version != SCHEMA_VERSION:
        raise Invalid("unknown_schema_version", fields=("schema_version",))
    if labels.age is not None and labels.age not in AGE_STEPS:
        raise Invalid("unknown_age_step", fields=("age",))
    if not 1 <= labels.ai_confidence <= MOST_CONFIDENT:
        raise Invalid("unknown_confidence", fields=("ai_confidence",))
    if labels.depiction is Depiction.REAL and labels.ai_involvement in COUNTED_AS_AI:
        raise Invalid("contradiction", fields=("depiction", "ai_involvement"))


def national_verdict(labels: Labels) -> NationalVerdict:
    """What the labels mean under the law version LAW_VERSION."""
    facts = (_shows_child(labels), _is_realistic(labels), _is_sexual(labels))
    if False in facts:
        return NationalVerdict.NOT_ILLEGAL
    return NationalVerdict.UNCLEAR if None in facts else NationalVerdict.ILLEGAL


def xarf_classification(labels: Labels) -> str:
    """`baseline`, or the industry class A1, A2, B1 or B2. source: XARF v4.2, type csam.

    A is pre-pubescent and B pubescent; 1 shows an act and 2 does not.
    """
    years = None if labels.age is None else sum(labels.age) / 2
    explicit = labels.activity in ACTS or labels.sexual_focus is SexualFocus.FOCUS_ON_BODY_PARTS
    real = labels.depiction is Depiction.REAL and labels.person_shown is PersonShown.CHILD
    if real and explicit and years is not None and years < BASELINE_AGE_BELOW:
        return "baseline"
    group = "A" if years is not None and years < PUBESCENT_FROM else "B"
    return f"{group}{1 if labels.activity in ACTS else 2}"


def _shows_child(labels: Labels) -> bool | None:
    if labels.person_shown is PersonShown.UNKNOWN:
        return None
    return labels.person_shown in CHILDREN


def _is_realistic(labels: Labels) -> bool | None:
    if labels.depiction is Depiction.UNKNOWN:
        return None
    return labels.depiction in REALISTIC


def _is_sexual(labels: Labels) -> bool | None:
    if labels.activity in ACTS:
        return True
    if labels.sexual_focus in {SexualFocus.SUGGESTIVE_POSING, SexualFocus.FOCUS_ON_BODY_PARTS}:
        return True
    if SexualFocus.UNKNOWN is labels.sexual_focus or Activity.UNKNOWN is labels.activity:
        return None
    return False
