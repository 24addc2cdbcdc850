"""Fetching a page from beginning to end: exact pictures, caps, lies about types, hashes."""

import asyncio
from uuid import UUID

import pytest
from hotline.domain.fetch import FetchCode, FetchOrder, FetchOutcome, FetchResult
from hotline.fetching.fetcher import Fetcher
from hotline.fetching.gallery import Gallery
from hotline.fetching.page_visit import MOST_ITEMS
from hotline.fetching.retrieval import Retriever
from hotline.fetching.sealed_imagery import SealedImagery
from imaging import ImageHashes, ImageWorker, Profile, WorkerUnavailable
from redis.asyncio import Redis
from shared.domain.errors import NotFound, Unavailable

from tests.hotline.fetching import pictures
from tests.hotline.fetching.reading import door_to
from tests.hotline.fetching.site import Site, reply

URL_ID = UUID("0b5a1f2e-8a4e-4d5c-9d6d-1f2e3a4b5c6d")


class NoWorker(ImageWorker):
    def hash_image(self, data: bytes, *, fast: bool = False) -> ImageHashes:
        raise WorkerUnavailable("not started")


async def _fetch(
    worker: ImageWorker, store_url: str, site: Site, path: str, store: Site | None
) -> FetchOutcome:
    redis = Redis.from_url(store_url)
    retriever = Retriever(door_to(site.port, beside=(store.host, store.port) if store else None))
    try:
        fetcher = Fetcher(retriever, worker, SealedImagery(redis))
        address = f"http://pictures.test:{site.port}{path}"
        return await fetcher.fetch(FetchOrder(address, URL_ID))
    finally:
        await retriever.close()
        await redis.aclose()


def fetched(
    worker: ImageWorker, store_url: str, site: Site, path: str = "/", store: Site | None = None
) -> FetchOutcome:
    """`store` is another site that may be fetched from."""
    return asyncio.run(_fetch(worker, store_url, site, path, store))


def paths(outcome: FetchOutcome, site: Site) -> list[str]:
    here = f"http://pictures.test:{site.port}"
    return [picture.address.removeprefix(here) for picture in outcome.pictures]


GALLERY = """<!doctype html><title>Thirty</title><link rel="stylesheet" href="/look/style.css">
<style>h1 { background: url("/p1.png") }</style><h1 style="background:url('/p2.jpg')">Thirty</h1>
<img src="/p3.jpg"><img src="/p3.jpg#again"><img src="p4.png">
<img src="/p5.jpg" srcset="/p6.jpg 1x, /p7.jpg 2x">
<picture><source srcset="/p8.png, /p9.png 2x"><img src="/p10.jpg"></picture>
<video poster="/p11.jpg" src="/film.mp4"><source src="/film.webm"></video>
<a href="/p12.jpg"><img src="/p13.jpg"></a><img data-src="/p14.jpg" src="/dot.png">
<img src="data:image/png;base64,iVBORw0KGgo="><img src="/logo.svg"><img src="/broken.jpg">
<img src="/lies.txt"><img src="/page.jpg"><img src="/missing.jpg">
<iframe src="/frame.html"></iframe><iframe src="/p29.png"></iframe>"""
FRAME = "<p>In a frame" + "".join(f'<img src="/p{n}.jpg">' for n in range(17, 29))
SHEET = "body { background: url(../p15.png) } a { background: url('/p16.jpg') }"


def gallery() -> Site:
    """Thirty pictures in thirty places, and what only looks like one."""
    routes: dict[str, bytes] = {
        f"/p{n}.{kind}": reply(body=make(n))
        for n in range(1, 30)
        for kind, make in (("jpg", pictures.jpeg), ("png", pictures.png))
    }
    routes |= {
        "/": reply(body=GALLERY.encode(), Content_Type="image/png"),
        "/look/style.css": reply(body=SHEET.encode()),
        "/frame.html": reply(body=FRAME.encode()),
        "/lies.txt": reply(body=pictures.png(30), Content_Type="text/plain"),
        "/page.jpg": reply(body=b"<p>" + b"no picture " * 200, Content_Type="image/jpeg"),
        "/broken.jpg": reply(body=b"\xff\xd8\xff" + bytes(5000)),
        "/logo.svg": reply(body=b"<svg>" + b" " * 2000 + b"</svg>"),
        "/dot.png": reply(body=pictures.dot()),
    }
    return Site(routes)


