"""Questions about addresses: by key, for the desk, and between pages and their pictures."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from shared.domain.errors import NotFound
from sqlmodel import Session, col, func, or_, select

from hotline.domain.url import CLAIMABLE, UrlState
from hotline.tables import HashMatch, PageLink, Picture, Url


def url(session: Session, url_id: UUID) -> Url:
    """Raises NotFound."""
    found = session.get(Url, url_id)
    if found is None:
        raise NotFound
    return found


def locked_url(session: Session, url_id: UUID) -> Url:
    """The address as it is now, held until the end of the transaction. Raises NotFound."""
    found = session.exec(
        select(Url)
        .where(Url.id == url_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def urls_by_key(session: Session, keys: Collection[bytes]) -> list[Url]:
    """In the order of their keys, held until the end of the transaction."""
    return list(
        session.exec(
            select(Url)
            .where(col(Url.key).in_(keys))
            .order_by(col(Url.key))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def next_claimable(
    session: Session, now: datetime, analyst_id: UUID | None, states: Collection[UrlState]
) -> Url | None:
    """The most urgent, oldest address nobody holds and this person did not doubt."""
    return session.exec(
        select(Url)
        .where(
            col(Url.state).in_(states),
            or_(col(Url.claimed_until).is_(None), col(Url.claimed_until) < now),
            or_(col(Url.doubted_by).is_(None), col(Url.doubted_by) != analyst_id),
        )
        .order_by(col(Url.priority), col(Url.queued_at), col(Url.id))
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    ).one_or_none()


def claimed_by(session: Session, analyst_id: UUID | None, now: datetime) -> list[Url]:
    """What one person holds now."""
    return list(
        session.exec(
            select(Url)
            .where(Url.claimed_by == analyst_id, col(Url.claimed_until) >= now)
            .order_by(col(Url.priority), col(Url.queued_at))
        )
    )


def work_list(session: Session, limit: int) -> list[Url]:
    """What waits for a person, most urgent and oldest first."""
    return list(
        session.exec(
            select(Url)
            .where(col(Url.state).in_(CLAIMABLE))
            .order_by(col(Url.priority), col(Url.queued_at), col(Url.id))
            .limit(limit)
        )
    )


def waiting_counts(session: Session) -> dict[UrlState, int]:
    """How many addresses wait for a person, for each state in which they do."""
    rows = session.exec(
        select(Url.state, func.count()).where(col(Url.state).in_(CLAIMABLE)).group_by(Url.state)
    )
    return dict.fromkeys(CLAIMABLE, 0) | {UrlState(state): count for state, count in rows}


def recently_decided(session: Session, limit: int) -> list[Url]:
    """What was decided last, by whom or what ever."""
    return list(
        session.exec(
            select(Url)
            .where(col(Url.decided_at).is_not(None))
            .order_by(col(Url.decided_at).desc(), col(Url.id))
            .limit(limit)
        )
    )


# A link that was not seen at the latest visit of its page is history.
STILL_LINKED = col(PageLink.seen_at) >= col(Url.fetched_at)


def pages_of_picture(session: Session, media_id: UUID, state: UrlState) -> list[Url]:
    """Pages in a state that show this picture, held until the end of the transaction."""
    return list(
        session.exec(
            select(Url)
            .join(PageLink, col(PageLink.page_id) == col(Url.id))
            .where(
                PageLink.media_id == media_id,
                Url.state == state,
                STILL_LINKED,
            )
            .order_by(col(Url.id))
            .with_for_update(of=Url, key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def pictures_on(session: Session, page_id: UUID) -> list[Url]:
    """The addresses of the pictures that stood on a page at the latest visit, by address."""
    visited = select(Url.fetched_at).where(Url.id == page_id).scalar_subquery()
    return list(
        session.exec(
            select(Url)
            .join(PageLink, col(PageLink.media_id) == col(Url.id))
            .where(PageLink.page_id == page_id, col(PageLink.seen_at) >= visited)
            .order_by(col(Url.address))
            .execution_options(populate_existing=True)
        )
    )


def pages_showing(session: Session, media_id: UUID) -> list[Url]:
    """The pages that showed a picture at their latest visit, by address."""
    return list(
        session.exec(
            select(Url)
            .join(PageLink, col(PageLink.page_id) == col(Url.id))
            .where(PageLink.media_id == media_id, STILL_LINKED)
            .order_by(col(Url.address))
        )
    )


def picture_of(session: Session, found: Url) -> Picture | None:
    return session.get(Picture, found.picture_id) if found.picture_id else None


def picture_by_sha256(session: Session, sha256: str) -> Picture:
    return session.exec(select(Picture).where(Picture.sha256 == sha256)).one()


def match_of(session: Session, found: Url) -> HashMatch | None:
    """The best match of its picture in the lists; None when there is none (yet)."""
    return session.get(HashMatch, found.picture_id) if found.picture_id else None


def matches_of(session: Session, urls: Collection[Url]) -> dict[UUID, HashMatch]:
    """The best matches of several addresses at once, by picture."""
    pictures = {found.picture_id for found in urls if found.picture_id}
    rows = session.exec(select(HashMatch).where(col(HashMatch.picture_id).in_(pictures)))
    return {found.picture_id: found for found in rows}
