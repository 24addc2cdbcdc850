"""The hotline's side of the fetcher process: fetch, probe, show and forget."""

from typing import TypeVar
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from shared.domain.errors import NotFound, Unavailable
from shared.platform.peer import Peer, blocking_http_client
from shared.platform.service_token import TokenSigner

from hotline.domain.fetch import (
    FetchCode,
    FetchOrder,
    FetchOutcome,
    FetchResult,
    Picture,
    ProbeOrder,
    ProbeOutcome,
    ProbeState,
)

# A page may take a minute and its last answer ten seconds more.
FETCH_SECONDS = 90.0

_PICTURE_MEDIA_TYPE = "image/png"

Read = TypeVar("Read")

_fetch_orders = TypeAdapter(FetchOrder)
_fetch_outcomes = TypeAdapter(FetchOutcome)
_probe_orders = TypeAdapter(ProbeOrder)
_probe_outcomes = TypeAdapter(ProbeOutcome)
_names = TypeAdapter(list[str])


class FetcherClient:
    """PageFetcher, Prober and Imagery in one, as they are one process."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def fetch(self, address: str, url_id: UUID) -> FetchOutcome:
        egress = self.egresses()[0]
        order = _fetch_orders.dump_json(FetchOrder(address, url_id, egress))
        return _read(_fetch_outcomes, self._peer.content("POST", "/fetch", json_body=order))

    def egresses(self) -> list[str]:
        return _read(_names, self._peer.content("GET", "/egresses"))

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
        order = ProbeOrder(address, sha256, pdq, page_fingerprint, egress, known_ips)
        body = _probe_orders.dump_json(order)
        return _read(_probe_outcomes, self._peer.content("POST", "/probe", json_body=body))

    def show(self, imagery_id: UUID, profile: str) -> Picture:
        content = self._peer.content("GET", f"/imagery/{imagery_id}", params={"profile": profile})
        return Picture(content, _PICTURE_MEDIA_TYPE)

    def forget(self, imagery_id: UUID) -> None:
        self._peer.content("DELETE", f"/imagery/{imagery_id}")


def fetcher_at(url: str, signer: TokenSigner) -> FetcherClient:
    return FetcherClient(Peer("fetcher", url, signer, blocking_http_client(FETCH_SECONDS)))


class NullFetcher:
    """Goes nowhere: nothing is reachable, nothing is known to be gone, nothing was kept."""

    def fetch(self, address: str, url_id: UUID) -> FetchOutcome:
        return FetchOutcome(FetchResult.UNREACHABLE, FetchCode.CONNECT_FAILED)

    def egresses(self) -> list[str]:
        return [""]

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
        return ProbeOutcome(ProbeState.UNKNOWN, None, egress)

    def show(self, imagery_id: UUID, profile: str) -> Picture:
        raise NotFound("imagery_gone")

    def forget(self, imagery_id: UUID) -> None:
        return None


def _read(kind: TypeAdapter[Read], content: bytes) -> Read:
    try:
        return kind.validate_json(content)
    except ValidationError:
        raise Unavailable("answer_not_understood") from None
