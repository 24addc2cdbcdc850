"""What a contact of the helpline was about, in codes; "unknown" is a value, never an absence.

source: research "Enumerations: shared", "Enumerations: helpline"; annual report 2025, chapter 04.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from shared.domain.conversation import Channel
from shared.domain.errors import Invalid

# Stored with each registration, so that an old one is read by the form it was filled in with.
FORM_VERSION = 1
OLDEST = 110


class RegistrationClass(StrEnum):
    """What it counts as. Only a chat can end before anything is known (H-06)."""

    HELP_REQUEST = "help_request"
    INSUFFICIENT_INFORMATION = "insufficient_information"
    OTHER_EXCLUDED = "other_excluded"
    SILENT = "silent"
    WRONG_NUMBER = "wrong_number"
    TEST = "test"
    ABUSIVE = "abusive"
    PRANK = "prank"
    PRESS = "press"
    INTERNAL = "internal"


class ContactRole(StrEnum):
    NOT_ASKED = "not_asked"
    SELF = "self"
    PARENT_CARER = "parent_carer"
    PARTNER = "partner"
    OTHER_FAMILY = "other_family"
    FRIEND_PEER = "friend_peer"
    SCHOOL = "school"
    PROFESSIONAL = "professional"
    BYSTANDER = "bystander"
    POSSIBLE_PERPETRATOR = "possible_perpetrator"
    NOT_KNOWN = "not_known"


class PersonGender(StrEnum):
    NOT_ASKED = "not_asked"
    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non_binary"
    OTHER = "other"
    DECLINED = "declined"
    NOT_KNOWN = "not_known"


class Category(StrEnum):
    SEXTORTION = "sextortion"
    IMAGE_SHARED_WITHOUT_CONSENT = "image_shared_without_consent"
    DOXING = "doxing"
    PORTRAIT_RIGHT = "portrait_right"
    SOCIAL_MEDIA_MISUSE = "social_media_misuse"
    ONLINE_BULLYING = "online_bullying"
    GROOMING = "grooming"
    UNWANTED_SEXTING = "unwanted_sexting"
    IMAGE_MANIPULATION_BULLYING = "image_manipulation_bullying"
    ONLINE_EXCLUSION = "online_exclusion"
    GAMING_TOXICITY = "gaming_toxicity"
    EXPOSE_GROUP = "expose_group"
    THREAT = "threat"
    CYBERSTALKING = "cyberstalking"
    CATFISHING = "catfishing"
    HATE_DISCRIMINATION = "hate_discrimination"
    DEFAMATION = "defamation"
    CSAM_SEEN = "csam_seen"
    INFORMATION_REQUEST = "information_request"
    OTHER = "other"


class SextortionForm(StrEnum):
    FINANCIAL = "financial"
    MORE_IMAGERY = "more_imagery"
    FORCE_CONTACT = "force_contact"
    OTHER = "other"
    NOT_KNOWN = "not_known"


class MisuseKind(StrEnum):
    HACKED_ACCOUNT = "hacked_account"
    DATING_FRAUD = "dating_fraud"
    FAKE_MAIL = "fake_mail"
    PHISHING = "phishing"
    IDENTITY_FRAUD = "identity_fraud"
    SALE_FRAUD = "sale_fraud"
    OTHER = "other"


class ManipulatedImage(StrEnum):
    """A lower bound: what was not seen may still have been made (H-11)."""

    NONE_KNOWN = "none_known"
    AI_GENERATED = "ai_generated"
    EDITED = "edited"
    SUSPECTED = "suspected"


class PoliceContact(StrEnum):
    """Whether the police question was asked, and what was answered (H-12)."""

    NOT_ASKED = "not_asked"
    NO_UNWILLING_AFRAID = "no_unwilling_afraid"
    ALREADY_WENT = "already_went"
    PLANS_TO = "plans_to"
    DOUBTS = "doubts"
    NO_ANSWER = "no_answer"


class FurtherHelp(StrEnum):
    NOT_ASKED = "not_asked"
    NONE_NEEDED = "none_needed"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A registration as it was filled in. `age` is in years, None when it is not known."""

    channel: Channel
    registration_class: RegistrationClass
    role: ContactRole = ContactRole.NOT_ASKED
    gender: PersonGender = PersonGender.NOT_ASKED
    age: int | None = None
    categories: frozenset[Category] = frozenset()
    sextortion_forms: frozenset[SextortionForm] = frozenset()
    misuse_kinds: frozenset[MisuseKind] = frozenset()
    platforms: frozenset[str] = frozenset()
    manipulated_image: ManipulatedImage = ManipulatedImage.NONE_KNOWN
    police: PoliceContact = PoliceContact.NOT_ASKED
    further_help: FurtherHelp = FurtherHelp.NOT_ASKED


def check_contact(facts: ContactFacts) -> None:
    """Raises Invalid with the field at fault for a registration that cannot be counted."""
    is_chat = facts.channel is Channel.CHAT
    if facts.registration_class is RegistrationClass.INSUFFICIENT_INFORMATION and not is_chat:
        raise Invalid("only_in_chat", fields=("registration_class",))
    if facts.age is not None and not 0 <= facts.age <= OLDEST:
        raise Invalid("bad_age", fields=("age",))
    if facts.registration_class is RegistrationClass.HELP_REQUEST and not facts.categories:
        raise Invalid("category_missing", fields=("category",))
    _check_pair(Category.SEXTORTION, facts.categories, facts.sextortion_forms, "sextortion_form")
    _check_pair(Category.SOCIAL_MEDIA_MISUSE, facts.categories, facts.misuse_kinds, "misuse_kind")


def _check_pair(
    category: Category, chosen: frozenset[Category], details: Collection[StrEnum], field: str
) -> None:
    """A category with a form of its own needs one answer of it, and the form needs its category."""
    if (category in chosen) != bool(details):
        raise Invalid("details_missing" if not details else "details_stray", fields=(field,))
