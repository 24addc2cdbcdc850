"""An anonymous conversation of a line: its states, its queue, and what a message may be.

source: research "Live chat design", conversation state machine and queue; OWASP ASVS 5.0 2.2.
"""

import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from shared.domain.errors import Conflict, Invalid

LONGEST_MESSAGE = 4000
MOST_COMBINING_MARKS = 300
# Slower than anybody types, faster than a script that floods: per minute of one conversation.
MOST_MESSAGES_A_MINUTE = 60

# Whoever leaves sooner changed their mind; whoever waited longer was not helped in time.
WAIT_THAT_COUNTS = timedelta(seconds=10)


class ConversationState(StrEnum):
    WAITING = "waiting"
    OFFERED = "offered"
    ACTIVE = "active"
    CLOSED = "closed"
    MISSED = "missed"


class Author(StrEnum):
    VISITOR = "visitor"
    WORKER = "worker"
    SYSTEM = "system"


class ClosedBy(StrEnum):
    VISITOR = "visitor"
    WORKER = "worker"
    TIMEOUT = "timeout"
    EXIT_BUTTON = "exit_button"
    SYSTEM = "system"


class MissedReason(StrEnum):
    """Why an attempt was not helped; each is a row, never an absence (H-03)."""

    LEFT_QUEUE = "left_queue"
    LEFT_BEFORE_ANSWER = "left_before_answer"
    TOO_BUSY = "too_busy"
    QUEUE_FULL = "queue_full"
    CLOSED_REGULAR = "closed_regular"
    CLOSED_SHORT_STAFFED = "closed_short_staffed"
    CALL_NOT_ANSWERED = "call_not_answered"
    CALLER_HUNG_UP_WAITING = "caller_hung_up_waiting"
    OFFER_EXPIRED = "offer_expired"
    TECHNICAL_FAILURE = "technical_failure"
    OUT_OF_SCOPE = "out_of_scope"
    LANGUAGE = "language"


class Channel(StrEnum):
    CHAT = "chat"
    PHONE = "phone"
    EMAIL = "email"


class Priority(StrEnum):
    """Two bands only; safety goes first, otherwise first come is first served."""

    SAFETY = "safety"
    USUAL = "usual"


IN_QUEUE = frozenset({ConversationState.WAITING, ConversationState.OFFERED})
ENDED = frozenset({ConversationState.CLOSED, ConversationState.MISSED})

# A closed conversation never opens again: who comes back starts a new one.
NEXT_STATES: Mapping[ConversationState, frozenset[ConversationState]] = {
    ConversationState.WAITING: frozenset(
        {ConversationState.OFFERED, ConversationState.ACTIVE, ConversationState.MISSED}
    ),
    ConversationState.OFFERED: frozenset(
        {ConversationState.WAITING, ConversationState.ACTIVE, ConversationState.MISSED}
    ),
    ConversationState.ACTIVE: frozenset({ConversationState.CLOSED}),
    ConversationState.CLOSED: frozenset(),
    ConversationState.MISSED: frozenset(),
}


def check_transition(state: ConversationState, wanted: ConversationState) -> None:
    """Raises Conflict `bad_transition` for a step that does not exist."""
    if wanted not in NEXT_STATES[state]:
        raise Conflict("bad_transition")


def check_message(text: str) -> None:
    """Whether this can be sent as it is; it is stored exactly as typed and never rewritten.

    Raises Invalid `message_empty`, `message_too_long` or `bad_characters`.
    """
    if len(text) > LONGEST_MESSAGE:
        raise Invalid("message_too_long", fields=("text",))
    if not any(_is_visible(character) for character in text):
        raise Invalid("message_empty", fields=("text",))
    marks = sum(1 for character in text if unicodedata.combining(character))
    if marks > MOST_COMBINING_MARKS or any(_breaks_storage(character) for character in text):
        raise Invalid("bad_characters", fields=("text",))


def _is_visible(character: str) -> bool:
    return unicodedata.category(character) not in {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me"}


def _breaks_storage(character: str) -> bool:
    """NUL, lone surrogates and controls other than tab and line ends."""
    category = unicodedata.category(character)
    return category == "Cs" or (category == "Cc" and character not in "\t\n\r")


def honest_wait(waits: list[timedelta]) -> tuple[int, int] | None:
    """The range of minutes that lately accepted people waited; None with too few to say.

    `waits` are those of the last hour. The range holds the middle half of them, rounded up.
    """
    if len(waits) < FEWEST_WAITS:
        return None
    ordered = sorted(waits)
    low, high = ordered[len(ordered) // 4], ordered[(3 * len(ordered)) // 4]
    return _minutes(low), max(_minutes(low), _minutes(high))


FEWEST_WAITS = 5


def _minutes(span: timedelta) -> int:
    return max(1, -(-int(span.total_seconds()) // 60))
