"""Who may do what at the gateway: the public may report and ask, management sees totals only."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    SEE_FIGURES = "figures.see"
    MANAGE_ACCOUNTS = "accounts.manage"


ROLES: Mapping[str, frozenset[Permission]] = {
    "management": frozenset({Permission.SEE_FIGURES}),
    "administrator": frozenset({Permission.MANAGE_ACCOUNTS}),
}
