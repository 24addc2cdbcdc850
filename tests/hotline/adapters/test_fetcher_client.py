"""The hotline's side of the fetcher against the fetcher's real application, over HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from uuid import UUID, uuid4

import pytest
from hotline.adapters.fetcher_client import FETCH_SECONDS, FetcherClient, NullFetcher
from hotline.domain.fetch import (
    FetchCode,
    FetchResult,
    OfflineCause,
    ProbeState,
)
from hotline.fetching.main import create_app
from hotline.fetching.settings import FetcherSettings
from imaging import ImageWorker
from shared.domain.errors import Invalid, NotFound, Unavailable
from shared.platform.peer import Peer, blocking_http_client
from shared.platform.service_token import TokenSigner

from infra.peers.server import Answer, LoopbackServer
from infra.ports import free_port
from tests.applications import key_text, public_key_of
from tests.hotline.adapters.serving import served
from tests.hotline.fetching import pictures
from tests.hotline.fetching.site import Site, reply

URL_ID = UUID("0b5a1f2e-8a4e-4d5c-9d6d-1f2e3a4b5c6d")
PICTURE = pictures.png(1)


def signer(service: str = "hotline") -> TokenSigner:
    return TokenSigner(service, key_text(f"{service} token"))


@pytest.fixture(scope="module")
def image_worker() -> Iterator[ImageWorker]:
    with ImageWorker() as worker:
        yield worker


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site({"/1.png": reply(body=PICTURE)}) as found:
        yield found


@pytest.fixture(scope="module")
def fetcher_url(image_worker: ImageWorker, site: Site, volatile_url: str) -> Iterator[str]:
    settings = FetcherSettings(
        bind="127.0.0.1:0",
        volatile_redis_url=volatile_url,
        hotline_key=public_key_of("hotline"),
        test_endpoints=frozenset({(ip_address("127.0.0.1"), site.port)}),
        egresses=("127.0.0.1", "127.0.0.2"),
        is_production=False,
    )
    with served(create_app(settings, image_worker)) as url:
        yield url


@contextmanager
def client_at(url: str, caller: str = "hotline") -> Iterator[FetcherClient]:
    """A client whose connections end with the test."""
    with blocking_http_client(FETCH_SECONDS) as connections:
        yield FetcherClient(Peer("fetcher", url, signer(caller), connections))


@pytest.fixture
def fetcher(fetcher_url: str) -> Iterator[FetcherClient]:
    with client_at(fetcher_url) as client:
        yield client


def address(site: Site, path: str = "/1.png") -> str:
    return f"http://127.0.0.1:{site.port}{path}"


@pytest.mark.requirement("HA-3")
def test_a_picture_is_fetched_shown_small_and_forgotten(fetcher: FetcherClient, site: Site) -> None:
    outcome = fetcher.fetch(address(site), URL_ID)
    (picture,) = outcome.pictures
    assert (outcome.result, outcome.code) == (FetchResult.PICTURE, FetchCode.OK)
    assert picture.sha256 == pictures.hashes(PICTURE).sha256
    assert outcome.ips == picture.ips == ("127.0.0.1",)

    shown = fetcher.show(picture.imagery_id, "thumb")
    assert shown.media_type == "image/png"
    assert shown.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert shown.content != PICTURE
    fetcher.forget(picture.imagery_id)
    fetcher.forget(picture.imagery_id)
    with pytest.raises(NotFound):
        fetcher.show(picture.imagery_id, "thumb")


@pytest.mark.requirement("OC-5")
def test_a_probe_tells_online_gone_and_moved(fetcher: FetcherClient, site: Site) -> None:
    hashes = pictures.hashes(PICTURE)

    def look(path: str, known_ips: tuple[str, ...]) -> tuple[ProbeState, OfflineCause | None]:
        seen = fetcher.probe(
            address(site, path),
            sha256=hashes.sha256,
            pdq=hashes.pdq,
            page_fingerprint="",
            known_ips=known_ips,
            egress="127.0.0.2",
        )
        assert seen.egress == "127.0.0.2"
        return seen.state, seen.cause

    assert look("/1.png", ("127.0.0.1",)) == (ProbeState.ONLINE, None)
    assert look("/gone.png", ("127.0.0.1",)) == (ProbeState.OFFLINE, OfflineCause.FILE_GONE)
    assert look("/gone.png", ("192.0.2.1",)) == (ProbeState.OFFLINE, OfflineCause.MOVED_IP)
    assert {request.peer for request in site.requests[-3:]} == {"127.0.0.2"}


def test_the_vantage_points_are_those_of_the_fetcher(fetcher: FetcherClient) -> None:
    assert fetcher.egresses() == ["127.0.0.1", "127.0.0.2"]


@pytest.mark.requirement("UR-8")
def test_the_guard_stands_behind_the_client(fetcher: FetcherClient) -> None:
    outcome = fetcher.fetch("http://169.254.169.254/latest/", URL_ID)
    assert (outcome.result, outcome.code) == (FetchResult.REFUSED, FetchCode.NOT_PUBLIC)


@pytest.mark.requirement("SEC-S1")
def test_an_egress_that_does_not_exist_is_refused(fetcher: FetcherClient, site: Site) -> None:
    with pytest.raises(Invalid) as refused:
        fetcher.probe(
            address(site),
            sha256=None,
            pdq=None,
            page_fingerprint="",
            known_ips=(),
            egress="203.0.113.9",
        )
    assert refused.value.code == "unknown_egress"


@pytest.mark.requirement("SEC-S9")
@pytest.mark.parametrize("caller", ["gateway", "helpline"])
def test_nobody_but_the_hotline_may_fetch(fetcher_url: str, site: Site, caller: str) -> None:
    before = site.connections
    with client_at(fetcher_url, caller) as stranger, pytest.raises(Unavailable):
        stranger.fetch(address(site), URL_ID)
    assert site.connections == before


@pytest.mark.requirement("SEC-R4")
def test_a_fetcher_that_is_down_is_unavailable() -> None:
    with client_at(f"http://127.0.0.1:{free_port()}") as fetcher:
        with pytest.raises(Unavailable):
            fetcher.egresses()
        with pytest.raises(Unavailable):
            fetcher.forget(uuid4())


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize("body", [b"", b"{}", b'["one", 2]', b"no json"])
def test_an_answer_that_is_not_the_fetchers_is_unavailable(body: bytes) -> None:
    server = LoopbackServer(lambda _, __: Answer(body, "application/json"))
    try:
        url = f"http://127.0.0.1:{server.port}"
        with client_at(url) as fetcher, pytest.raises(Unavailable) as refused:
            fetcher.egresses()
    finally:
        server.close()
    assert refused.value.code == "answer_not_understood"


def test_a_fetcher_that_goes_nowhere_decides_nothing() -> None:
    nowhere = NullFetcher()
    assert nowhere.fetch("http://site.example/", URL_ID).result is FetchResult.UNREACHABLE
    seen = nowhere.probe(
        "http://site.example/",
        sha256=None,
        pdq=None,
        page_fingerprint="",
        known_ips=(),
        egress=nowhere.egresses()[0],
    )
    assert seen.state is ProbeState.UNKNOWN
    nowhere.forget(uuid4())
    with pytest.raises(NotFound):
        nowhere.show(uuid4(), "thumb")
