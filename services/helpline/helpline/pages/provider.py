"""The list of whom notices go to."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from shared.domain.errors import DomainError, NotFound
from shared.domain.mailbox import LONGEST_MAILBOX
from shared.platform.access import staff
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from helpline.domain.provider import LONGEST_PROVIDER_NAME, ProviderClass
from helpline.domain.role import Permission
from helpline.queries.contact import known_platforms
from helpline.queries.removal_notice import providers
from helpline.use_cases.provider import add_provider, change_provider

router = APIRouter(include_in_schema=False, dependencies=[staff(Permission.MANAGE_PROVIDERS)])

PROVIDERS = "/providers"


class MailboxForm(BaseModel):
    email: str = Field(default="", max_length=LONGEST_MAILBOX)
    kind: ProviderClass = ProviderClass.PLATFORM


class ProviderForm(MailboxForm):
    name: str = Field(default="", max_length=LONGEST_PROVIDER_NAME)


@router.get(PROVIDERS)
def show_providers(request: Request, pages: ServicePages, work: Work) -> Response:
    return _page(request, pages, work)


@router.post(PROVIDERS)
def add(
    request: Request, pages: ServicePages, work: Work, form: Annotated[ProviderForm, Form()]
) -> Response:
    try:
        with work.session.begin_nested():
            add_provider(work, form.name.strip(), form.email.strip(), form.kind)
    except DomainError as problem:
        return _page(request, pages, work, form, problem)
    return pages.see_other(PROVIDERS, told="saved")


@router.post(f"{PROVIDERS}/{{provider_id}}")
def change(
    request: Request,
    provider_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[MailboxForm, Form()],
) -> Response:
    try:
        with work.session.begin_nested():
            change_provider(work, provider_id, form.email.strip(), form.kind)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, pages, work, problem=problem)
    return pages.see_other(PROVIDERS, told="saved")


def _page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    form: ProviderForm | None = None,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "providers.html",
        status_code=problem.status if problem else 200,
        providers=providers(work.session),
        platforms=sorted(known_platforms(work.session), key=str.lower),
        kinds=list(ProviderClass),
        form=form or ProviderForm(),
        problem=problem,
    )