@pytest.mark.requirement("UR-7")
def test_a_page_of_thirty_pictures_gives_exactly_those(
    image_worker: ImageWorker, store_url: str
) -> None:
    with gallery() as site:
        outcome = fetched(image_worker, store_url, site)
        found = paths(outcome, site)
    assert (outcome.result, outcome.code) == (FetchResult.PAGE, FetchCode.OK)
    assert found == [
        *("/p1.png", "/p2.jpg", "/p3.jpg", "/p4.png", "/p5.jpg", "/p6.jpg", "/p7.jpg"),
        *("/p8.png", "/p9.png", "/p10.jpg", "/p11.jpg", "/p12.jpg", "/p13.jpg", "/p14.jpg"),
        *("/lies.txt", "/p15.png", "/p16.jpg"),
        *(f"/p{n}.jpg" for n in range(17, 29)),
        "/p29.png",
    ]
    assert len(found) == 30
    assert outcome.missed_count == 1
    assert [video.rpartition("/")[2] for video in outcome.videos] == ["film.mp4", "film.webm"]
    assert outcome.ips == ("127.0.0.1",)
    assert outcome.http_status == 200
    assert len(outcome.page_fingerprint) == 64


@pytest.mark.requirement("HO-1")
def test_a_picture_on_another_host_has_the_addresses_of_that_host(
    image_worker: ImageWorker, store_url: str
) -> None:
    """Whoever stores a picture gets the notice, not whoever shows it."""
    content = pictures.png(1, side=64)
    with Site({"/a.png": reply(body=content)}, host="127.0.0.2") as store:
        page = f'<p>There<img src="http://127.0.0.2:{store.port}/a.png">'
        with Site({"/": reply(body=page.encode())}) as site:
            outcome = fetched(image_worker, store_url, site, store=store)
    assert outcome.ips == ("127.0.0.1",)
    assert [picture.ips for picture in outcome.pictures] == [("127.0.0.2",)]


@pytest.mark.requirement("UR-7", "HA-3")
def test_a_picture_by_its_own_address_is_hashed_whatever_its_size(
    image_worker: ImageWorker, store_url: str
) -> None:
    content = pictures.png(1, side=16)
    with Site({"/": reply(body=content, Content_Type="text/html")}) as site:
        outcome = fetched(image_worker, store_url, site)
    [picture] = outcome.pictures
    known = pictures.hashes(content)
    assert outcome.result is FetchResult.PICTURE
    assert (picture.sha256, picture.sha1, picture.md5) == (known.sha256, known.sha1, known.md5)
    assert (picture.pdq, picture.phash) == (known.pdq, known.phash)
    assert (picture.width, picture.height, picture.media_type) == (16, 16, "image/png")


@pytest.mark.requirement("UR-10")
def test_the_same_bytes_get_the_same_name_and_changed_ones_another(
    image_worker: ImageWorker, store_url: str
) -> None:
    routes = {"/": reply(body=pictures.png(1))}
    with Site(routes) as site:
        first = fetched(image_worker, store_url, site).pictures[0].imagery_id
        again = fetched(image_worker, store_url, site).pictures[0].imagery_id
        routes["/"] = reply(body=pictures.png(2))
        changed = fetched(image_worker, store_url, site).pictures[0].imagery_id
    assert first == again != changed


@pytest.mark.requirement("UR-10", "CL-12")
def test_a_fetched_picture_can_be_shown_until_it_is_forgotten(
    image_worker: ImageWorker, store_url: str
) -> None:
    async def run(site: Site) -> None:
        redis = Redis.from_url(store_url)
        imagery = SealedImagery(redis)
        retriever = Retriever(door_to(site.port))
        fetcher = Fetcher(retriever, image_worker, imagery)
        outcome = await fetcher.fetch(FetchOrder(f"http://pictures.test:{site.port}/", URL_ID))
        gallery_, shown_id = Gallery(imagery, image_worker), outcome.pictures[0].imagery_id
        shown = await gallery_.show(shown_id, Profile.THUMB)
        assert shown.media_type == "image/png"
        assert shown.content.startswith(b"\x89PNG")
        assert len(shown.content) < len(pictures.png(1))
        await gallery_.forget(shown_id)
        with pytest.raises(NotFound, match="imagery_gone"):
            await gallery_.show(shown_id, Profile.THUMB)
        await retriever.close()
        await redis.aclose()

    with Site({"/": reply(body=pictures.png(1))}) as site:
        asyncio.run(run(site))


