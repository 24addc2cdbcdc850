"""What the hotline needs from outside its own database; adapters implement it.

Every method may raise Unavailable, and is called outside any transaction.
"""

from typing import Protocol
from uuid import UUID

from shared.contracts.hashcheck import CheckAnswer, CheckItem, EntryClassification

from hotline.domain.fetch import FetchOutcome, Picture, ProbeOutcome
from hotline.domain.hosting import HostingContact
from hotline.domain.takedown import MailOutcome, NoticeLetter


class PageFetcher(Protocol):
    def fetch(self, address: str, url_id: UUID) -> FetchOutcome:
        """Fetch a page with its pictures, or one picture, through the guard."""
        ...

    def egresses(self) -> list[str]:
        """The names of the vantage points a probe can start from; at least one."""
        ...


class Prober(Protocol):
    def probe(
        self,
        address: str,
        *,
        sha256: str | None,
        pdq: str | None,
        page_fingerprint: str,
        known_ips: tuple[str, ...],
        egress: str,
    ) -> ProbeOutcome:
        """Look whether what was seen at the address is still there, from one vantage point.

        `known_ips`, where it was hosted, tell a move from a removal.
        """
        ...


class Imagery(Protocol):
    def show(self, imagery_id: UUID, profile: str) -> Picture:
        """A sealed picture as `thumb`, `blurred` or `full`. Raises NotFound when it expired."""
        ...

    def forget(self, imagery_id: UUID) -> None:
        """Destroy a sealed picture; one that is not there is no error."""
        ...


class HashChecker(Protocol):
    def check(self, items: list[CheckItem]) -> CheckAnswer:
        """Ask the hash check service about hashes, answered in their order."""
        ...

    def entry(self, entry_id: UUID) -> EntryClassification:
        """What people decided about a listed entry. Raises NotFound."""
        ...


class HostingLookup(Protocol):
    def look_up(self, ip: str) -> HostingContact:
        """Ask the registries whose network an IP address is in. Raises NotFound."""
        ...


class NoticeMailer(Protocol):
    def send(self, letter: NoticeLetter) -> MailOutcome:
        """Mail a letter once. Unavailable says the same as LATER: it surely was not taken."""
        ...
