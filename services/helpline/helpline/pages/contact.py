"""Registering contacts: the form after a chat, the same form for a call or a mail, and the list."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Form, Request, Response
from pydantic import BaseModel, Field
from shared.domain.conversation import Channel
from shared.domain.errors import DomainError, NotFound
from shared.platform.access import staff
from shared.platform.contact.tables import Conversation
from shared.platform.unit_of_work import UnitOfWork
from shared.platform.work import Work
from shared.ui.pages import Pages, ServicePages

from helpline.domain.contact import (
    Category,
    ContactFacts,
    ContactRole,
    FurtherHelp,
    ManipulatedImage,
    MisuseKind,
    PersonGender,
    PoliceContact,
    RegistrationClass,
    SextortionForm,
)
from helpline.domain.role import Permission
from helpline.queries.contact import (
    categories_of,
    contact_of_conversation,
    known_platforms,
    newest_contacts,
)
from helpline.use_cases.contact import LONGEST_NAME, register_contact

router = APIRouter(include_in_schema=False, dependencies=[staff(Permission.ANSWER_CONTACTS)])

CONTACTS = "/contacts"
ROWS_SHOWN = 100
CHOICES: dict[str, Any] = {
    "classes": list(RegistrationClass),
    "roles": list(ContactRole),
    "genders": list(PersonGender),
    "categories": list(Category),
    "sextortion_forms": list(SextortionForm),
    "misuse_kinds": list(MisuseKind),
    "manipulated": list(ManipulatedImage),
    "police": list(PoliceContact),
    "further_help": list(FurtherHelp),
}


class ContactForm(BaseModel):
    """The registration as it comes from the page."""

    channel: Channel = Channel.CHAT
    registration_class: RegistrationClass = RegistrationClass.HELP_REQUEST
    role: ContactRole = ContactRole.NOT_ASKED
    gender: PersonGender = PersonGender.NOT_ASKED
    age: str = Field(default="", pattern="^ *[0-9]{0,3} *$")
    category: list[Category] = Field(default_factory=list)
    sextortion_form: list[SextortionForm] = Field(default_factory=list)
    misuse_kind: list[MisuseKind] = Field(default_factory=list)
    platform: list[str] = Field(default_factory=list, max_length=20)
    new_platform: str = Field(default="", max_length=LONGEST_NAME)
    manipulated_image: ManipulatedImage = ManipulatedImage.NONE_KNOWN
    police: PoliceContact = PoliceContact.NOT_ASKED
    further_help: FurtherHelp = FurtherHelp.NOT_ASKED

    def facts(self) -> ContactFacts:
        named = {name.strip() for name in (*self.platform, self.new_platform) if name.strip()}
        return ContactFacts(
            channel=self.channel,
            registration_class=self.registration_class,
            role=self.role,
            gender=self.gender,
            age=int(self.age) if self.age.strip() else None,
            categories=frozenset(self.category),
            sextortion_forms=frozenset(self.sextortion_form),
            misuse_kinds=frozenset(self.misuse_kind),
            platforms=frozenset(named),
            manipulated_image=self.manipulated_image,
            police=self.police,
            further_help=self.further_help,
        )


@router.get("/chats/{conversation_id}/registration")
def show_for_chat(
    request: Request, conversation_id: UUID, pages: ServicePages, work: Work
) -> Response:
    """The form of a chat of one's own; what was registered already is shown in the list."""
    conversation = _own(work, conversation_id)
    if contact_of_conversation(work.session, conversation_id):
        return pages.see_other(CONTACTS, told="registered_already")
    return _page(request, pages, work, ContactForm(), conversation)


@router.post("/chats/{conversation_id}/registration")
def register_chat(
    request: Request,
    conversation_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[ContactForm, Form()],
) -> Response:
    chat = form.model_copy(update={"channel": Channel.CHAT})
    try:
        with work.session.begin_nested():
            contact = register_contact(work, chat.facts(), conversation_id)
    except NotFound:
        raise
    except DomainError as problem:
        return _page(request, pages, work, chat, _own(work, conversation_id), problem)
    return pages.see_other(f"{CONTACTS}/{contact.id}", told="registered")


@router.get(f"{CONTACTS}/new")
def show_for_call(request: Request, pages: ServicePages, work: Work) -> Response:
    return _page(request, pages, work, ContactForm(channel=Channel.PHONE), None)


@router.post(f"{CONTACTS}/new")
def register_call(
    request: Request, pages: ServicePages, work: Work, form: Annotated[ContactForm, Form()]
) -> Response:
    try:
        with work.session.begin_nested():
            contact = register_contact(work, form.facts())
    except DomainError as problem:
        return _page(request, pages, work, form, None, problem)
    return pages.see_other(f"{CONTACTS}/{contact.id}", told="registered")


@router.get(CONTACTS)
def show_contacts(request: Request, pages: ServicePages, work: Work) -> Response:
    contacts = newest_contacts(work.session, ROWS_SHOWN)
    return pages.render(
        request,
        "contact_list.html",
        contacts=contacts,
        categories=categories_of(work.session, contacts),
        most=ROWS_SHOWN,
    )


def _own(work: UnitOfWork, conversation_id: UUID) -> Conversation:
    found = work.session.get(Conversation, conversation_id)
    if found is None or found.worker_id != work.actor.id:
        raise NotFound
    return found


def _page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    form: ContactForm,
    conversation: Conversation | None,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "contact_form.html",
        status_code=problem.status if problem else 200,
        form=form,
        conversation=conversation,
        platforms=sorted(known_platforms(work.session), key=str.lower),
        channels=[Channel.PHONE, Channel.EMAIL],
        problem=problem,
        **CHOICES,
    )
