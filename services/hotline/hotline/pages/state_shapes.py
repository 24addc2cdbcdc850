"""How each state is drawn: one of the shapes and colours that the stylesheet knows."""

from collections.abc import Mapping
from enum import StrEnum

from hotline.domain.fetch import ProbeState
from hotline.domain.removal import RemovalState
from hotline.domain.report import ReportState
from hotline.domain.takedown import DeadlineState, MailState, NoticeState
from hotline.domain.url import UrlState

KINDS: Mapping[type[StrEnum], Mapping[str, str]] = {
    UrlState: {
        UrlState.TO_FETCH: "busy",
        UrlState.TO_MATCH: "busy",
        UrlState.FOLLOWS_PICTURES: "busy",
        UrlState.AWAITING_DECISION: "waiting",
        UrlState.SECOND_OPINION: "waiting",
        UrlState.DECIDED: "done",
    },
    RemovalState: {
        RemovalState.OPEN: "busy",
        RemovalState.CONTACT_REVIEW: "waiting",
        RemovalState.HOSTED_ABROAD: "waiting",
        RemovalState.HOST_UNKNOWN: "waiting",
        RemovalState.NOTICE_QUEUED: "busy",
        RemovalState.NOTICE_UNCERTAIN: "overdue",
        RemovalState.NOTICE_DELIVERED: "busy",
        RemovalState.CLOSED_REMOVED: "done",
        RemovalState.CLOSED_BEFORE_NOTICE: "done",
    },
    NoticeState: {
        NoticeState.QUEUED: "waiting",
        NoticeState.DELIVERED: "done",
        NoticeState.UNCERTAIN: "overdue",
        NoticeState.BOUNCED: "overdue",
    },
    MailState: {
        MailState.COLLECTING: "waiting",
        MailState.READY: "waiting",
        MailState.SENDING: "busy",
        MailState.SENT: "done",
        MailState.UNCERTAIN: "overdue",
        MailState.REFUSED: "overdue",
    },
    DeadlineState: {
        DeadlineState.ON_TIME: "busy",
        DeadlineState.AT_RISK: "waiting",
        DeadlineState.OVERDUE: "overdue",
    },
    ProbeState: {ProbeState.ONLINE: "waiting", ProbeState.OFFLINE: "done"},
    ReportState: {
        ReportState.RECEIVED: "waiting",
        ReportState.IN_PROGRESS: "busy",
        ReportState.PROCESSED: "done",
    },
}


def kind(state: StrEnum) -> str:
    """How a state is drawn; `none` when it needs no attention and is no success."""
    return KINDS[type(state)].get(state, "none")
