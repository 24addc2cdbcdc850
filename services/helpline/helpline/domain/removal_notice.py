"""A removal notice: what makes it whole, what it may say, and how it ends.

source: DSA article 16(2); research "DSA trusted flagger", data model, state machine and clocks.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from shared.domain.errors import Conflict, Invalid
from shared.domain.references import public_reference

from helpline.domain.provider import ROUTES, NoticeRoute, ProviderClass

MOST_ADDRESSES = 50
LONGEST_ADDRESS = 8192
SHORTEST_REASONS, LONGEST_REASONS = 40, 4000
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
MAILBOX_IN_TEXT = re.compile(r"[\w.+-]+@[\w-]+\.\w")
# Dutch numbers of ten digits, and any with a country code.
TELEPHONE_IN_TEXT = re.compile(r"(?<![\w/=])(?:\+|00?)[1-9][ -]?(?:\d[ -]?){7,12}(?!\w)")


class LegalGround(StrEnum):
    """The provision that what stands there breaks. source: research "Legal basis registry"."""

    AW_21 = "aw_21"
    AW_20 = "aw_20"
    SR_254BA = "sr_254ba"
    SR_252 = "sr_252"
    SR_251 = "sr_251"
    SR_318 = "sr_318"
    SR_285D = "sr_285d"
    SR_284 = "sr_284"
    SR_285 = "sr_285"
    SR_285B = "sr_285b"
    SR_261 = "sr_261"
    SR_266 = "sr_266"
    SR_326 = "sr_326"
    SR_138AB = "sr_138ab"
    SR_231B = "sr_231b"
    AVG_17 = "avg_17"


class NoticeState(StrEnum):
    """BOUNCED was refused by the mail server; UNANSWERED was closed without an answer."""

    DRAFTED = "drafted"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    WITHDRAWN = "withdrawn"


# Surely nobody has it, so it can still be sent or taken back.
SENDABLE = frozenset({NoticeState.DRAFTED, NoticeState.BOUNCED})
AWAITED = frozenset({NoticeState.SENT, NoticeState.UNCERTAIN})
CLOSED = frozenset({NoticeState.ANSWERED, NoticeState.UNANSWERED})
ENDED = CLOSED | {NoticeState.WITHDRAWN}
# While a notice is one of these, its addresses are not put into another one to that provider.
STANDING = frozenset(NoticeState) - ENDED


class ItemOutcome(StrEnum):
    """What a provider did about one address. PARTLY: not everywhere, or not all of it."""

    PENDING = "pending"
    REMOVED = "removed"
    PARTLY = "partly"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    NOT_COMPETENT = "not_competent"
    NO_ANSWER = "no_answer"


ACTED = frozenset({ItemOutcome.REMOVED, ItemOutcome.PARTLY})
# Which outcome a notice has when its addresses differ and none was acted on.
WEIGHT = (
    ItemOutcome.NOT_COMPETENT,
    ItemOutcome.REFUSED,
    ItemOutcome.NOT_FOUND,
    ItemOutcome.NO_ANSWER,
    ItemOutcome.PENDING,
)


class MailOutcome(StrEnum):
    """What the mail server said: taken, surely not taken yet, refused for good, or nobody knows."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


# source: research "Policy clocks": intimate images and personal data 10 days, other 20 days.
URGENT = frozenset(
    {
        LegalGround.AW_20,
        LegalGround.AW_21,
        LegalGround.SR_252,
        LegalGround.SR_254BA,
        LegalGround.SR_285D,
    }
)
URGENT_ANSWER, USUAL_ANSWER = timedelta(days=10), timedelta(days=20)


@dataclass(frozen=True, slots=True)
class NoticePolicy:
    """`sender` is the mailbox that notices come from; `kept` how long their texts stay after
    they ended.
    """

    sender: str
    resend_after: timedelta
    kept: timedelta


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """A notice as it was filled in; `reasons` say why it is illegal, in one or more sentences."""

    provider_id: UUID
    route: NoticeRoute
    grounds: frozenset[LegalGround]
    addresses: tuple[str, ...]
    reasons: str


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """Everything that a notice says; the mail is made of it and nothing else.

    `message_id` is the same each time this letter is sent, angle brackets included.
    """

    reference: str
    message_id: str
    recipient: str
    provider: str
    route: NoticeRoute
    grounds: tuple[LegalGround, ...]
    addresses: tuple[str, ...]
    reasons: str
    written_at: datetime


