"""Removal cases: opening them, closing them with cause and duration, and the states between."""

from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.fetch import OfflineCause
from hotline.domain.online_check import Finding
from hotline.domain.removal import RemovalState, closed_state, move, time_online
from hotline.domain.takedown import NoticeState
from hotline.queries.removal import (
    first_reported_at,
    latest_round,
    open_case_of,
)
from hotline.queries.takedown import notices_to_cancel
from hotline.tables import RemovalCase, Url

LOOK_UP_HOSTING = "hotline.look_up_hosting"


def open_removal(work: UnitOfWork, url: Url, assessment_id: UUID) -> RemovalCase:
    """Start the removal of an illegal address; the open case is kept when there is one.

    The first look is due at once, so that nobody is notified of what is gone already.
    """
    opened = open_case_of(work.session, url.id)
    if opened is not None:
        return opened
    opened = RemovalCase(
        url_id=url.id,
        round=latest_round(work.session, url.id) + 1,
        assessment_id=assessment_id,
        state=RemovalState.OPEN,
        first_reported_at=first_reported_at(work.session, url.id) or work.now,
        opened_at=work.now,
        next_check_at=work.now,
    )
    work.session.add(opened)
    work.record("removal.opened", opened.id, url=str(url.id), round=opened.round)
    work.enqueue(LOOK_UP_HOSTING, opened.id)
    return opened


def move_case(work: UnitOfWork, case: RemovalCase, to: RemovalState) -> None:
    """Raises BadTransition."""
    case.state = move(case.state, to)
    case.version += 1
    work.record("removal.moved", case.id, reason=to.value)


def close_removal(work: UnitOfWork, case: RemovalCase, finding: Finding) -> None:
    """Close a case whose content is confirmed to be gone since the first miss of the row.

    Notices in a mail that is not under way yet are cancelled. Raises BadTransition.
    """
    move_case(work, case, closed_state(case.state))
    case.offline_at = finding.since or work.now
    case.closed_at = work.now
    case.cause = finding.cause or OfflineCause.UNKNOWN
    _cancel_notices(work, case)
    online = time_online(case.first_reported_at, case.offline_at)
    work.record(
        "removal.closed", case.id, reason=case.cause.value, seconds=int(online.total_seconds())
    )


def stop_notices(work: UnitOfWork, url_id: UUID) -> None:
    """Send nothing more about an address that was judged otherwise; its case is watched on."""
    case = open_case_of(work.session, url_id)
    if case is not None:
        _cancel_notices(work, case)
        work.record("removal.notices_stopped", case.id)


def _cancel_notices(work: UnitOfWork, case: RemovalCase) -> None:
    for notice in notices_to_cancel(work.session, case.id):
        notice.state = NoticeState.CANCELLED
