"""How somebody of a hosting company gets to the client page: by a link to their mailbox."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.domain.errors import Invalid
from shared.domain.mailbox import is_mailbox

LINK_LIFE = timedelta(hours=1)
SESSION_LIFE = timedelta(hours=8)
# Mails to one mailbox per hour, so that nobody can fill that of somebody else.
MOST_LINKS = 3
# Sandbox keys that are asked for on one day, by everybody together.
MOST_SANDBOXES = 200
# After that a link is forgotten, with the mailbox of who never came.
LINKS_ARE_KEPT = timedelta(days=1)
SHORTEST_COMPANY, LONGEST_COMPANY = 2, 120


@dataclass(frozen=True, slots=True)
class Letter:
    """What is mailed. With `is_sandbox` it confirms a request for a sandbox key."""

    mailbox: str
    token: str
    is_sandbox: bool
    written_at: datetime


def mailbox_in(text: str) -> str:
    """Raises Invalid `mailbox_invalid`."""
    typed = text.strip().lower()
    if not is_mailbox(typed):
        raise Invalid("mailbox_invalid", fields=("mailbox",))
    return typed


def company_in(text: str) -> str:
    """Raises Invalid `company_invalid`."""
    typed = " ".join(text.split())
    if not SHORTEST_COMPANY <= len(typed) <= LONGEST_COMPANY or not typed.isprintable():
        raise Invalid("company_invalid", fields=("company",))
    return typed
