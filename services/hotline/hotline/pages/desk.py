"""The assessment screen: what is known of one address, and the form to decide it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import Request, Response
from shared.domain.errors import DomainError
from shared.platform.own_account import staff_accounts
from shared.platform.unit_of_work import UnitOfWork
from shared.ui.pages import Pages

from hotline.domain.policy import Policy
from hotline.domain.role import Permission
from hotline.domain.url import ReopenReason, UrlState
from hotline.pages.question import PREFILLED, QUESTIONS, DecisionForm, form_of
from hotline.queries.assessment import assessments_of, withdrawals_of
from hotline.queries.exposure import view_count
from hotline.queries.hosting import network_of
from hotline.queries.removal import cases_of
from hotline.queries.report import occurrence_count, reports_naming
from hotline.queries.url import (
    match_of,
    matches_of,
    pages_showing,
    picture_of,
    pictures_on,
    url,
    work_list,
)
from hotline.tables import Url
from hotline.use_cases.exposure import is_held, rest_needed, uncovered
from hotline.use_cases.hash_match import prefill

ROWS_BESIDE = 30
MOST_NETWORKS = 4
# The keys of the answers to one question, in order.
DIGITS = "1234567890qwet"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was sent, and why it was not taken."""

    form: DecisionForm
    problem: DomainError


def show_desk(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    policy: Policy,
    url_id: UUID,
    refused: Filled | None = None,
) -> Response:
    """The screen of one address. What was sent in a `refused` form stays filled in."""
    found = url(work.session, url_id)
    return pages.render(
        request,
        "url/desk.html",
        status_code=refused.problem.status if refused else 200,
        url=found,
        beside=work_list_beside(work),
        **_facts(work, found),
        **_desk(work, found, policy, refused),
    )


def work_list_beside(work: UnitOfWork) -> dict[str, Any]:
    """The top of the work list with what is known of each entry."""
    waiting = work_list(work.session, ROWS_BESIDE)
    return {"urls": waiting, "matches": matches_of(work.session, waiting)}


def staff_names(work: UnitOfWork) -> Mapping[UUID, str]:
    return {account.id: account.display_name for account in staff_accounts(work)}


def _facts(work: UnitOfWork, found: Url) -> dict[str, Any]:
    """What anybody who may see addresses may know of this one."""
    session = work.session
    may_see_reports = work.actor.may(Permission.READ_REPORTS)
    return {
        "picture": picture_of(session, found),
        "match": match_of(session, found),
        "occurrence_count": occurrence_count(session, found.id),
        "reports": reports_naming(session, found.id) if may_see_reports else [],
        "seen_on": pages_showing(session, found.id),
        "pictures": pictures_on(session, found.id),
        "networks": [(ip, network_of(session, ip)) for ip in found.ips[:MOST_NETWORKS]],
        "cases": cases_of(session, found.id),
        "history": _history(work, found),
        "withdrawals": withdrawals_of(session, found.id),
        "names": staff_names(work),
        "view_count": view_count(session, found.id),
        "reopen_reasons": list(ReopenReason),
    }


def _history(work: UnitOfWork, found: Url) -> list[Any]:
    """Earlier decisions; none while a second person has to judge without knowing the first."""
    if found.state is UrlState.SECOND_OPINION:
        return []
    return assessments_of(work.session, found.id)


def _desk(work: UnitOfWork, found: Url, policy: Policy, refused: Filled | None) -> dict[str, Any]:
    """What who holds this address needs to decide it."""
    is_mine = is_held(work, found)
    can_see = work.actor.may(Permission.SEE_IMAGERY)
    labels = prefill(work, found) if is_mine else None
    form = refused.form if refused else form_of(labels, found.version)
    return {
        "is_mine": is_mine,
        "is_taken": found.claimed_until is not None and found.claimed_until >= work.now,
        "showing": uncovered(work, found.id, policy.budget) if can_see else None,
        "time_shown": policy.budget.per_view,
        "rest_needed": rest_needed(work, policy.budget) if is_mine and can_see else "",
        "questions": QUESTIONS,
        "digits": DIGITS,
        "prefilled": PREFILLED if labels else frozenset(),
        "answers": form.answers(),
        "version": found.version,
        "problem": refused.problem if refused else None,
    }
