"""What staff of the prevention line may do, and which role may do what."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    MANAGE_ACCOUNTS = "manage_accounts"


ROLES: Mapping[str, frozenset[Permission]] = {
    "admin": frozenset({Permission.MANAGE_ACCOUNTS}),
}
