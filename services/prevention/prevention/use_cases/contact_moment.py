"""Registering a moment under a pseudonym, and what comes of an appointment."""

from uuid import UUID, uuid4

from shared.domain.errors import Conflict, NotFound
from shared.platform.contact.pseudonym import draw_pseudonym
from shared.platform.contact.tables import Conversation
from shared.platform.unit_of_work import UnitOfWork

from prevention.domain.contact_moment import (
    FORM_VERSION,
    AppointmentState,
    MomentFacts,
    TreatmentIntent,
    check_appointment,
    check_intent,
    check_moment,
)
from prevention.domain.role import Permission
from prevention.queries import moment_of_conversation, person_called
from prevention.tables import Appointment, ContactMoment, MomentSubgroup, PersonRef


def register_moment(
    work: UnitOfWork,
    facts: MomentFacts,
    conversation_id: UUID | None = None,
    known_as: str = "",
) -> ContactMoment:
    """Write up a moment, once per conversation, of a new person or of one who is `known_as`.

    Raises Invalid, NotFound, Conflict.
    """
    work.require(Permission.ANSWER_CONTACTS)
    check_moment(facts)
    if conversation_id is not None:
        _check_conversation(work, conversation_id)
    person = _person(work, known_as)
    moment = ContactMoment(
        person_id=person.id,
        conversation_id=conversation_id,
        channel=facts.channel,
        at=work.now,
        worker_id=work.actor.id or UUID(int=0),
        form_version=FORM_VERSION,
        registration_class=facts.registration_class,
        target_group=facts.target_group,
        risk_level=facts.risk_level,
        risk_action=facts.risk_action,
    )
    work.session.add(moment)
    work.session.flush()
    work.session.add_all(
        MomentSubgroup(moment_id=moment.id, subgroup=one) for one in facts.subgroups
    )
    if facts.plans_appointment:
        work.session.add(Appointment(person_id=person.id, planned_at=work.now))
    work.record("moment.registered", moment.id, reason=facts.registration_class.value)
    return moment


def move_appointment(work: UnitOfWork, appointment_id: UUID, state: AppointmentState) -> None:
    """Raises NotFound, Conflict `bad_transition`."""
    found = _appointment(work, appointment_id)
    check_appointment(found.state, state)
    found.state = state
    work.record("appointment.moved", found.id, reason=state.value)


def note_intent(work: UnitOfWork, appointment_id: UUID, intent: TreatmentIntent) -> None:
    """Raises NotFound, Conflict `not_called_yet`."""
    found = _appointment(work, appointment_id)
    check_intent(found.state)
    found.intent = intent
    work.record("appointment.intent", found.id, reason=intent.value)


def _appointment(work: UnitOfWork, appointment_id: UUID) -> Appointment:
    work.require(Permission.ANSWER_CONTACTS)
    found = work.session.get(Appointment, appointment_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found


def _check_conversation(work: UnitOfWork, conversation_id: UUID) -> None:
    """Whoever had the conversation registers it, after it ended."""
    found = work.session.get(Conversation, conversation_id, with_for_update=True)
    if found is None or found.worker_id != work.actor.id:
        raise NotFound
    if found.ended_at is None:
        raise Conflict("conversation_runs")
    if moment_of_conversation(work.session, conversation_id) is not None:
        raise Conflict("registered_already")


def _person(work: UnitOfWork, known_as: str) -> PersonRef:
    if known_as:
        known = person_called(work.session, known_as)
        if known is None:
            raise NotFound("unknown_person")
        return known
    name = draw_pseudonym()
    while person_called(work.session, name) is not None:
        name = draw_pseudonym()
    person = PersonRef(id=uuid4(), pseudonym=name, created_at=work.now)
    work.session.add(person)
    work.session.flush()
    return person
