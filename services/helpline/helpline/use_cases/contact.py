"""Registering what a contact was about: a chat that was answered, or a call or mail by hand."""

from uuid import UUID

from shared.domain.errors import Conflict, NotFound
from shared.platform.contact.tables import Conversation
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.contact import FORM_VERSION, ContactFacts, check_contact
from helpline.domain.role import Permission
from helpline.queries.contact import contact_of_conversation, known_platforms
from helpline.tables import (
    Contact,
    ContactCategory,
    ContactMisuse,
    ContactPlatform,
    ContactSextortion,
    Platform,
)

LONGEST_NAME = 60
# source: annual report 2025, the platforms that it names.
FIRST_PLATFORMS = (
    "Instagram",
    "TikTok",
    "Snapchat",
    "WhatsApp",
    "Telegram",
    "Facebook",
    "Discord",
    "Roblox",
    "Habbo",
    "Twitch",
    "X",
    "YouTube",
    "Google",
    "Bing",
    "OnlyFans",
    "Reddit",
)


def register_contact(
    work: UnitOfWork, facts: ContactFacts, conversation_id: UUID | None = None
) -> Contact:
    """Write up a contact, once per conversation. Raises Invalid, NotFound, Conflict."""
    work.require(Permission.ANSWER_CONTACTS)
    check_contact(facts)
    if conversation_id is not None:
        _check_conversation(work, conversation_id)
    contact = Contact(
        conversation_id=conversation_id,
        channel=facts.channel,
        at=work.now,
        worker_id=work.actor.id or UUID(int=0),
        form_version=FORM_VERSION,
        registration_class=facts.registration_class,
        role=facts.role,
        gender=facts.gender,
        age=facts.age,
        manipulated_image=facts.manipulated_image,
        police=facts.police,
        further_help=facts.further_help,
    )
    work.session.add(contact)
    work.session.flush()
    _add_details(work, contact.id, facts)
    work.record("contact.registered", contact.id, reason=facts.registration_class.value)
    return contact


def _check_conversation(work: UnitOfWork, conversation_id: UUID) -> None:
    """Whoever had the conversation registers it, after it ended."""
    found = work.session.get(Conversation, conversation_id, with_for_update=True)
    if found is None or found.worker_id != work.actor.id:
        raise NotFound
    if found.ended_at is None:
        raise Conflict("conversation_runs")
    if contact_of_conversation(work.session, conversation_id) is not None:
        raise Conflict("registered_already")


def _add_details(work: UnitOfWork, contact_id: UUID, facts: ContactFacts) -> None:
    session = work.session
    session.add_all(
        ContactCategory(contact_id=contact_id, category=one) for one in facts.categories
    )
    session.add_all(
        ContactSextortion(contact_id=contact_id, form=one) for one in facts.sextortion_forms
    )
    session.add_all(ContactMisuse(contact_id=contact_id, kind=one) for one in facts.misuse_kinds)
    known = known_platforms(session)
    for name in facts.platforms:
        if name not in known:
            session.add(Platform(name=name, added_at=work.now))
            work.record("platform.added")
    session.flush()
    session.add_all(ContactPlatform(contact_id=contact_id, platform=one) for one in facts.platforms)


def add_first_platforms(work: UnitOfWork) -> None:
    """The platforms to begin with; those that are there stay."""
    known = known_platforms(work.session)
    for name in FIRST_PLATFORMS:
        if name not in known:
            work.session.add(Platform(name=name, added_at=work.now))
