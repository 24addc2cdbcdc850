"""A list of known pictures: where its entries come from, what they are, whether it is used."""

import re
from enum import StrEnum

from shared.domain.errors import Invalid

NAME = re.compile(r"[a-z][a-z0-9-]{1,39}")
LONGEST_PROVENANCE = 500
# What is listed in every environment, and known to be, so that a connection can be tried.
PUBLIC_TEST = "public-test"


class ListClass(StrEnum):
    """What an entry of the list is, as told to who checks.

    ILLEGAL: judged illegal under Dutch law. TEST: harmless, made for trying a connection.
    HARMLESS: known to be harmless; such an entry is never told, it suppresses matches.
    """

    ILLEGAL = "illegal"
    TEST = "test"
    HARMLESS = "harmless"


class ListState(StrEnum):
    """SUSPENDED: kept, and matched by nobody until it is active again."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


def check_description(name: str, provenance: str) -> None:
    """Raises Invalid: `list_name_invalid` or `provenance_missing`."""
    if not NAME.fullmatch(name):
        raise Invalid("list_name_invalid", fields=("name",))
    if not 0 < len(provenance.strip()) <= LONGEST_PROVENANCE:
        raise Invalid("provenance_missing", fields=("provenance",))
