from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from shared.platform.access import public
from shared.platform.headers import SECURITY_HEADERS, STRICT_TRANSPORT
from shared.platform.service_token import TokenVerifier
from shared.platform.web import WebParts, create_service
from starlette.responses import Response, StreamingResponse
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from tests.canary import text_canary

CANARY = text_canary()
router = APIRouter(prefix="/api/things")


@router.get("/{thing}", dependencies=[public()])
def thing(thing: str) -> dict[str, int]:
    return {"length": len(thing)}


@router.get("/{thing}/kept", dependencies=[public()])
def kept(thing: str) -> Response:
    return Response(thing[:0], headers={"Cache-Control": "max-age=60"})


@router.get("/{thing}/torn", dependencies=[public()])
def torn(thing: str) -> StreamingResponse:
    def parts() -> Iterator[bytes]:
        yield b"the first half"
        raise RuntimeError(thing)

    return StreamingResponse(parts())


def app_at(url: str) -> FastAPI:
    return create_service(WebParts("example", url, None, TokenVerifier("example", {}), [router]))


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = app_at("http://example.localhost:8001")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.mark.requirement("SEC-P7")
@pytest.mark.parametrize("path", ["/api/things/a", "/nowhere", "/livez?a=1&a=2"])
def test_every_answer_has_every_security_header_and_an_id_of_its_own(
    client: TestClient, path: str
) -> None:
    first, second = client.get(path), client.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert first.headers[name] == value
    assert len({first.headers["X-Request-Id"], second.headers["X-Request-Id"]}) == 2


@pytest.mark.requirement("SEC-P7")
def test_browsers_are_told_to_use_https_where_it_is_used() -> None:
    for url, expected in (("https://a.example", STRICT_TRANSPORT), ("http://a.localhost", None)):
        with TestClient(app_at(url)) as client:
            assert client.get("/livez").headers.get("Strict-Transport-Security") == expected


def test_an_endpoint_may_say_more_about_its_answer(client: TestClient) -> None:
    assert client.get("/api/things/a/kept").headers["Cache-Control"] == "max-age=60"


@pytest.mark.requirement("SEC-P1")
@pytest.mark.requirement("PF-LOG-1")
def test_the_one_line_about_an_answer_tells_its_template_and_nothing_of_who_asked(
    client: TestClient,
) -> None:
    headers = {"User-Agent": CANARY, "X-Forwarded-For": CANARY, "Referer": CANARY}
    with capture_logs() as lines:
        answer = client.get(f"/api/things/{CANARY}?q={CANARY}", headers=headers)
        client.request(CANARY, f"/api/things/{CANARY}")
        client.get(f"/{CANARY}")
    assert [(line["route"], line["method"], line["status"]) for line in lines] == [
        ("/api/things/{thing}", "GET", 200),
        ("/api/things/{thing}", "other", 405),
        ("", "GET", 404),
    ]
    assert lines[0]["request_id"] == answer.headers["X-Request-Id"]
    assert lines[1]["code"] == "method_not_allowed"
    assert CANARY not in str(lines)


@pytest.mark.requirement("SEC-P4")
def test_an_answer_that_breaks_off_half_way_is_cut_and_tells_nothing(client: TestClient) -> None:
    with capture_logs() as lines:
        answer = client.get(f"/api/things/{CANARY}/torn")
    assert answer.content == b"the first half"
    assert {line["event"] for line in lines} == {"unexpected", "answered"}
    assert CANARY not in str(lines)
