"""Registering moments: the form after a chat, the same for a call or a mail, and appointments."""

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

from prevention.domain.contact_moment import (
    AppointmentState,
    MomentFacts,
    RegistrationClass,
    RiskAction,
    RiskLevel,
    Subgroup,
    TargetGroup,
    TreatmentIntent,
)
from prevention.domain.role import Permission
from prevention.queries import moment_of_conversation, names_of, newest_moments, open_appointments
from prevention.use_cases.contact_moment import move_appointment, note_intent, register_moment

router = APIRouter(include_in_schema=False, dependencies=[staff(Permission.ANSWER_CONTACTS)])

MOMENTS = "/moments"
ROWS_SHOWN = 100
CHOICES: dict[str, Any] = {
    "classes": list(RegistrationClass),
    "groups": list(TargetGroup),
    "subgroups": list(Subgroup),
    "risk_levels": list(RiskLevel),
    "risk_actions": list(RiskAction),
}


class MomentForm(BaseModel):
    """The registration as it comes from the page."""

    channel: Channel = Channel.CHAT
    known_as: str = Field(default="", max_length=60)
    registration_class: RegistrationClass = RegistrationClass.HELP_REQUEST
    target_group: TargetGroup = TargetGroup.SELF
    subgroup: list[Subgroup] = Field(default_factory=list)
    risk_level: RiskLevel = RiskLevel.NOT_DISCUSSED
    risk_action: RiskAction = RiskAction.NONE
    appointment: bool = False

    def facts(self) -> MomentFacts:
        return MomentFacts(
            channel=self.channel,
            registration_class=self.registration_class,
            target_group=self.target_group,
            subgroups=frozenset(self.subgroup),
            risk_level=self.risk_level,
            risk_action=self.risk_action,
            plans_appointment=self.appointment,
        )


@router.get("/chats/{conversation_id}/registration")
def show_for_chat(
    request: Request, conversation_id: UUID, pages: ServicePages, work: Work
) -> Response:
    """The form of a chat of one's own; what was registered already is shown in the list."""
    conversation = _own(work, conversation_id)
    if moment_of_conversation(work.session, conversation_id):
        return pages.see_other(MOMENTS, told="registered_already")
    return _page(request, pages, work, MomentForm(), conversation)


@router.post("/chats/{conversation_id}/registration")
def register_chat(
    request: Request,
    conversation_id: UUID,
    pages: ServicePages,
    work: Work,
    form: Annotated[MomentForm, Form()],
) -> Response:
    conversation = _own(work, conversation_id)
    chat = form.model_copy(update={"channel": Channel.CHAT})
    return _register(request, pages, work, chat, conversation)


@router.get(f"{MOMENTS}/new")
def show_for_call(request: Request, pages: ServicePages, work: Work) -> Response:
    return _page(request, pages, work, MomentForm(channel=Channel.PHONE), None)


@router.post(f"{MOMENTS}/new")
def register_call(
    request: Request, pages: ServicePages, work: Work, form: Annotated[MomentForm, Form()]
) -> Response:
    return _register(request, pages, work, form, None)


@router.get(MOMENTS)
def show_moments(request: Request, pages: ServicePages, work: Work) -> Response:
    moments = newest_moments(work.session, ROWS_SHOWN)
    appointments = open_appointments(work.session, ROWS_SHOWN)
    persons = {row.person_id for row in moments} | {row.person_id for row in appointments}
    return pages.render(
        request,
        "moments.html",
        moments=moments,
        appointments=appointments,
        names=names_of(work.session, persons),
        intents=list(TreatmentIntent)[1:],
        most=ROWS_SHOWN,
    )


@router.post("/appointments/{appointment_id}/state")
def move(
    appointment_id: UUID,
    pages: ServicePages,
    work: Work,
    state: Annotated[AppointmentState, Form()],
) -> Response:
    move_appointment(work, appointment_id, state)
    return pages.see_other(MOMENTS, told="saved")


@router.post("/appointments/{appointment_id}/intent")
def intent(
    appointment_id: UUID,
    pages: ServicePages,
    work: Work,
    intent: Annotated[TreatmentIntent, Form()],
) -> Response:
    note_intent(work, appointment_id, intent)
    return pages.see_other(MOMENTS, told="saved")


def _register(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    form: MomentForm,
    conversation: Conversation | None,
) -> Response:
    try:
        with work.session.begin_nested():
            register_moment(
                work, form.facts(), conversation.id if conversation else None, form.known_as.strip()
            )
    except DomainError as problem:
        return _page(request, pages, work, form, conversation, problem)
    return pages.see_other(MOMENTS, told="registered")


def _own(work: UnitOfWork, conversation_id: UUID) -> Conversation:
    found = work.session.get(Conversation, conversation_id)
    if found is None or found.worker_id != work.actor.id:
        raise NotFound
    return found


def _page(
    request: Request,
    pages: Pages,
    work: UnitOfWork,
    form: MomentForm,
    conversation: Conversation | None,
    problem: DomainError | None = None,
) -> Response:
    return pages.render(
        request,
        "moment_form.html",
        status_code=problem.status if problem else 200,
        form=form,
        conversation=conversation,
        channels=[Channel.PHONE, Channel.EMAIL],
        problem=problem,
        **CHOICES,
    )
