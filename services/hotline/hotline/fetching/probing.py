"""Is it still there? The published rule of the online check, one look from one egress.

| What is seen                                             | State   | Cause                 |
|----------------------------------------------------------|---------|-----------------------|
| the known picture: same SHA-256, or PDQ distance ≤ 31     | ONLINE  |                       |
| a page that still shows the known picture                 | ONLINE  |                       |
| a page with the known fingerprint                         | ONLINE  |                       |
| another picture instead                                   | OFFLINE | REPLACED              |
| another page instead, without pictures of any size,       | OFFLINE | PAGE_GONE (FILE_GONE  |
| or the page the site gives for any address it has not     |         | for a picture)        |
| another page instead, with pictures                       | OFFLINE | REPLACED              |
| 404, 410                                                  | OFFLINE | PAGE_GONE, FILE_GONE  |
| 401, 402, 403, 451                                        | OFFLINE | ACCESS_NOW_RESTRICTED |
| the name no longer exists, or leads to no public address  | OFFLINE | DNS_GONE              |
| no connection, no TLS, too slow                           | UNKNOWN | SITE_DOWN             |
| 5xx, 429, anything else                                   | UNKNOWN | UNKNOWN               |

OFFLINE at addresses none of which is a known one has the cause MOVED_IP instead: the content may
have gone along. UNKNOWN is no miss; only misses in a row, from two egresses, close a case.
"""

import secrets
from dataclasses import dataclass

from imaging import ImageHashes
from shared.domain.content_hash import ContentHash, HashType

from hotline.domain.fetch import FetchCode, OfflineCause, ProbeOrder, ProbeOutcome, ProbeState
from hotline.fetching.fingerprint import is_same_page
from hotline.fetching.image_worker import ImageWorker, hash_or_none
from hotline.fetching.page_visit import Gathered, Lone, Look, Page, Visit
from hotline.fetching.refusal import NotRead
from hotline.fetching.retrieval import Answer, Retriever
from hotline.fetching.target import parse_target

# Distance up to which two PDQ hashes are of one picture, re-encoded or scaled.
# source: ThreatExchange, PDQ reference, recommended match threshold
SAME_PICTURE_DISTANCE = 31
# Shorter sides belong to logos and buttons, which every page of a site has.
CONTENT_SIDE = 160

_SITE_DOWN = frozenset({FetchCode.CONNECT_FAILED, FetchCode.TLS_FAILED, FetchCode.TOO_SLOW})
_NAME_GONE = frozenset({FetchCode.NAME_UNKNOWN, FetchCode.NOT_PUBLIC})

Verdict = tuple[ProbeState, OfflineCause | None]


@dataclass(frozen=True, slots=True)
class _Seen:
    is_known: bool
    is_content: bool


class Prober:
    def __init__(self, retriever: Retriever, worker: ImageWorker) -> None:
        self._retriever = retriever
        self._worker = worker

    async def probe(self, order: ProbeOrder) -> ProbeOutcome:
        """Never raises for what a site does; Unavailable when the image worker is."""

        look = self._comparing(order)
        visit = Visit(self._retriever, order.egress)
        try:
            seen = await visit.open(order.address, look)
        except NotRead as refused:
            return _settled(order, refused, _not_read(refused, order))
        if isinstance(seen, Lone):
            verdict = _picture(seen.found, order)
        else:
            verdict = await self._page(visit, seen, order)
        return _settled(order, seen, verdict)

    def _comparing(self, order: ProbeOrder) -> Look[_Seen]:
        async def look(answer: Answer, _: str) -> _Seen | None:
            hashes = await hash_or_none(self._worker, answer.content)
            if hashes is None:
                return None
            return _Seen(_is_known(hashes, order), _is_content(hashes))

        return look

    async def _page(self, visit: Visit, page: Page, order: ProbeOrder) -> Verdict:
        if _is_known_page(page, order):
            return ProbeState.ONLINE, None

        gathered = await visit.gather(page.content.pictures, self._comparing(order))
        if any(seen.is_known for seen in gathered.found):
            return ProbeState.ONLINE, None
        if _is_blind(gathered, order):
            return ProbeState.UNKNOWN, OfflineCause.UNKNOWN
        has_content = any(seen.is_content for seen in gathered.found)
        if has_content and not await self._is_answer_to_anything(page, order):
            return ProbeState.OFFLINE, OfflineCause.REPLACED
        return ProbeState.OFFLINE, _gone(order)

    async def _is_answer_to_anything(self, page: Page, order: ProbeOrder) -> bool:
        """Whether the site gives this page for an address that cannot exist: a soft 404."""
        nowhere = parse_target(secrets.token_hex(12), base=order.address).address

        visit = Visit(self._retriever, order.egress)
        try:
            other = await visit.open(nowhere, self._comparing(order))
        except NotRead:
            return False
        return isinstance(other, Page) and is_same_page(other.fingerprint, page.fingerprint)


