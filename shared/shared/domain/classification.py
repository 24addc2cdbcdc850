"""Labels of an assessment that more than one service has to understand.

Source: research row tables CL-5, HA-2, HA-6; ages and genders as in the annual report 2025.
The neutral terms of the standards are used; nothing here describes a picture.
"""

from enum import StrEnum


class AiInvolvement(StrEnum):
    """What an analyst saw of AI; the published AI figure counts AI_EDITED and AI_GENERATED."""

    NOT_SEEN = "not_seen"
    AI_EDITED = "ai_edited"
    AI_GENERATED = "ai_generated"
    AI_SUSPECTED = "ai_suspected"
    CANNOT_TELL = "cannot_tell"


class Gender(StrEnum):
    """Of the children shown; BOTH when both sets of characteristics are visible."""

    FEMALE = "female"
    MALE = "male"
    BOTH = "both"
    NOT_DETERMINED = "not_determined"


class SelfGenerated(StrEnum):
    """Whether the child made the picture; every YES_* counts in the published share."""

    NO = "no"
    YES_VOLUNTARY_LATER_SPREAD = "yes_voluntary_later_spread"
    YES_COERCED_OR_GROOMED = "yes_coerced_or_groomed"
    YES_COVERTLY_RECORDED = "yes_covertly_recorded"
    YES_CIRCUMSTANCES_UNKNOWN = "yes_circumstances_unknown"
    UNKNOWN = "unknown"


# The smallest common partition of the age bands of Offlimits, INHOPE and IWF, in whole years of
# the youngest child visible, both ends included.
AGE_STEPS: tuple[tuple[int, int], ...] = (
    (0, 2),
    (3, 3),
    (4, 6),
    (7, 10),
    (11, 11),
    (12, 13),
    (14, 15),
    (16, 17),
)
