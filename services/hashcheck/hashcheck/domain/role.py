"""Who may do what in the Hash Check Service."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Permission(StrEnum):
    SEE_LISTS = "see_lists"
    PROPOSE_ENTRIES = "propose_entries"
    DECIDE_ENTRIES = "decide_entries"
    EDIT_LISTS = "edit_lists"
    SEE_CLIENTS = "see_clients"
    EDIT_CLIENTS = "edit_clients"
    SEE_CHECKS = "see_checks"
    MANAGE_ACCOUNTS = "manage_accounts"


LIST_STEWARD = "list_steward"
CLIENT_MANAGER = "client_manager"
AUDITOR = "auditor"
ADMINISTRATOR = "administrator"

# An administrator keeps the accounts and decides about nothing that is listed.
ROLES: Mapping[str, frozenset[Permission]] = MappingProxyType(
    {
        LIST_STEWARD: frozenset(
            {
                Permission.SEE_LISTS,
                Permission.PROPOSE_ENTRIES,
                Permission.DECIDE_ENTRIES,
                Permission.EDIT_LISTS,
                Permission.SEE_CHECKS,
            }
        ),
        CLIENT_MANAGER: frozenset(
            {Permission.SEE_CLIENTS, Permission.EDIT_CLIENTS, Permission.SEE_CHECKS}
        ),
        AUDITOR: frozenset({Permission.SEE_LISTS, Permission.SEE_CLIENTS, Permission.SEE_CHECKS}),
        ADMINISTRATOR: frozenset({Permission.MANAGE_ACCOUNTS}),
    }
)
