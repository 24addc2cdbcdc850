"""Accounts from a file: how the first administrator of an installation gets in.

A JSON list of objects with `name`, `display_name`, `role`, `password` and `totp_seed` (base32).
The file holds secrets: it belongs to the one who runs the command and is removed afterwards.
"""

from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from sqlmodel import select

from shared.domain.errors import Invalid
from shared.platform.account_tables import StaffAccount
from shared.platform.staff import NewAccount, StaffDesk
from shared.platform.unit_of_work import UnitOfWork

_ACCOUNTS = TypeAdapter(list[NewAccount])


def read_staff(file: Path) -> list[NewAccount]:
    """Raises Invalid `bad_staff_file` without repeating what the file says."""
    try:
        return _ACCOUNTS.validate_json(file.read_bytes())
    except ValidationError:
        raise Invalid("bad_staff_file") from None


def add_staff(work: UnitOfWork, desk: StaffDesk, accounts: list[NewAccount]) -> int:
    """Make the accounts whose names are new, and say how many those were."""
    known = set(work.session.exec(select(StaffAccount.name)))
    new = [account for account in accounts if account.name not in known]
    for account in new:
        desk.create_account(work, account)
    return len(new)
