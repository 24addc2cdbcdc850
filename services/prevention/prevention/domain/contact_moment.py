"""What a contact moment of the prevention line was about, in codes.

source: research "Enumerations: shared", "Enumerations: prevention line", rows P-01 to P-12.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.conversation import Channel
from shared.domain.errors import Conflict, Invalid

FORM_VERSION = 1


class RegistrationClass(StrEnum):
    """A moment of the class “other” is left out of the figures and counted apart (P-04)."""

    HELP_REQUEST = "help_request"
    INSUFFICIENT_INFORMATION = "insufficient_information"
    OTHER_EXCLUDED = "other_excluded"


class TargetGroup(StrEnum):
    SELF = "self"
    OTHER = "other"
    PROFESSIONAL = "professional"


class Subgroup(StrEnum):
    """What somebody worries about themselves, or about another; several are possible (P-06)."""

    VIEWER = "viewer"
    POTENTIAL_VIEWER = "potential_viewer"
    OFFENDER = "offender"
    POTENTIAL_OFFENDER = "potential_offender"
    SEXUAL_FEELINGS = "sexual_feelings"
    AI_CSAM_QUESTION = "ai_csam_question"
    OTHER = "other"
    NOT_KNOWN = "not_known"


class RiskLevel(StrEnum):
    """Of ending one's life, from the lowest to the highest (P-09)."""

    NOT_DISCUSSED = "not_discussed"
    NONE = "none"
    THOUGHTS = "thoughts"
    PLAN_OR_INTENT = "plan_or_intent"
    ACUTE_THREAT = "acute_threat"


class RiskAction(StrEnum):
    NONE = "none"
    SAFETY_TALK = "safety_talk"
    REFERRED_113 = "referred_113"
    GP_ADVISED = "gp_advised"
    TRUSTED_PERSON = "trusted_person"
    CALL_112_ADVISED = "call_112_advised"


class AppointmentState(StrEnum):
    PLANNED = "planned"
    CALLED = "called"
    NO_SHOW = "no_show"
    CANCELLED = "cancelled"


class TreatmentIntent(StrEnum):
    NOT_KNOWN = "not_known"
    INTENDS = "intends"
    DOES_NOT = "does_not"
    UNDECIDED = "undecided"


NEXT_STATES: Mapping[AppointmentState, frozenset[AppointmentState]] = {
    AppointmentState.PLANNED: frozenset(AppointmentState) - {AppointmentState.PLANNED},
    AppointmentState.CALLED: frozenset(),
    AppointmentState.NO_SHOW: frozenset({AppointmentState.PLANNED}),
    AppointmentState.CANCELLED: frozenset(),
}
NEEDS_ACTION = frozenset({RiskLevel.THOUGHTS, RiskLevel.PLAN_OR_INTENT, RiskLevel.ACUTE_THREAT})


@dataclass(frozen=True, slots=True)
class MomentFacts:
    """A contact moment as it was filled in."""

    channel: Channel
    registration_class: RegistrationClass
    target_group: TargetGroup
    subgroups: frozenset[Subgroup] = frozenset()
    risk_level: RiskLevel = RiskLevel.NOT_DISCUSSED
    risk_action: RiskAction = RiskAction.NONE
    plans_appointment: bool = False


def check_moment(facts: MomentFacts) -> None:
    """Raises Invalid with the field at fault for a moment that cannot be counted."""
    is_chat = facts.channel is Channel.CHAT
    if facts.registration_class is RegistrationClass.INSUFFICIENT_INFORMATION and not is_chat:
        raise Invalid("only_in_chat", fields=("registration_class",))
    is_counted = facts.registration_class is RegistrationClass.HELP_REQUEST
    if is_counted and facts.target_group is TargetGroup.SELF and not facts.subgroups:
        raise Invalid("subgroup_missing", fields=("subgroup",))
    if (facts.risk_level in NEEDS_ACTION) != (facts.risk_action is not RiskAction.NONE):
        raise Invalid("risk_action_missing", fields=("risk_action",))


def check_appointment(state: AppointmentState, wanted: AppointmentState) -> None:
    """Raises Conflict `bad_transition` for a step that does not exist (P-10)."""
    if wanted not in NEXT_STATES[state]:
        raise Conflict("bad_transition")


def check_intent(state: AppointmentState) -> None:
    """Whether somebody wants treatment is known after they called, not before (P-10)."""
    if state is not AppointmentState.CALLED:
        raise Conflict("not_called_yet")
