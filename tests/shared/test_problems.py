from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import APIRouter, Form, Query
from pydantic import Field
from shared.contracts.contract import Contract
from shared.domain.errors import DomainError, NotAuthenticated, TooMany, Unavailable
from shared.platform.access import public
from shared.platform.database import DatabaseFault
from shared.platform.problems import wants_html
from shared.platform.service_token import TokenVerifier
from shared.platform.web import WebParts, create_service
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from tests.canary import text_canary

CANARY = text_canary()
HTML = {"Accept": "text/html,application/xhtml+xml"}
router = APIRouter()


class Address(Contract):
    street: str = Field(max_length=5)


class Parcel(Contract):
    count: int = Field(ge=1)
    to: Address
    labels: dict[str, int] = Field(default_factory=dict)


@router.post("/parcels", dependencies=[public()])
def post_parcel(parcel: Parcel, page: Annotated[int, Query(ge=1)] = 1) -> int:
    return parcel.count + page


@router.post("/form", dependencies=[public()])
def take_form(name: Annotated[str, Form(max_length=3)]) -> str:
    return name


REFUSALS: dict[str, Exception] = {
    "unknown": NotAuthenticated(),
    "busy": TooMany(retry_after=timedelta(seconds=90)),
    "soon": Unavailable(retry_after=timedelta(milliseconds=10)),
    "database": DatabaseFault("23514", "ck_parcel_count"),
    "surprise": RuntimeError(CANARY),
}


@router.get("/refused/{why}", dependencies=[public()])
def refuse(why: str) -> None:
    raise REFUSALS[why]


class Pages:
    """Shows a problem as a page, as `shared.ui` does."""

    def problem(
        self, request: Request, status: int, code: str, *, request_id: str = ""
    ) -> Response:
        return HTMLResponse(f"<p>{code} {request_id}</p>", status)


@pytest.fixture
def client() -> Iterator[TestClient]:
    verifier = TokenVerifier("example", {})
    parts = WebParts("example", "http://a.localhost", None, verifier, [router], pages=Pages())
    with TestClient(create_service(parts), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.requirement("PF-PROBLEM-1")
def test_a_problem_has_a_stable_code_and_the_id_of_its_request(client: TestClient) -> None:
    answer = client.get("/nowhere")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "not found",
        "status": 404,
        "code": "not_found",
        "request_id": answer.headers["X-Request-Id"],
        "fields": [],
    }


@pytest.mark.requirement("PF-PROBLEM-1")
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"count": 0, "to": {"street": "a"}}, ["count"]),
        ({"to": {"street": CANARY}}, ["count", "to.street"]),
        ({"count": 1, "to": {"street": "a"}, CANARY: 1}, []),
        ({"count": 1, "to": {"street": "a", CANARY: 1}}, ["to"]),
        ({"count": CANARY, "to": CANARY}, ["count", "to"]),
        ([CANARY], []),
    ],
)
def test_a_refused_body_is_told_by_our_names_of_fields_never_by_the_callers(
    client: TestClient, body: object, fields: list[str]
) -> None:
    answer = client.post("/parcels", json=body)
    assert (answer.status_code, answer.json()["fields"]) == (422, fields)
    assert CANARY not in answer.text


@pytest.mark.requirement("PF-PROBLEM-1")
def test_parameters_and_forms_are_told_by_their_names_too(client: TestClient) -> None:
    parcel = {"count": 1, "to": {"street": "a"}}
    assert client.post("/parcels?page=0", json=parcel).json()["fields"] == ["page"]
    assert client.post("/form", data={"name": CANARY}).json()["fields"] == ["name"]


@pytest.mark.requirement("PF-PROBLEM-1")
@pytest.mark.parametrize(
    ("why", "status", "header", "value"),
    [
        ("unknown", 401, "WWW-Authenticate", "Bearer"),
        ("busy", 429, "Retry-After", "90"),
        ("soon", 503, "Retry-After", "1"),
    ],
)
def test_a_refusal_says_in_its_headers_what_to_do(
    client: TestClient, why: str, status: int, header: str, value: str
) -> None:
    answer = client.get(f"/refused/{why}")
    assert (answer.status_code, answer.headers[header]) == (status, value)


@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    ("why", "kind"), [("database", "DatabaseFault"), ("surprise", "RuntimeError")]
)
def test_what_nobody_expected_is_told_as_such_and_logged_by_kind(
    client: TestClient, why: str, kind: str
) -> None:
    with capture_logs() as lines:
        answer = client.get(f"/refused/{why}")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    (line,) = [line for line in lines if line["event"] == "unexpected"]
    assert (line["kind"], line["request_id"]) == (kind, answer.headers["X-Request-Id"])
    assert line.get("constraint") == ("ck_parcel_count" if why == "database" else None)
    assert CANARY not in answer.text + str(lines)


@pytest.mark.requirement("PF-PROBLEM-1")
def test_a_person_gets_a_page_and_a_program_data(client: TestClient) -> None:
    page = client.get("/refused/busy", headers=HTML)
    assert page.text == f"<p>too_many {page.headers['X-Request-Id']}</p>"
    assert page.headers["Retry-After"] == "90"
    assert client.get("/api/nowhere", headers=HTML).json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("path", "accept", "is_page"),
    [
        ("/reports", "text/html", True),
        ("/reports", "application/json", False),
        ("/reports", "", False),
        ("/api/reports", "text/html", False),
        ("/internal/events", "text/html", False),
        ("/v1/check", "text/html", False),
        ("/apiary", "text/html", True),
    ],
)
def test_what_is_for_programs_is_told_by_its_path(path: str, accept: str, *, is_page: bool) -> None:
    scope = {
        "type": "http",
        "path": path,
        "headers": [(b"accept", accept.encode())],
        "query_string": b"",
        "server": ("a", 80),
        "scheme": "http",
        "root_path": "",
    }
    assert wants_html(Request(scope)) is is_page


def test_every_refusal_of_the_domain_has_a_status_and_a_code_of_its_own() -> None:
    kinds = DomainError.__subclasses__()
    own = {kind.code for kind in kinds if kind.__module__ == "shared.domain.errors"}
    assert len(own) == len([k for k in kinds if k.__module__ == "shared.domain.errors"])
    assert all(400 <= kind.status < 600 for kind in kinds)
