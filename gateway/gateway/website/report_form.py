"""What a visitor typed into the report form, and what is wrong with it.

The form travels in the page from step to step: nothing about a visitor is kept in between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self
from uuid import UUID, uuid4

from email_validator import EmailNotValidError, validate_email
from shared.contracts.hotline import (
    LONGEST_ADDRESS,
    LONGEST_NOTE,
    MOST_ADDRESSES,
    ReportIntake,
)

ANONYMOUS, BY_EMAIL = "anonymous", "email"
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class ReportForm:
    """The fields as typed.

    `key` is made when the answers are shown for the last time. Those cannot change any more, so
    one key is one report, however often it is sent.
    """

    danger: str = ""
    addresses: str = ""
    note: str = ""
    contact: str = ""
    contact_email: str = ""
    key: str = ""

    @classmethod
    def from_fields(cls, fields: Mapping[str, str]) -> Self:
        names = ("danger", "addresses", "note", "contact", "contact_email", "key")
        return cls(**{name: fields.get(name, "").replace("\r\n", "\n") for name in names})

    def with_new_key(self) -> Self:
        return replace(self, key=str(uuid4()))

    @property
    def lines(self) -> list[str]:
        """The addresses as typed, one a line; empty lines are none."""
        return [line.strip() for line in self.addresses.split("\n") if line.strip()]

    @property
    def child_in_danger(self) -> bool:
        return self.danger == YES

    def problems(self) -> dict[str, str]:
        """Code of what is wrong, by field; in the order of the page."""
        found = {
            "danger": "" if self.danger in {YES, NO} else "answer_missing",
            "addresses": self._addresses_problem(),
            "note": "note_too_long" if len(self.note) > LONGEST_NOTE else "",
            "contact": "" if self.contact in {ANONYMOUS, BY_EMAIL} else "answer_missing",
            "contact_email": self._email_problem(),
        }
        return {name: code for name, code in found.items() if code}

    def _addresses_problem(self) -> str:
        if not self.lines:
            return "addresses_missing"
        if len(self.lines) > MOST_ADDRESSES:
            return "too_many_addresses"
        if any(len(line) > LONGEST_ADDRESS for line in self.lines):
            return "address_too_long"
        return ""

    def _email_problem(self) -> str:
        email = self.contact_email.strip()
        if self.contact == ANONYMOUS and email:
            return "contradiction"
        if self.contact == BY_EMAIL and not email:
            return "contact_missing"
        if self.contact == BY_EMAIL and not _is_email(email):
            return "bad_email"
        return ""

    def intake(self) -> ReportIntake:
        """The report for the hotline. Call it on a form without problems."""
        by_email = self.contact == BY_EMAIL
        return ReportIntake(
            addresses=self.lines,
            note=self.note.strip(),
            contact_email=self.contact_email.strip() if by_email else None,
            anonymous=not by_email,
            child_in_danger=self.child_in_danger,
        )

    def idempotency_key(self) -> UUID:
        """The key of the page; a page that lost it is a report of its own."""
        try:
            return UUID(self.key)
        except ValueError:
            return uuid4()


def _is_email(text: str) -> bool:
    try:
        validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        return False
    return True
