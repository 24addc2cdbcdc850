"""Pages of abuse contacts: who may be written to."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from shared.platform.access import staff
from shared.platform.work import Work
from shared.ui.pages import ServicePages

from hotline.deps import PublishedPolicy
from hotline.domain.role import Permission
from hotline.pages.desk import staff_names
from hotline.queries.hosting import contacts
from hotline.use_cases.hosting import approve_contact

router = APIRouter(include_in_schema=False)

CONTACTS = "/contacts"
ROWS = 500


@router.get(CONTACTS, dependencies=[staff(Permission.EDIT_CONTACTS)])
def show_contacts(request: Request, pages: ServicePages, work: Work) -> Response:
    return pages.render(
        request,
        "contact/list.html",
        contacts=contacts(work.session, limit=ROWS),
        names=staff_names(work),
        most=ROWS,
    )


@router.post("/contacts/{contact_id}/approve", dependencies=[staff(Permission.EDIT_CONTACTS)])
def approve(contact_id: UUID, pages: ServicePages, work: Work, policy: PublishedPolicy) -> Response:
    approve_contact(work, contact_id, policy)
    return pages.see_other(CONTACTS, told="contact_approved")
