"""What can change about what is listed; changes are numbered and followed in their order."""

from enum import StrEnum


class ListChange(StrEnum):
    """ENTRY_LISTED and ENTRY_WITHDRAWN are about one entry, LIST_CHANGED about a list's use.

    LIST_IMPORTED is about all that an import, or its rollback, listed and took off at once.
    """

    ENTRY_LISTED = "entry_listed"
    ENTRY_WITHDRAWN = "entry_withdrawn"
    LIST_CHANGED = "list_changed"
    LIST_IMPORTED = "list_imported"
