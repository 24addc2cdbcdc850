"""Questions about what people looked at."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, func, select

from hotline.domain.exposure import View
from hotline.tables import ViewEvent


def views_since(session: Session, analyst_id: UUID | None, since: datetime) -> list[View]:
    """What one person looked at, in order of time."""
    rows = session.exec(
        select(ViewEvent.opened_at, ViewEvent.closed_at)
        .where(ViewEvent.analyst_id == analyst_id, col(ViewEvent.opened_at) >= since)
        .order_by(col(ViewEvent.opened_at))
    )
    return [View(opened_at, closed_at) for opened_at, closed_at in rows]


def open_views(session: Session, analyst_id: UUID | None) -> list[ViewEvent]:
    return list(
        session.exec(
            select(ViewEvent).where(
                ViewEvent.analyst_id == analyst_id, col(ViewEvent.closed_at).is_(None)
            )
        )
    )


def view_count(session: Session, url_id: UUID) -> int:
    """How often people looked at an address, at any blur."""
    return session.exec(
        select(func.count()).select_from(ViewEvent).where(ViewEvent.url_id == url_id)
    ).one()
