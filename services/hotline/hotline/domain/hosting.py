"""Where an address is hosted, who answers for that network, and whether its contact may be used."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# The hotline sends notices to providers in the Netherlands itself.
HOME_COUNTRY = "NL"

# Left in registries when a registrar hides a contact; a notice to it reaches nobody.
PLACEHOLDERS = ("redacted", "removed", "privacy", "not.available", "example@")
# source: RFC 5321, 4.5.3.1.3 without its brackets, and 4.1.2: a Dot-string at a Domain.
LONGEST_MAILBOX = 254
MAILBOX = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9-]+\.)+[a-z0-9-]+",
    re.I | re.ASCII,
)


class ContactSource(StrEnum):
    """Who says that this is the abuse contact."""

    RDAP = "rdap"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class HostingContact:
    """The answer of a registry about one IP address; `abuse_email` is empty when it names none."""

    name: str
    abuse_email: str
    handle: str
    source: ContactSource
    looked_up_at: datetime

    @property
    def provider_key(self) -> str:
        """What tells providers apart; a registry may give no handle. Empty when nobody is named."""
        return self.handle or self.name or self.abuse_email


@dataclass(frozen=True, slots=True)
class NetworkFacts:
    """What the loaded network table says about an IP address; `country` is ISO 3166-1 alpha-2."""

    prefix: str
    country: str
    asn: int
    as_name: str


def is_plausible_contact(email: str) -> bool:
    """Whether a registry's contact is one mailbox, and looks like one that somebody reads."""
    return is_mailbox(email) and not any(mark in email.casefold() for mark in PLACEHOLDERS)


def is_mailbox(text: str) -> bool:
    """Whether a text is the address of one mailbox and nothing else."""
    return len(text) <= LONGEST_MAILBOX and MAILBOX.fullmatch(text) is not None


def is_usable_at_once(contact: HostingContact, *, trusts_registries: bool) -> bool:
    """Whether a notice may go to a contact that no person has looked at yet.

    A registry's own answer may be trusted by setting, so that no clock is lost (HO-5).
    """
    from_registry = contact.source is ContactSource.RDAP
    return trusts_registries and from_registry and is_plausible_contact(contact.abuse_email)