def _is_known_page(page: Page, order: ProbeOrder) -> bool:
    if order.page_fingerprint:
        return is_same_page(page.fingerprint, order.page_fingerprint)
    # Nothing was known to compare with, and something is there.
    return order.sha256 is None and order.pdq is None


def _is_known(hashes: ImageHashes, order: ProbeOrder) -> bool:
    if hashes.sha256 == order.sha256:
        return True
    if order.pdq is None:
        return False
    one, other = (ContentHash.parse(HashType.PDQ, text) for text in (hashes.pdq, order.pdq))
    return one.distance(other) <= SAME_PICTURE_DISTANCE


def _is_content(hashes: ImageHashes) -> bool:
    return min(hashes.width, hashes.height) >= CONTENT_SIDE


def _is_blind(gathered: Gathered[_Seen], order: ProbeOrder) -> bool:
    """Whether a picture of the site itself was not seen, so that it may be the known one."""
    host = parse_target(order.address).host
    missed = any(parse_target(address).host == host for address in gathered.missed)
    return gathered.is_capped or missed


def _picture(seen: _Seen | None, order: ProbeOrder) -> Verdict:
    if seen is None:
        return ProbeState.UNKNOWN, OfflineCause.UNKNOWN
    if seen.is_known or (order.sha256 is None and order.pdq is None):
        return ProbeState.ONLINE, None
    # Without a PDQ another file may still be the same picture.
    state = ProbeState.OFFLINE if order.pdq else ProbeState.UNKNOWN
    return state, OfflineCause.REPLACED


def _not_read(refused: NotRead, order: ProbeOrder) -> Verdict:
    if refused.code is FetchCode.HTTP_GONE:
        return ProbeState.OFFLINE, _gone(order)
    if refused.code is FetchCode.HTTP_RESTRICTED:
        return ProbeState.OFFLINE, OfflineCause.ACCESS_NOW_RESTRICTED
    if refused.code in _NAME_GONE:
        return ProbeState.OFFLINE, OfflineCause.DNS_GONE
    if refused.code in _SITE_DOWN:
        return ProbeState.UNKNOWN, OfflineCause.SITE_DOWN
    return ProbeState.UNKNOWN, OfflineCause.UNKNOWN


def _gone(order: ProbeOrder) -> OfflineCause:
    return OfflineCause.PAGE_GONE if order.page_fingerprint else OfflineCause.FILE_GONE


def _settled(
    order: ProbeOrder,
    seen: Page | Lone[_Seen] | NotRead,
    verdict: Verdict,
) -> ProbeOutcome:
    state, cause = verdict
    has_moved = bool(seen.ips and order.known_ips) and set(seen.ips).isdisjoint(order.known_ips)
    if has_moved and state is ProbeState.OFFLINE:
        cause = OfflineCause.MOVED_IP
    return ProbeOutcome(state, cause, order.egress, seen.ips, seen.http_status)
