"""Looking at pictures: what is written before anything is shown, and how much is enough."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.domain.errors import Conflict, NotFound, NotPermitted, TooMany
from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.exposure import Budget, Exposure, Profile, check_budget, exposure
from hotline.domain.policy import Policy
from hotline.domain.role import Permission
from hotline.queries.exposure import open_views, views_since
from hotline.queries.url import locked_url, url
from hotline.tables import Url, ViewEvent

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class NotClaimed(Conflict):
    code = "not_claimed"


@dataclass(frozen=True, slots=True)
class Showing:
    """What may now be shown: ask Imagery for it after this work was committed."""

    imagery_id: UUID
    profile: Profile


def reveal(work: UnitOfWork, url_id: UUID, profile: Profile, policy: Policy) -> Showing:
    """Write down that somebody looks at a picture, and say which one it is.

    Who looks is at work: the lease begins anew. Commit before showing: no log, no picture. Raises
    NotClaimed, NotFound, TooMany.
    """
    work.require(Permission.SEE_IMAGERY)
    found = locked_url(work.session, url_id)
    check_claim(work, found)
    check_exposure(work, policy.budget)
    if found.imagery_id is None or found.picture_id is None:
        raise NotFound("no_picture")
    close_views(work)
    found.claimed_until = work.now + policy.claim_lease
    work.session.add(
        ViewEvent(
            analyst_id=person(work),
            url_id=found.id,
            picture_id=found.picture_id,
            profile=profile,
            opened_at=work.now,
        )
    )
    work.record("imagery.viewed", found.id, reason=profile.value)
    return Showing(found.imagery_id, profile)


def cover(work: UnitOfWork) -> None:
    """End the looks that are open: the screen is covered again."""
    work.require(Permission.SEE_IMAGERY)
    close_views(work)


def uncovered(work: UnitOfWork, url_id: UUID, budget: Budget) -> Showing | None:
    """What this person looks at now of an address they hold; None when it is covered.

    A look ends by itself when `budget.per_view` is over.
    """
    work.require(Permission.SEE_IMAGERY)
    found = url(work.session, url_id)
    if found.imagery_id is None or not is_held(work, found):
        return None
    for view in open_views(work.session, work.actor.id):
        if view.url_id == url_id and work.now < view.opened_at + budget.per_view:
            return Showing(found.imagery_id, view.profile)
    return None


def my_exposure(work: UnitOfWork, budget: Budget) -> Exposure:
    """What this person has looked at since midnight in Amsterdam."""
    views = views_since(work.session, work.actor.id, _midnight(work.now))
    return exposure(views, budget, work.now)


def check_exposure(work: UnitOfWork, budget: Budget) -> None:
    """Raises TooMany when this person has seen enough today or needs a break."""
    check_budget(my_exposure(work, budget), budget, work.now)


def rest_needed(work: UnitOfWork, budget: Budget) -> str:
    """The code of why nothing more is shown to this person now; empty when there is none."""
    try:
        check_exposure(work, budget)
    except TooMany as enough:
        return enough.code
    return ""


def check_claim(work: UnitOfWork, found: Url) -> None:
    """Raises NotClaimed unless this person holds the address now."""
    if not is_held(work, found):
        raise NotClaimed


def is_held(work: UnitOfWork, found: Url) -> bool:
    """Whether this person holds the address: also after the lease, until somebody else takes it.

    The end of a lease lets others in; it takes nothing from who is still at work.
    """
    return found.claimed_by is not None and found.claimed_by == work.actor.id


def person(work: UnitOfWork) -> UUID:
    """The account of who acts. Raises NotPermitted: what people do is never done by a clock."""
    if work.actor.id is None:
        raise NotPermitted
    return work.actor.id


def close_views(work: UnitOfWork) -> None:
    for view in open_views(work.session, work.actor.id):
        # The clock of another process may be ahead.
        view.closed_at = max(work.now, view.opened_at)


def _midnight(now: datetime) -> datetime:
    return now.astimezone(AMSTERDAM).replace(hour=0, minute=0, second=0, microsecond=0)
