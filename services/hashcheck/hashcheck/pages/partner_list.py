"""A partner's list: its keys, its imports, and what the partner is told back."""

import json
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import DomainError, Invalid
from shared.platform.access import staff
from shared.platform.own_account import staff_accounts
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from hashcheck import queries
from hashcheck.adapters.partner_file import public_key_of
from hashcheck.domain.partner_list import RollbackReason
from hashcheck.domain.role import Permission
from hashcheck.queries.partner_list import (
    honeypot_counts,
    import_in_use,
    imports_of,
    keys_of_list,
    taken_off,
)
from hashcheck.use_cases.list_import import roll_back
from hashcheck.use_cases.partner_key import confirm_key, propose_key, stop_key

LONGEST_PEM = 1_000
LONGEST_HONEYPOTS = 2_000

router = APIRouter(include_in_schema=False)


@router.get("/lists/{list_id}/imports", dependencies=[staff(Permission.SEE_LISTS)])
def show_imports(request: Request, list_id: UUID, pages: ServicePages, work: Work) -> Response:
    return _imports_page(request, pages, work, list_id)


@router.post("/lists/{list_id}/keys", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def propose(
    request: Request,
    list_id: UUID,
    pages: ServicePages,
    work: Work,
    public_key: Annotated[str, Form(max_length=LONGEST_PEM)] = "",
    honeypots: Annotated[str, Form(max_length=LONGEST_HONEYPOTS)] = "",
) -> Response:
    """`honeypots`: a SHA-256 in hexadecimal per line."""
    try:
        with work.session.begin_nested():
            agreed = _agreed_hashes(honeypots)
            propose_key(work, list_id, public_key_of(public_key), agreed)
    except DomainError as error:
        return _imports_page(request, pages, work, list_id, problem=error)
    return pages.see_other(f"/lists/{list_id}/imports", told="key_proposed")


@router.post("/partner-keys/{key_id}/confirm", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def confirm(key_id: UUID, pages: ServicePages, work: Work) -> Response:
    return pages.see_other(f"/lists/{confirm_key(work, key_id)}/imports", told="key_confirmed")


@router.post("/partner-keys/{key_id}/stop", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def stop(key_id: UUID, pages: ServicePages, work: Work) -> Response:
    return pages.see_other(f"/lists/{stop_key(work, key_id)}/imports", told="key_stopped")


@router.post("/imports/{import_id}/roll-back", dependencies=[staff(Permission.DECIDE_ENTRIES)])
def go_back(
    import_id: UUID, pages: ServicePages, work: Work, reason: Annotated[RollbackReason, Form()]
) -> Response:
    list_id = roll_back(work, import_id, reason)
    return pages.see_other(f"/lists/{list_id}/imports", told="rolled_back")


@router.get("/lists/{list_id}/taken-off", dependencies=[staff(Permission.SEE_LISTS)])
def tell_partner(list_id: UUID, work: Work) -> Response:
    """A line of JSON per entry of the partner that stewards took off: its own name, and why."""
    queries.hash_list(work.session, list_id)
    lines = [
        json.dumps(
            {
                "id": entry.source_ref,
                "reason": entry.withdrawal,
                "withdrawn_at": entry.withdrawn_at.isoformat() if entry.withdrawn_at else None,
            }
        )
        for entry in taken_off(work.session, list_id)
    ]
    return Response(
        "".join(line + "\n" for line in lines),
        media_type="application/x-ndjson",
        headers={"Content-Disposition": 'attachment; filename="taken-off.ndjson"'},
    )


def _agreed_hashes(typed: str) -> list[ContentHash]:
    """Raises Invalid."""
    try:
        return [ContentHash.parse(HashType.SHA256, each.lower()) for each in typed.split()]
    except Invalid as unreadable:
        raise Invalid(unreadable.code, fields=("honeypots",)) from None


def _imports_page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    list_id: UUID,
    *,
    problem: DomainError | None = None,
) -> Response:
    in_use = import_in_use(work.session, list_id)
    return pages.render(
        request,
        "imports.html",
        status_code=problem.status if problem else 200,
        hash_list=queries.hash_list(work.session, list_id),
        keys=keys_of_list(work.session, list_id),
        honeypots=honeypot_counts(work.session, list_id),
        imports=imports_of(work.session, list_id),
        in_use=in_use.id if in_use else None,
        names={account.id: account.display_name for account in staff_accounts(work)},
        reasons=list(RollbackReason),
        problem=problem.code if problem else "",
        at_fault=problem.fields[0] if problem and problem.fields else "",
    )
