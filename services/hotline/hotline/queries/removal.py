"""Questions about removal cases, where they are hosted, and the looks at them."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, func, or_, select

from hotline.domain.assessment import Verdict
from hotline.domain.hosting import HOME_COUNTRY
from hotline.domain.removal import RemovalState
from hotline.tables import (
    Assessment,
    HostingFact,
    OnlineCheck,
    PageLink,
    RemovalCase,
    ReportUrl,
    TakedownNotice,
    Url,
)


def case(session: Session, case_id: UUID) -> RemovalCase:
    """Raises NotFound."""
    found = session.get(RemovalCase, case_id)
    if found is None:
        raise NotFound
    return found


def locked_case(session: Session, case_id: UUID) -> RemovalCase:
    """The case as it is now, held until the end of the transaction. Raises NotFound."""
    found = session.exec(
        select(RemovalCase)
        .where(RemovalCase.id == case_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def locked_cases_in(session: Session, mail_id: UUID) -> list[RemovalCase]:
    """The cases that a mail is about, by id, held until the end of the transaction.

    Who needs a mail and its cases takes the cases first, so that nobody waits in a circle.
    """
    carried = select(TakedownNotice.removal_case_id).where(TakedownNotice.mail_id == mail_id)
    return list(
        session.exec(
            select(RemovalCase)
            .where(col(RemovalCase.id).in_(carried))
            .order_by(col(RemovalCase.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def open_case_of(session: Session, url_id: UUID) -> RemovalCase | None:
    return session.exec(
        select(RemovalCase).where(
            RemovalCase.url_id == url_id, col(RemovalCase.closed_at).is_(None)
        )
    ).one_or_none()


def has_open_case(session: Session, url_id: UUID) -> bool:
    """Whether an address, or a picture on it when it is a page, is being removed."""
    shown = select(PageLink.media_id).where(PageLink.page_id == url_id)
    found = session.exec(
        select(RemovalCase.id)
        .where(
            or_(RemovalCase.url_id == url_id, col(RemovalCase.url_id).in_(shown)),
            col(RemovalCase.closed_at).is_(None),
        )
        .limit(1)
    )
    return found.first() is not None


def first_reported_at(session: Session, url_id: UUID) -> datetime | None:
    """When an address, or a page showing it, was first reported since it was last believed gone.

    None when it was not. Believed gone is: its last removal closed, or another verdict than
    illegal.
    """
    closed = select(func.max(RemovalCase.closed_at)).where(RemovalCase.url_id == url_id)
    cleared = select(func.max(Assessment.decided_at)).where(
        Assessment.url_id == url_id,
        col(Assessment.verdict).not_in((Verdict.ILLEGAL, Verdict.UNDECIDED)),
    )
    ends = [session.exec(closed).one(), session.exec(cleared).one()]
    gone_at = max((end for end in ends if end is not None), default=None)
    pages = select(PageLink.page_id).where(PageLink.media_id == url_id)
    mentions = select(func.min(ReportUrl.received_at)).where(
        or_(ReportUrl.url_id == url_id, col(ReportUrl.url_id).in_(pages))
    )
    if gone_at is not None:
        mentions = mentions.where(col(ReportUrl.received_at) > gone_at)
    return session.exec(mentions).one()


def cases_of(session: Session, url_id: UUID) -> list[RemovalCase]:
    """Every round of an address, first to last."""
    return list(
        session.exec(
            select(RemovalCase).where(RemovalCase.url_id == url_id).order_by(col(RemovalCase.round))
        )
    )


def latest_round(session: Session, url_id: UUID) -> int:
    """0 when the address never had a removal case."""
    found = session.exec(
        select(func.max(RemovalCase.round)).where(RemovalCase.url_id == url_id)
    ).one()
    return found or 0


def due_cases(session: Session, now: datetime, limit: int) -> list[RemovalCase]:
    """Open cases whose next look is due, held until the end of the transaction."""
    return list(
        session.exec(
            select(RemovalCase)
            .where(col(RemovalCase.closed_at).is_(None), col(RemovalCase.next_check_at) <= now)
            .order_by(col(RemovalCase.next_check_at))
            .limit(limit)
            .with_for_update(skip_locked=True, key_share=True)
        )
    )


def open_cases(
    session: Session, *, limit: int, states: Collection[RemovalState] = ()
) -> list[tuple[RemovalCase, Url]]:
    """Open cases with their addresses, oldest first; in the given states when there are any."""
    oldest = (
        select(RemovalCase, Url)
        .join(Url, col(Url.id) == col(RemovalCase.url_id))
        .where(col(RemovalCase.closed_at).is_(None))
        .order_by(col(RemovalCase.opened_at), col(RemovalCase.id))
        .limit(limit)
    )
    if states:
        oldest = oldest.where(col(RemovalCase.state).in_(states))
    return [(found, address) for found, address in session.exec(oldest)]


def closed_cases(session: Session, *, limit: int) -> list[tuple[RemovalCase, Url]]:
    """Closed cases with their addresses, latest first."""
    latest = (
        select(RemovalCase, Url)
        .join(Url, col(Url.id) == col(RemovalCase.url_id))
        .where(col(RemovalCase.closed_at).is_not(None))
        .order_by(col(RemovalCase.closed_at).desc(), col(RemovalCase.id))
        .limit(limit)
    )
    return [(found, address) for found, address in session.exec(latest)]


def open_case_counts(session: Session) -> dict[RemovalState, int]:
    """How many cases are open, for each state in which there are any."""
    rows = session.exec(
        select(RemovalCase.state, func.count())
        .where(col(RemovalCase.closed_at).is_(None))
        .group_by(RemovalCase.state)
    )
    return {RemovalState(state): count for state, count in rows}


def deadlines(session: Session, case_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """By case, when the last of its delivered notices has to be answered."""
    rows = session.exec(
        select(TakedownNotice.removal_case_id, func.max(TakedownNotice.deadline_at))
        .where(
            col(TakedownNotice.removal_case_id).in_(case_ids),
            col(TakedownNotice.deadline_at).is_not(None),
        )
        .group_by(col(TakedownNotice.removal_case_id))
    )
    return {case_id: latest for case_id, latest in rows if latest is not None}


def looks(session: Session, case_id: UUID) -> list[OnlineCheck]:
    """Every look of a case, in order of time."""
    return list(
        session.exec(
            select(OnlineCheck)
            .where(OnlineCheck.removal_case_id == case_id)
            .order_by(col(OnlineCheck.at), col(OnlineCheck.id))
        )
    )


def hosting_facts(session: Session, case_id: UUID) -> list[HostingFact]:
    """Every hosting fact of a case, latest first."""
    return list(
        session.exec(
            select(HostingFact)
            .where(HostingFact.removal_case_id == case_id)
            .order_by(col(HostingFact.looked_up_at).desc(), col(HostingFact.ip))
        )
    )


def hosting_of(session: Session, case_id: UUID) -> HostingFact | None:
    """The hosting fact that decides: here before elsewhere, with a contact before without."""
    return max(
        hosting_facts(session, case_id),
        key=lambda fact: (fact.country == HOME_COUNTRY, fact.contact_id is not None),
        default=None,
    )


def cases_waiting_for_contact(session: Session, contact_id: UUID) -> list[RemovalCase]:
    """Cases that wait until this contact may be used, held until the end of the transaction."""
    named = select(HostingFact.removal_case_id).where(HostingFact.contact_id == contact_id)
    return list(
        session.exec(
            select(RemovalCase)
            .where(
                col(RemovalCase.id).in_(named),
                RemovalCase.state == RemovalState.CONTACT_REVIEW,
            )
            .order_by(col(RemovalCase.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )
