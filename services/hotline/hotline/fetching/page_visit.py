"""A visit to one address: a picture, or a page with the pictures it shows, within its caps."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from shared.domain.errors import DomainError

from hotline.domain.fetch import FetchCode
from hotline.fetching.extraction import PageContent, read_page, read_sheet
from hotline.fetching.fingerprint import fingerprint
from hotline.fetching.refusal import NotRead
from hotline.fetching.retrieval import Answer, Retriever
from hotline.fetching.sniffing import PAGE, is_picture, media_type

PAGE_SECONDS = 60.0
MOST_ITEMS = 500
MOST_PAGE_BYTES = 50 * 1024 * 1024
MOST_PARTS = 10
PICTURES_AT_ONCE = 4
# Tracking dots, bullets and spacers; a file this small on a page is not looked at.
# A picture reported by its own address is, whatever its size. source: research row UR-7
TINY_BYTES = 1024

Found = TypeVar("Found")
Look = Callable[[Answer, str], Awaitable[Found | None]]
"""One picture as it was answered, under the address that the page names, and its media type.

The bytes may not be kept.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """A page that was read; `content` includes the pictures of its frames and style sheets."""

    ips: tuple[str, ...]
    http_status: int
    content: PageContent
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Lone(Generic[Found]):
    """The address was a picture itself; None when it could not be decoded."""

    ips: tuple[str, ...]
    http_status: int
    found: Found | None


@dataclass(slots=True)
class Gathered(Generic[Found]):
    """In the order of the page. `is_capped`: a cap of the page ended it early."""

    by_position: dict[int, Found] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    byte_count: int = 0
    is_capped: bool = False
    failure: DomainError | None = None

    @property
    def found(self) -> list[Found]:
        return [self.by_position[position] for position in sorted(self.by_position)]


class Visit:
    """One egress, one deadline, one set of caps."""

    def __init__(self, retriever: Retriever, egress: str) -> None:
        self._retriever = retriever
        self._egress = egress
        self._deadline = asyncio.get_running_loop().time() + PAGE_SECONDS

    async def open(self, address: str, look: Look[Found]) -> Page | Lone[Found]:
        """Raises NotRead when there is neither a picture nor a page."""
        async with self._retriever.open(address, self._egress) as answer:
            kind = media_type(answer.content)
            if is_picture(kind):
                found = await look(answer, kind)
                return Lone(answer.ips, answer.http_status, found)
            page = await _page(kind, answer)
        return replace(page, content=await self._with_parts(page.content))

    async def gather(
        self, addresses: tuple[str, ...], look: Look[Found], most_found: int = MOST_ITEMS
    ) -> Gathered[Found]:
        """Look at each picture. Raises DomainError when the looking itself is out of order."""
        gathered: Gathered[Found] = Gathered(is_capped=len(addresses) > MOST_ITEMS)
        queue = iter(enumerate(addresses[:MOST_ITEMS]))
        try:
            async with asyncio.timeout_at(self._deadline), asyncio.TaskGroup() as group:
                for _ in range(PICTURES_AT_ONCE):
                    group.create_task(self._walk(queue, look, gathered, most_found))
        except TimeoutError:
            gathered.is_capped = True
        if gathered.failure:
            raise gathered.failure
        return gathered

    async def _walk(
        self,
        queue: Iterator[tuple[int, str]],
        look: Look[Found],
        gathered: Gathered[Found],
        most_found: int,
    ) -> None:
        for position, address in queue:
            if gathered.failure or len(gathered.by_position) >= most_found:
                return
            if gathered.byte_count > MOST_PAGE_BYTES:
                gathered.is_capped = True
                return
            try:
                found = await self._look_at(address, look, gathered)
            except NotRead:
                gathered.missed.append(address)
            except DomainError as error:
                gathered.failure = error
            else:
                if found is not None:
                    gathered.by_position[position] = found

    async def _look_at(
        self, address: str, look: Look[Found], gathered: Gathered[Found]
    ) -> Found | None:
        async with self._retriever.open(address, self._egress) as answer:
            gathered.byte_count += len(answer.content)
            kind = media_type(answer.content)
            if not is_picture(kind) or len(answer.content) <= TINY_BYTES:
                return None
            return await look(replace(answer, address=address), kind)

    async def _with_parts(self, content: PageContent) -> PageContent:
        """Frames and style sheets one level deep; one that cannot be read shows nothing."""
        pictures = dict.fromkeys(content.pictures)
        videos = dict.fromkeys(content.videos)
        try:
            async with asyncio.timeout_at(self._deadline):
                for address in content.sheets[:MOST_PARTS]:
                    pictures |= dict.fromkeys(await self._painted_by(address))
                for address in content.frames[:MOST_PARTS]:
                    frame = await self._shown_by(address)
                    pictures |= dict.fromkeys(frame.pictures)
                    videos |= dict.fromkeys(frame.videos)
        except TimeoutError:
            pass
        return replace(content, pictures=tuple(pictures), videos=tuple(videos))

    async def _painted_by(self, address: str) -> tuple[str, ...]:
        try:
            async with self._retriever.open(address, self._egress) as answer:
                return await asyncio.to_thread(read_sheet, answer.content, answer.address)
        except NotRead:
            return ()

    async def _shown_by(self, address: str) -> PageContent:
        try:
            async with self._retriever.open(address, self._egress) as answer:
                kind = media_type(answer.content)
                if is_picture(kind):
                    return PageContent("", "", (answer.address,))
                return (await _page(kind, answer)).content
        except NotRead:
            return PageContent("", "", ())


async def _page(kind: str, answer: Answer) -> Page:
    if kind != PAGE:
        raise NotRead(FetchCode.NOT_READABLE, http_status=answer.http_status, ips=answer.ips)
    content = await asyncio.to_thread(read_page, answer.content, answer.address)
    mark = await asyncio.to_thread(fingerprint, content)
    return Page(answer.ips, answer.http_status, content, mark)
