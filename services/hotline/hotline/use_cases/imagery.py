"""Letting go of pictures that nobody has to see any more."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.url import UrlState
from hotline.queries.url import locked_url
from hotline.tables import Url

FORGET_IMAGERY = "hotline.forget_imagery"
# source: docs/architecture.md, imagery: sealed until the decision and a day after it.
KEPT_AFTER_DECISION = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ToForget:
    imagery_id: UUID


def forget_later(work: UnitOfWork, url: Url) -> None:
    """Let go of what a decision was made on, a day after it."""
    if url.imagery_id is not None:
        work.enqueue(FORGET_IMAGERY, url.id, next_at=work.now + KEPT_AFTER_DECISION)


def claim_forgetting(work: UnitOfWork, url_id: UUID) -> ToForget | None:
    """Which picture to destroy; None when there is none or somebody has to look again."""
    url = locked_url(work.session, url_id)
    if url.imagery_id is None or url.state is not UrlState.DECIDED:
        return None
    return ToForget(url.imagery_id)


def settle_forgetting(work: UnitOfWork, url_id: UUID, imagery_id: UUID) -> None:
    """Another picture may have been seen there meanwhile; that one is kept."""
    url = locked_url(work.session, url_id)
    if url.imagery_id == imagery_id:
        url.imagery_id = None
    work.record("imagery.forgotten", url.id)
