"""When a notice may go out, to whom, with which deadline, and what it says."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from shared.domain.errors import Conflict
from shared.domain.references import public_reference

from hotline.domain.assessment import BadTransition, Verdict
from hotline.domain.hosting import HOME_COUNTRY

# source: Addendum to the Dutch Notice-and-Takedown code of conduct (2018): signatories act on a
# notice of the hotline within 24 hours.
RESPONSE_WINDOW = timedelta(hours=24)
AT_RISK_AFTER = timedelta(hours=20)

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)

# One mail stays readable for the person who has to act on it.
MOST_ADDRESSES_PER_MAIL = 200

# source: Dutch Criminal Code, in force since 1 July 2024 (before: article 240b).
LEGAL_BASIS = "art. 252 Sr"


class NoticeKind(StrEnum):
    FIRST = "first"


class NoticeState(StrEnum):
    """QUEUED waits in a mail; CANCELLED was not needed any more when the mail went out."""

    QUEUED = "queued"
    DELIVERED = "delivered"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    CANCELLED = "cancelled"


class MailState(StrEnum):
    """COLLECTING takes more notices until it is due; READY takes none and waits to be sent.

    UNCERTAIN may or may not have arrived; EMPTY had nothing left to say when it was due.
    """

    COLLECTING = "collecting"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    EMPTY = "empty"


# Nothing of these was handed to a mail server: what they carry can still be left out.
NOT_UNDER_WAY = frozenset({MailState.COLLECTING, MailState.READY})
FINISHED = frozenset({MailState.SENT, MailState.REFUSED, MailState.EMPTY})


class MailOutcome(StrEnum):
    """What the mail server said: taken, surely not taken yet, refused for good, or nobody knows."""

    ACCEPTED = "accepted"
    LATER = "later"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"


class DeadlineState(StrEnum):
    NONE = "none"
    ON_TIME = "on_time"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"


class NotAssessedIllegal(BadTransition):
    """A notice about what was not found illegal."""

    code = "not_assessed_illegal"


class NotHostedHere(BadTransition):
    """A notice to a provider in another country, or to nobody knows whom."""

    code = "not_hosted_here"


class AlreadyNotified(BadTransition):
    """A second notice of one kind and round to one contact about one case."""

    code = "already_notified"


class ContactNotVerified(Conflict):
    code = "contact_not_verified"


@dataclass(frozen=True, slots=True)
class Recipient:
    """An abuse contact as the rule needs it."""

    contact_id: UUID
    is_usable: bool


@dataclass(frozen=True, slots=True)
class EarlierNotice:
    kind: NoticeKind
    contact_id: UUID
    has_bounced: bool


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """`round` counts notices of one kind to one contact about one case, from 1: more than one
    only when those before came back.
    """

    kind: NoticeKind
    round: int
    contact_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One address of a notice; hashes are lower-case hexadecimal, by name of their algorithm."""

    reference: str
    address: str
    seen_on: tuple[str, ...]
    classification: str
    detection_method: str
    decided_at: datetime
    media_type: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
    ip: str = ""
    country: str = ""
    asn: int = 0


@dataclass(frozen=True, slots=True)
class NoticeLetter:
    """Everything a notice mail says; text and XARF attachment are made of it and nothing else.

    `message_id` is the same each time this letter is sent, angle brackets included.
    """

    reference: str
    message_id: str
    recipient: str
    hoster: str
    languages: tuple[str, ...]
    legal_basis: str
    written_at: datetime
    deadline_at: datetime
    items: tuple[NoticeItem, ...]


def plan_notice(
    verdict: Verdict,
    country: str,
    recipient: Recipient | None,
    earlier: Collection[EarlierNotice],
    due_at: datetime,
) -> NoticePlan:
    """Decide who gets the first notice about an illegal address.

    Raises NotAssessedIllegal, NotHostedHere, ContactNotVerified, AlreadyNotified.
    """
    if verdict is not Verdict.ILLEGAL:
        raise NotAssessedIllegal
    if country != HOME_COUNTRY:
        raise NotHostedHere
    if recipient is None or not recipient.is_usable:
        raise ContactNotVerified
    same = [
        notice
        for notice in earlier
        if (notice.kind, notice.contact_id) == (NoticeKind.FIRST, recipient.contact_id)
    ]
    if not all(notice.has_bounced for notice in same):
        raise AlreadyNotified
    return NoticePlan(NoticeKind.FIRST, len(same) + 1, recipient.contact_id, due_at)


def notice_reference(notice_id: UUID) -> str:
    """The reference a hoster quotes, the same for a notice each time."""
    return public_reference("N", notice_id)


def message_id(mail_id: UUID, sender: str) -> str:
    """The Message-ID of a mail, the same each time it is sent. source: RFC 5322, 3.6.4."""
    return f"<{mail_id}@{sender.rpartition('@')[2]}>"


def pause_before_resend(send_count: int) -> timedelta:
    """How long to wait after the mail server did not take a mail for the `send_count`-th time."""
    doubled: timedelta = FIRST_PAUSE * 2 ** min(send_count - 1, 10)
    return min(doubled, LONGEST_PAUSE)


def deadline_state(delivered_at: datetime | None, now: datetime) -> DeadlineState:
    """How a delivered notice stands against its deadline."""
    if delivered_at is None:
        return DeadlineState.NONE
    if now >= delivered_at + RESPONSE_WINDOW:
        return DeadlineState.OVERDUE
    if now >= delivered_at + AT_RISK_AFTER:
        return DeadlineState.AT_RISK
    return DeadlineState.ON_TIME
