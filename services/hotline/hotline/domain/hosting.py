"""Where an address is hosted, who answers for that network, and whether its contact may be used."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.domain.mailbox import is_mailbox

# The hotline sends notices to providers in the Netherlands itself.
HOME_COUNTRY = "NL"

# Left in registries when a registrar hides a contact; a notice to it reaches nobody.
PLACEHOLDERS = ("redacted", "removed", "privacy", "not.available", "example@")


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


def is_usable_at_once(contact: HostingContact, *, trusts_registries: bool) -> bool:
    """Whether a notice may go to a contact that no person has looked at yet.

    A registry's own answer may be trusted by setting, so that no clock is lost (HO-5).
    """
    from_registry = contact.source is ContactSource.RDAP
    return trusts_registries and from_registry and is_plausible_contact(contact.abuse_email)
