"""A person moves from one line to another, and only what they agreed to crosses.

source: research "Handover between lines".
"""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from shared.domain.errors import Conflict

# The wording a person agreed to is stored by its version, so that it can be shown later.
CONSENT_TEXT_VERSION = 1
OFFER_ENDS_AFTER = timedelta(minutes=10)
# How long the way to the other line stays open.
LINK_WORKS_FOR = timedelta(hours=24)


class HandoverScope(StrEnum):
    """What goes along: nothing, a text that the person read, or the conversation."""

    NONE = "none"
    SUMMARY = "summary"
    TRANSCRIPT = "transcript"


class HandoverState(StrEnum):
    PROPOSED = "proposed"
    DECLINED_BY_VISITOR = "declined_by_visitor"
    CONSENTED = "consented"
    EXPIRED = "expired"


NEXT_STATES: Mapping[HandoverState, frozenset[HandoverState]] = {
    HandoverState.PROPOSED: frozenset(HandoverState) - {HandoverState.PROPOSED},
    HandoverState.DECLINED_BY_VISITOR: frozenset(),
    HandoverState.CONSENTED: frozenset(),
    HandoverState.EXPIRED: frozenset(),
}


def check_transition(state: HandoverState, wanted: HandoverState) -> None:
    """Raises Conflict `bad_transition` for a step that does not exist."""
    if wanted not in NEXT_STATES[state]:
        raise Conflict("bad_transition")