def read_addresses(text: str) -> tuple[str, ...]:
    """The addresses of a form, one a line, each once."""
    lines = (line.strip() for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def check_addresses(addresses: Sequence[str]) -> None:
    """Raises Invalid unless each is one whole web address (DSA article 16(2)(b))."""
    if not addresses:
        raise Invalid("address_missing", fields=("addresses",))
    if len(addresses) > MOST_ADDRESSES:
        raise Invalid("too_many_addresses", fields=("addresses",))
    if not all(map(_is_exact, addresses)):
        raise Invalid("bad_address", fields=("addresses",))


def check_draft(draft: NoticeDraft, kind: ProviderClass) -> None:
    """Raises Invalid with the field at fault for a notice that is not whole, or says too much."""
    if draft.route not in ROUTES[kind]:
        raise Invalid("route_not_here", fields=("route",))
    if (draft.route is NoticeRoute.TERMS) == bool(draft.grounds):
        raise Invalid("ground_stray" if draft.grounds else "ground_missing", fields=("ground",))
    check_addresses(draft.addresses)
    if not SHORTEST_REASONS <= len(draft.reasons) <= LONGEST_REASONS:
        raise Invalid("reasons_length", fields=("reasons",))
    if MAILBOX_IN_TEXT.search(draft.reasons) or TELEPHONE_IN_TEXT.search(draft.reasons):
        raise Invalid("names_a_person", fields=("reasons",))


def notice_reference(notice_id: UUID) -> str:
    """The reference a provider quotes, the same for a notice each time."""
    return public_reference("V", notice_id)


def message_id(notice_id: UUID, sender: str) -> str:
    """The Message-ID of a notice, the same each time it is sent. source: RFC 5322, 3.6.4."""
    return f"<{notice_id}@{sender.rpartition('@')[2]}>"


def pause_before_resend(send_count: int) -> timedelta:
    """How long to wait after the mail server did not take a notice for the `send_count`-th time."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(send_count - 1, 10)
    return min(doubled, LONGEST_PAUSE)


def answer_due(sent_at: datetime, grounds: Collection[LegalGround]) -> datetime:
    """From when on no answer is no answer."""
    return sent_at + (URGENT_ANSWER if URGENT & set(grounds) else USUAL_ANSWER)


def check_answer(
    state: NoticeState, outcome: ItemOutcome, on: date, first: date, today: date
) -> None:
    """Raises Conflict before a notice went out, Invalid for no outcome or a day outside it."""
    if state not in AWAITED | CLOSED:
        raise Conflict("not_sent_yet")
    if outcome is ItemOutcome.PENDING:
        raise Invalid("outcome_missing", fields=("outcome",))
    if not first <= on <= today:
        raise Invalid("bad_day", fields=("on",))


def state_after(outcomes: Collection[ItemOutcome]) -> NoticeState | None:
    """How a notice stands once answers are noted; None while an address waits for one."""
    if ItemOutcome.PENDING in outcomes:
        return None
    unanswered = set(outcomes) == {ItemOutcome.NO_ANSWER}
    return NoticeState.UNANSWERED if unanswered else NoticeState.ANSWERED


def roll_up(outcomes: Sequence[ItemOutcome]) -> ItemOutcome:
    """The outcome of a whole notice, from those of its addresses: at least one."""
    found = set(outcomes)
    if len(found) == 1:
        return outcomes[0]
    if found & ACTED:
        return ItemOutcome.PARTLY
    return next(outcome for outcome in WEIGHT if outcome in found)


def _is_exact(address: str) -> bool:
    if len(address) > LONGEST_ADDRESS or any(sign.isspace() for sign in address):
        return False
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and "." in host.strip(".")
