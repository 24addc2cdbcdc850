import base64
from collections.abc import Iterator
from typing import Annotated
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, FastAPI, Form
from shared.contracts.contract import Contract
from shared.domain.errors import Conflict
from shared.platform.access import public, route_access, service, staff
from shared.platform.database import Sessions
from shared.platform.service_token import TokenSigner, TokenVerifier
from shared.platform.tables import AuditEvent
from shared.platform.web import WebParts, create_service
from shared.platform.work import Work
from sqlalchemy import func, select
from starlette.testclient import TestClient

from tests.shared.example.tables import Place

SEED = base64.urlsafe_b64encode(bytes(range(32))).decode()
PUBLIC_KEY = base64.urlsafe_b64encode(
    Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key().public_bytes_raw()
).decode()
CANARY = "canary-8f2d"

router = APIRouter()


class Parcel(Contract):
    count: int
    label: str = ""


@router.post("/api/parcels", dependencies=[public()], status_code=201)
def post_parcel(parcel: Parcel, work: Work) -> Parcel:
    work.record("parcel.posted", count=parcel.count)
    return parcel


@router.post("/api/late", dependencies=[public()], status_code=201)
def fail_at_commit(work: Work) -> dict[str, str]:
    work.record("parcel.posted")
    # A deferred constraint: everything goes well until the commit.
    work.session.add_all([Place(id=uuid4(), number=1), Place(id=uuid4(), number=1)])
    work.session.flush()
    return {"status": "done"}


@router.get("/api/broken", dependencies=[public()])
def break_down() -> None:
    raise RuntimeError(CANARY)


@router.get("/api/taken", dependencies=[public()])
def refuse() -> None:
    raise Conflict("already_notified")


@router.get("/api/inside", dependencies=[service("gateway")])
def inside() -> dict[str, str]:
    return {"status": "ok"}


@router.post("/form", dependencies=[public()])
def take_form(name: Annotated[str, Form()]) -> dict[str, int]:
    return {"length": len(name)}


def parts(sessions: Sessions, *routers: APIRouter) -> WebParts:
    return WebParts(
        name="hotline",
        public_url="http://hotline.localhost:8001",
        sessions=sessions,
        token_verifier=TokenVerifier("hotline", {"gateway": PUBLIC_KEY, "helpline": PUBLIC_KEY}),
        routers=routers,
    )


@pytest.fixture
def app(platform_sessions: Sessions) -> FastAPI:
    return create_service(parts(platform_sessions, router))


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def test_health_answers(client: TestClient) -> None:
    assert client.get("/livez").status_code == 200
    assert client.get("/readyz").status_code == 200


@pytest.mark.requirement("PF-ACCESS-1")
def test_a_route_without_a_marker_keeps_the_application_from_starting(
    platform_sessions: Sessions,
) -> None:
    forgetful = APIRouter()
    forgetful.add_api_route("/open", break_down)
    with pytest.raises(RuntimeError, match="GET /open"):
        create_service(parts(platform_sessions, forgetful))


@pytest.mark.requirement("PF-ACCESS-1")
def test_two_markers_are_as_bad_as_none(platform_sessions: Sessions) -> None:
    torn = APIRouter()
    torn.add_api_route("/torn", break_down, dependencies=[public(), staff("see")])
    with pytest.raises(RuntimeError, match="GET /torn"):
        create_service(parts(platform_sessions, torn))


def test_the_access_of_every_route_can_be_listed(app: FastAPI) -> None:
    access = {route: marker.words() for route, marker in route_access(app).items() if marker}
    assert access["GET", "/api/inside"] == "service gateway"
    assert access["POST", "/api/parcels"] == "public"


@pytest.mark.requirement("PF-UOW-1")
def test_a_failing_commit_cannot_answer_success(committed_sessions: Sessions) -> None:
    app = create_service(parts(committed_sessions, router))
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.post("/api/late").status_code == 409
    with committed_sessions() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 0


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"count": NaN}', 400, "bad_json"),
        (b'{"count": "1"}', 422, "invalid"),
        (b'{"count": 1, "canary8f2d": 2}', 422, "invalid"),
        (b'{"count": 1, "label": "\\u0000"}', 422, "bad_characters"),
        (b"[" * 5000, 400, "bad_json"),
        (b"\xff", 400, "not_utf8"),
        (b'{"label": "' + b"x" * 70_000 + b'"}', 413, "body_too_large"),
    ],
)
def test_bad_bodies_are_refused_by_code(
    client: TestClient, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/api/parcels", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    "path", ["/api/broken", f"/{CANARY}", f"/api/taken?{CANARY}=1", f"/api/parcels?x={CANARY}"]
)
def test_a_problem_never_repeats_input(client: TestClient, path: str) -> None:
    headers = {"X-Forwarded-For": CANARY, "Cookie": f"a={CANARY}", "User-Agent": CANARY}
    answer = client.get(path, headers=headers)
    assert answer.status_code >= 400
    assert CANARY not in answer.text
    assert CANARY not in str(answer.headers)


def test_another_content_type_is_refused(client: TestClient) -> None:
    answer = client.post("/api/parcels", content=b"a", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_another_method_is_refused_with_those_that_are_allowed(client: TestClient) -> None:
    answer = client.delete("/api/parcels")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_repeated_parameter_is_refused(client: TestClient) -> None:
    assert client.get("/livez?a=1&a=2").json()["code"] == "repeated_parameter"


def test_a_form_still_reaches_its_endpoint(client: TestClient) -> None:
    assert client.post("/form", data={"name": "ada"}).json() == {"length": 3}


@pytest.mark.requirement("SEC-P7")
@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/api/broken"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("issuer", "audience", "status"),
    [("gateway", "hotline", 200), ("gateway", "helpline", 401), ("helpline", "hotline", 403)],
)
def test_only_the_named_service_comes_in(
    client: TestClient, issuer: str, audience: str, status: int
) -> None:
    token = TokenSigner(issuer, SEED).token_for(audience)
    answer = client.get("/api/inside", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x y", "Basic eDp5", "Bearer " + "x" * 5000]
)
def test_a_malformed_credential_is_refused(client: TestClient, header: str) -> None:
    answer = client.get("/api/inside", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
