"""What staff of the helpline may do, and which role may do what."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    ANSWER_CONTACTS = "answer_contacts"
    PLAN_OPENING = "plan_opening"
    READ_MISSED = "read_missed"
    SEND_NOTICES = "send_notices"
    MANAGE_PROVIDERS = "manage_providers"
    MANAGE_ACCOUNTS = "manage_accounts"


ROLES: Mapping[str, frozenset[Permission]] = {
    "worker": frozenset({Permission.ANSWER_CONTACTS, Permission.SEND_NOTICES}),
    "coordinator": frozenset(
        {
            Permission.ANSWER_CONTACTS,
            Permission.SEND_NOTICES,
            Permission.MANAGE_PROVIDERS,
            Permission.PLAN_OPENING,
            Permission.READ_MISSED,
        }
    ),
    "admin": frozenset({Permission.MANAGE_ACCOUNTS}),
}
