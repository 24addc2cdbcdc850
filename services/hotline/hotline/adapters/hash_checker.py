"""The hotline's side of the Hash Check Service."""

from uuid import UUID

from shared.contracts.hashcheck import (
    MOST_ITEMS,
    CheckAnswer,
    CheckItem,
    CheckRequest,
    EntryClassification,
)
from shared.domain.errors import NotFound, TooLarge, Unavailable
from shared.platform.peer import Peer

CHECK_SECONDS = 10.0


class HashcheckClient:
    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def check(self, items: list[CheckItem]) -> CheckAnswer:
        """At most MOST_ITEMS. Raises TooLarge, Unavailable."""
        if len(items) > MOST_ITEMS:
            raise TooLarge("batch_too_large")
        answer = self._peer.post("/v1/check", CheckRequest(items=items), CheckAnswer)
        if len(answer.results) != len(items):
            raise Unavailable("answer_not_understood")
        return answer

    def entry(self, entry_id: UUID) -> EntryClassification:
        return self._peer.get(f"/internal/entries/{entry_id}", EntryClassification)


class NullHashChecker:
    """Knows no list; a picture asked here has been checked against nothing."""

    def check(self, items: list[CheckItem]) -> CheckAnswer:
        raise Unavailable("hash_check_not_configured")

    def entry(self, entry_id: UUID) -> EntryClassification:
        raise NotFound
