"""A removal case: from an illegal address to its being gone, with cause and duration."""

from datetime import datetime, timedelta
from enum import StrEnum

from hotline.domain.assessment import BadTransition
from hotline.domain.hosting import HOME_COUNTRY


class RemovalState(StrEnum):
    """Where a removal stands. Three states wait for people and are shown as that.

    CONTACT_REVIEW: nobody is known who may be written to. HOSTED_ABROAD: another country's
    hotline has to act. HOST_UNKNOWN: it is not known where it is hosted.
    """

    OPEN = "open"
    CONTACT_REVIEW = "contact_review"
    HOSTED_ABROAD = "hosted_abroad"
    HOST_UNKNOWN = "host_unknown"
    NOTICE_QUEUED = "notice_queued"
    NOTICE_UNCERTAIN = "notice_uncertain"
    NOTICE_DELIVERED = "notice_delivered"
    CLOSED_REMOVED = "closed_removed"
    CLOSED_BEFORE_NOTICE = "closed_before_notice"


CLOSED = frozenset({RemovalState.CLOSED_REMOVED, RemovalState.CLOSED_BEFORE_NOTICE})
WAITING_FOR_PEOPLE = frozenset(
    {
        RemovalState.CONTACT_REVIEW,
        RemovalState.HOSTED_ABROAD,
        RemovalState.HOST_UNKNOWN,
        RemovalState.NOTICE_UNCERTAIN,
    }
)

_WAITING = {RemovalState.CONTACT_REVIEW, RemovalState.HOSTED_ABROAD, RemovalState.HOST_UNKNOWN}
_AFTER_HOSTING = {*_WAITING, RemovalState.NOTICE_QUEUED}
_AFTER_SENDING = {
    RemovalState.NOTICE_DELIVERED,
    RemovalState.NOTICE_UNCERTAIN,
    RemovalState.CONTACT_REVIEW,
}

# What may follow what; anything open may also close.
MOVES: dict[RemovalState, set[RemovalState]] = {
    RemovalState.OPEN: _AFTER_HOSTING,
    RemovalState.CONTACT_REVIEW: _AFTER_HOSTING,
    RemovalState.HOSTED_ABROAD: _AFTER_HOSTING,
    RemovalState.HOST_UNKNOWN: _AFTER_HOSTING,
    RemovalState.NOTICE_QUEUED: _AFTER_SENDING,
    RemovalState.NOTICE_UNCERTAIN: _AFTER_SENDING,
    RemovalState.NOTICE_DELIVERED: set(),
}


def move(state: RemovalState, to: RemovalState) -> RemovalState:
    """The new state. Raises BadTransition when it cannot follow the old one."""
    allowed = state not in CLOSED and (to in CLOSED or to in MOVES[state])
    if not allowed:
        raise BadTransition
    return to


def after_hosting(country: str, *, has_usable_contact: bool) -> RemovalState:
    """Where a case goes when its hosting is known; `country` is empty when it is not."""
    if not country:
        return RemovalState.HOST_UNKNOWN
    if country != HOME_COUNTRY:
        return RemovalState.HOSTED_ABROAD
    return RemovalState.NOTICE_QUEUED if has_usable_contact else RemovalState.CONTACT_REVIEW


def closed_state(state: RemovalState) -> RemovalState:
    """How an open case closes when its content is gone. Raises BadTransition."""
    was_notified = state in {RemovalState.NOTICE_DELIVERED, RemovalState.NOTICE_UNCERTAIN}
    return move(
        state, RemovalState.CLOSED_REMOVED if was_notified else RemovalState.CLOSED_BEFORE_NOTICE
    )


def time_online(first_reported_at: datetime, offline_at: datetime) -> timedelta:
    """How long it stayed online after the first report, in wall-clock time; never negative."""
    return max(offline_at - first_reported_at, timedelta(0))


def needs_own_case(page_host: str, illegal_picture_hosts: set[str]) -> bool:
    """Whether a page is notified apart from the pictures on it.

    Removal at the source clears every page; a page whose pictures are stored elsewhere has
    another provider, who can act as well (IWF practice).
    """
    return bool(illegal_picture_hosts - {page_host})
