"""Fetching a reported address: every picture hashed, and sealed for whoever must see it."""

from uuid import UUID, uuid5

from hotline.domain.fetch import FetchCode, FetchedPicture, FetchOrder, FetchOutcome, FetchResult
from hotline.fetching.image_worker import ImageWorker, hash_or_none
from hotline.fetching.page_visit import Lone, Page, Visit
from hotline.fetching.refusal import NotRead
from hotline.fetching.retrieval import Answer, Retriever
from hotline.fetching.sealed_imagery import SealedImagery

_GONE = frozenset({FetchCode.HTTP_GONE, FetchCode.NAME_UNKNOWN})
# Another try may go better; everything else is an answer, or a refusal that will stand.
_PASSING = frozenset(
    {
        FetchCode.NAME_LOOKUP_FAILED,
        FetchCode.CONNECT_FAILED,
        FetchCode.TLS_FAILED,
        FetchCode.TOO_SLOW,
        FetchCode.BROKEN_ANSWER,
        FetchCode.HTTP_ERROR,
    }
)


class Fetcher:
    def __init__(self, retriever: Retriever, worker: ImageWorker, imagery: SealedImagery) -> None:
        self._retriever = retriever
        self._worker = worker
        self._imagery = imagery

    async def fetch(self, order: FetchOrder) -> FetchOutcome:
        """Never raises for what a site does; Unavailable when the image worker is."""

        async def look(answer: Answer, media_type: str) -> FetchedPicture | None:
            return await self._take(order.url_id, answer, media_type)

        visit = Visit(self._retriever, order.egress)
        try:
            seen = await visit.open(order.address, look)
        except NotRead as refused:
            return _not_read(refused)
        if isinstance(seen, Lone):
            return _lone(seen)
        gathered = await visit.gather(seen.content.pictures, look)
        return _page(seen, gathered.found, len(gathered.missed), is_capped=gathered.is_capped)

    async def _take(self, url_id: UUID, answer: Answer, media_type: str) -> FetchedPicture | None:
        hashes = await hash_or_none(self._worker, answer.content)
        if hashes is None:
            return None
        imagery_id = uuid5(url_id, f"{answer.address} {hashes.sha256}")
        # Not kept is no failure: the picture is then fetched again when somebody must see it.
        await self._imagery.keep(imagery_id, answer.content)
        return FetchedPicture(
            address=answer.address,
            imagery_id=imagery_id,
            sha256=hashes.sha256,
            sha1=hashes.sha1,
            md5=hashes.md5,
            phash=hashes.phash,
            pdq=hashes.pdq,
            pdq_quality=hashes.quality,
            width=hashes.width,
            height=hashes.height,
            media_type=media_type,
            ips=answer.ips,
        )


def _page(
    page: Page, pictures: list[FetchedPicture], missed_count: int, *, is_capped: bool
) -> FetchOutcome:
    return FetchOutcome(
        FetchResult.PAGE,
        FetchCode.PAGE_CAP_REACHED if is_capped else FetchCode.OK,
        http_status=page.http_status,
        ips=page.ips,
        pictures=tuple(pictures),
        page_fingerprint=page.fingerprint,
        videos=page.content.videos,
        missed_count=missed_count,
    )


def _lone(seen: Lone[FetchedPicture]) -> FetchOutcome:
    if seen.found is None:
        return FetchOutcome(
            FetchResult.REFUSED, FetchCode.NOT_READABLE, http_status=seen.http_status, ips=seen.ips
        )
    return FetchOutcome(
        FetchResult.PICTURE,
        FetchCode.OK,
        http_status=seen.http_status,
        ips=seen.ips,
        pictures=(seen.found,),
    )


def _not_read(refused: NotRead) -> FetchOutcome:
    result = FetchResult.REFUSED
    if refused.code in _GONE:
        result = FetchResult.GONE
    elif refused.code in _PASSING:
        result = FetchResult.UNREACHABLE
    return FetchOutcome(result, refused.code, http_status=refused.http_status, ips=refused.ips)
