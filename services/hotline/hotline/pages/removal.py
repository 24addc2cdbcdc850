"""Pages of removals: what is being taken down, by which notice, and when it was gone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.domain.errors import Conflict
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hotline.deps import PublishedPolicy
from hotline.domain.removal import CLOSED, WAITING_FOR_PEOPLE, RemovalState, time_online
from hotline.domain.role import Permission
from hotline.domain.takedown import RESPONSE_WINDOW, DeadlineState, deadline_state
from hotline.queries.assessment import assessment
from hotline.queries.hosting import contact, contacts, provider
from hotline.queries.removal import (
    case,
    closed_cases,
    deadlines,
    hosting_facts,
    looks,
    open_case_counts,
    open_cases,
)
from hotline.queries.takedown import mail, notices_of
from hotline.queries.url import url
from hotline.tables import (
    AbuseContact,
    HostingFact,
    HostingProvider,
    RemovalCase,
    TakedownNotice,
    Url,
)
from hotline.use_cases.takedown import send_notice

router = APIRouter(include_in_schema=False)

ROWS = 200
MOST_CONTACTS = 500


class Shown(StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


@router.get("/removals", dependencies=[staff(Permission.READ_REMOVALS)])
def show_removals(
    request: Request, pages: ServicePages, work: Work, show: Shown = Shown.OPEN
) -> Response:
    rows = _rows(work, show)
    counts = open_case_counts(work.session)
    due = deadlines(work.session, [found.id for found, _ in rows])
    return pages.render(
        request,
        "removal/list.html",
        show=show,
        rows=rows,
        deadlines=due,
        late=_late(due, work.now),
        open_count=sum(counts.values()),
        waiting_count=sum(counts.get(state, 0) for state in WAITING_FOR_PEOPLE),
        online=online_time,
        now=work.now,
        most=ROWS,
    )


@router.get("/removals/{case_id}", dependencies=[staff(Permission.READ_REMOVALS)])
def show_removal(request: Request, case_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _case_page(request, pages, work, case_id)


@router.post("/removals/{case_id}/notices", dependencies=[staff(Permission.SEND_NOTICE)])
def take_notice(
    request: Request,
    case_id: UUID,
    contact_id: Annotated[UUID, Form()],
    pages: ServicePages,
    work: Work,
    policy: PublishedPolicy,
) -> Response:
    try:
        with work.session.begin_nested():
            send_notice(work, case_id, contact_id, policy)
    except Conflict as problem:
        return _case_page(request, pages, work, case_id, problem, contact_id)
    return pages.see_other(f"/removals/{case_id}", told="notice_queued")


def online_time(found: RemovalCase, now: datetime) -> timedelta:
    """How long it was online since the first report, until it was gone or until now."""
    return time_online(found.first_reported_at, found.offline_at or now)


def _late(deadlines: Mapping[UUID, datetime], now: datetime) -> Mapping[UUID, DeadlineState]:
    """The cases whose deadline is near or past."""
    states = {
        case_id: deadline_state(deadline - RESPONSE_WINDOW, now)
        for case_id, deadline in deadlines.items()
    }
    pressing = {DeadlineState.AT_RISK, DeadlineState.OVERDUE}
    return {case_id: state for case_id, state in states.items() if state in pressing}


def _rows(work: UnitOfWork, show: Shown) -> list[tuple[RemovalCase, Url]]:
    if show is Shown.CLOSED:
        return closed_cases(work.session, limit=ROWS)
    states = WAITING_FOR_PEOPLE if show is Shown.WAITING else ()
    return open_cases(work.session, limit=ROWS, states=states)


def _case_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    case_id: UUID,
    problem: Conflict | None = None,
    chosen: UUID | None = None,
) -> Response:
    session = work.session
    found = case(session, case_id)
    return pages.render(
        request,
        "removal/case.html",
        status_code=problem.status if problem else 200,
        case=found,
        url=url(session, found.url_id),
        assessment=assessment(session, found.assessment_id),
        hosting=[_hosting(work, fact) for fact in hosting_facts(session, case_id)],
        notices=[_notice(work, notice) for notice in notices_of(session, case_id)],
        checks=list(reversed(looks(session, case_id))),
        online=online_time(found, work.now),
        is_closed=found.state in CLOSED,
        choices=_usable_contacts(work, found),
        chosen=chosen,
        problem=problem,
    )


def _hosting(work: UnitOfWork, fact: HostingFact) -> dict[str, Any]:
    session = work.session
    return {
        "fact": fact,
        "provider": provider(session, fact.provider_id) if fact.provider_id else None,
        "contact": contact(session, fact.contact_id) if fact.contact_id else None,
    }


def _notice(work: UnitOfWork, notice: TakedownNotice) -> dict[str, Any]:
    return {
        "notice": notice,
        "contact": contact(work.session, notice.contact_id),
        "mail": mail(work.session, notice.mail_id),
        "deadline": deadline_state(notice.delivered_at, work.now),
    }


def _usable_contacts(
    work: UnitOfWork, found: RemovalCase
) -> list[tuple[AbuseContact, HostingProvider]]:
    """Whom a person may choose to write to; nobody unless the case waits for that choice."""
    may_send = work.actor.may(Permission.SEND_NOTICE)
    if found.state is not RemovalState.CONTACT_REVIEW or not may_send:
        return []
    known = contacts(work.session, limit=MOST_CONTACTS)
    return [(mailbox, owner) for mailbox, owner in known if mailbox.is_usable]