@pytest.mark.requirement("UR-7")
@pytest.mark.parametrize(
    ("answer", "result", "code"),
    [
        (reply(404), FetchResult.GONE, FetchCode.HTTP_GONE),
        (reply(403), FetchResult.REFUSED, FetchCode.HTTP_RESTRICTED),
        (reply(500), FetchResult.UNREACHABLE, FetchCode.HTTP_ERROR),
        (reply(302, Location="http://10.0.0.1/"), FetchResult.REFUSED, FetchCode.NOT_PUBLIC),
        (reply(body=b"%PDF-1.7 ..."), FetchResult.REFUSED, FetchCode.NOT_READABLE),
        (reply(body=bytes(3000)), FetchResult.REFUSED, FetchCode.NOT_READABLE),
        (reply(body=b""), FetchResult.REFUSED, FetchCode.NOT_READABLE),
        (
            reply(body=b"\x89PNG\r\n\x1a\n" + bytes(3000)),
            FetchResult.REFUSED,
            FetchCode.NOT_READABLE,
        ),
    ],
)
def test_what_cannot_be_read_has_a_result_and_a_code(
    image_worker: ImageWorker, store_url: str, answer: bytes, result: FetchResult, code: FetchCode
) -> None:
    with Site({"/": answer}) as site:
        outcome = fetched(image_worker, store_url, site)
    assert (outcome.result, outcome.code, outcome.pictures) == (result, code, ())


@pytest.mark.requirement("UR-7")
def test_a_page_is_left_after_its_most_items(image_worker: ImageWorker, store_url: str) -> None:
    html = "".join(f"<img src=/{n}.png>" for n in range(MOST_ITEMS + 20))
    routes = {"/": reply(body=html.encode())}
    with Site(routes, otherwise=reply(body=pictures.dot())) as site:
        outcome = fetched(image_worker, store_url, site)
        assert len(site.requests) == MOST_ITEMS + 1
    assert outcome.code is FetchCode.PAGE_CAP_REACHED


@pytest.mark.requirement("UR-7")
def test_a_page_is_left_after_its_most_bytes(image_worker: ImageWorker, store_url: str) -> None:
    html = "".join(f"<img src=/{n}.png>" for n in range(20))
    routes = {"/": reply(body=html.encode())}
    with Site(routes, otherwise=reply(body=bytes(9_000_000))) as site:
        outcome = fetched(image_worker, store_url, site)
        assert len(site.requests) < 15
    assert outcome.code is FetchCode.PAGE_CAP_REACHED


@pytest.mark.requirement("UR-7", "SEC-R4")
def test_without_an_image_worker_a_fetch_is_to_be_tried_again(store_url: str) -> None:
    with gallery() as site, pytest.raises(Unavailable):
        fetched(NoWorker(), store_url, site)


@pytest.mark.requirement("SEC-R5", "SEC-P8")
def test_without_a_store_a_page_is_still_hashed(image_worker: ImageWorker) -> None:
    with Site({"/": reply(body=pictures.png(1))}) as site:
        outcome = fetched(image_worker, "redis://127.0.0.1:1", site)
    assert len(outcome.pictures) == 1


@pytest.mark.requirement("UR-8")
def test_a_page_cannot_send_us_inside(image_worker: ImageWorker, store_url: str) -> None:
    with Site() as inside:
        html = f"""<img src="http://127.0.0.1:{inside.port}/a.png">
            <iframe src="http://127.0.0.1:{inside.port}/f.html"></iframe>
            <link rel=stylesheet href="http://[::ffff:127.0.0.1]:{inside.port}/s.css">"""
        with Site({"/": reply(body=html.encode())}) as site:
            outcome = fetched(image_worker, store_url, site)
        assert inside.connections == 0
    assert outcome.pictures == ()
