"""A citizen's report: what is taken, in which state it is, and what its reporter may know."""

from dataclasses import dataclass
from enum import StrEnum

from shared.domain.errors import DomainError, Invalid

from hotline.domain.address_text import addresses_in
from hotline.domain.web_address import WebAddress, parse_address

# source: docs/architecture.md, "Errors and limits".
MOST_ADDRESSES = 50


class Origin(StrEnum):
    """Where reports come from. source: research table 3.1."""

    PUBLIC_WEB = "public_web"
    POLICE_NL = "police_nl"
    INHOPE_ICCAM = "inhope_iccam"
    HELPLINE = "helpline"
    PREVENTION_LINE = "prevention_line"
    ANALYST_PROACTIVE = "analyst_proactive"


class ReportState(StrEnum):
    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    PROCESSED = "processed"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One mention of an address; `position` is the entry of the form it stood in, from 0."""

    position: int
    address: WebAddress


@dataclass(frozen=True, slots=True)
class Refusal:
    position: int
    code: str


@dataclass(frozen=True, slots=True)
class ReadAddresses:
    occurrences: tuple[Occurrence, ...]
    refusals: tuple[Refusal, ...]


def read_addresses(entries: list[str]) -> ReadAddresses:
    """The addresses of a report, each occurrence apart, and what was not taken.

    Raises Invalid with the first refusal's code when no address is left, too_many_addresses when
    sentences held more than MOST_ADDRESSES together.
    """
    found: list[Occurrence] = []
    refused: list[Refusal] = []
    for position, entry in enumerate(entries):
        texts = addresses_in(entry)
        if not texts:
            refused.append(Refusal(position, "no_address"))
        for text in texts:
            try:
                found.append(Occurrence(position, parse_address(text)))
            except DomainError as refusal:
                refused.append(Refusal(position, refusal.code))
    if len(found) + len(refused) > MOST_ADDRESSES:
        raise Invalid("too_many_addresses", fields=("addresses",))
    if not found:
        raise Invalid(
            refused[0].code if refused else "no_address",
            fields=tuple(f"addresses.{refusal.position}" for refusal in refused) or ("addresses",),
        )
    return ReadAddresses(tuple(found), tuple(refused))


def check_contact(email: str | None, *, anonymous: bool) -> None:
    """Raises Invalid: a contact in an anonymous report, none in another, or a broken address."""
    if anonymous and email:
        raise Invalid("contradiction", fields=("anonymous", "contact_email"))
    if anonymous:
        return
    if not email:
        raise Invalid("contact_missing", fields=("contact_email",))
    local, at, domain = email.rpartition("@")
    if not (local and at and "." in domain) or any(sign.isspace() for sign in email):
        raise Invalid("bad_email", fields=("contact_email",))
