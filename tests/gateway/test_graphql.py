"""GraphQL over HTTP: what is answered, what is refused, and that nothing is repeated."""

import asyncio
import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from importlib.resources import files
from typing import Any

import httpx2
import pytest
from gateway.limits import Gate
from gateway.schema.context import Context
from gateway.schema.documents import registered_documents
from gateway.schema.endpoint import Endpoint
from gateway.schema.management import MANAGEMENT_WEIGHTS, management_schema
from gateway.schema.public import PUBLIC_WEIGHTS, public_schema
from gateway.schema.report import REPORT_LIMIT
from graphql import parse, validate
from shared.domain.errors import TooMany

from tests.gateway.fake_services import Services
from tests.gateway.test_limits import ABUSE

A_KEY = "6f3a2f0e-3f53-4f0f-9c5a-0d8f5a3c9d11"
CANARY = "canary-7f1d"
A_REPORT = """mutation($report: ReportInput!, $key: UUID!) {
  reportUrls(report: $report, idempotencyKey: $key) { code refused { position code } }
}"""
STATUS = "query($code: String!) { reportStatus(code: $code) { progress receivedOn } }"
FIGURES = """query($since: Date!, $until: Date!) { figures(since: $since, until: $until) {
  hotline { reportsReceived urlsIllegal hoursOnlineMedian } hashCheck { checked hits } } }"""


class Api:
    """Both endpoints in front of hand-written services; `slowed` limits are used up."""

    def __init__(self, *, free_documents: bool = True) -> None:
        self.services = Services()
        self.slowed: set[str] = set()
        self._peers = self.services.peers()
        self._public = Endpoint(
            public_schema,
            Gate(weights=PUBLIC_WEIGHTS),
            self._context,
            documents=registered_documents(),
            free_documents=free_documents,
        )
        self._management = Endpoint(
            management_schema,
            Gate(weights=MANAGEMENT_WEIGHTS),
            self._context,
            documents={},
            free_documents=True,
        )

    async def _context(self, _: object) -> Context:
        return Context(self._peers, self._slow_down, lambda text, language: f"{language}: {text}")

    async def _slow_down(self, limit: str) -> None:
        if limit in self.slowed:
            raise TooMany("slow_down", retry_after=timedelta(minutes=12))

    def send(self, *, management: bool = False, **request: Any) -> httpx2.Response:
        async def call() -> httpx2.Response:
            app = self._management if management else self._public
            transport = httpx2.ASGITransport(app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://site") as client:
                return await client.post("/", **request)

        return asyncio.run(call())

    def ask(
        self,
        query: str,
        variables: Mapping[str, object] | None = None,
        *,
        management: bool = False,
    ) -> httpx2.Response:
        body = {"query": query, "variables": dict(variables or {})}
        return self.send(management=management, json=body)


def code_of(response: httpx2.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.mark.requirement("IN-1")
def test_a_report_reaches_the_hotline_with_its_key(api: Api) -> None:
    report = {"addresses": ["hxxp://pictures[.]test/one.png"], "childInDanger": True}

    answer = api.ask(A_REPORT, {"report": report, "key": A_KEY})

    assert answer.json() == {"data": {"reportUrls": {"code": "K7PQ-2MXW-9RTC", "refused": []}}}
    [sent] = api.services.requests
    assert sent.headers["idempotency-key"] == A_KEY
    assert json.loads(sent.content)["addresses"] == report["addresses"]
    assert json.loads(sent.content)["child_in_danger"] is True


@pytest.mark.requirement("IN-2")
def test_a_receipt_code_tells_the_coarse_status(api: Api) -> None:
    answer = api.ask(STATUS, {"code": "K7PQ-2MXW-9RTC"})

    status = {"progress": "IN_PROGRESS", "receivedOn": "2026-11-24"}
    assert answer.json() == {"data": {"reportStatus": status}}


@pytest.mark.requirement("IN-2")
def test_an_unknown_receipt_code_is_a_coded_error(api: Api) -> None:
    api.services.refuse("/api/reports/status", 404, "report.unknown_code")

    answer = api.ask(STATUS, {"code": CANARY})

    assert answer.json()["data"] == {"reportStatus": None}
    assert code_of(answer) == "REPORT.UNKNOWN_CODE"
    assert CANARY not in answer.text


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize("stopped", ["hotline", "helpline", "prevention"])
def test_a_stopped_line_leaves_only_its_own_field_empty(api: Api, stopped: str) -> None:
    api.services.stopped.add(stopped)

    answer = api.ask("{ lines { line state } crisisInformation { telephone } }")

    assert answer.status_code == 200
    states = {line["line"].lower(): line["state"] for line in answer.json()["data"]["lines"]}
    assert {line for line, state in states.items() if state is None} == {stopped}
    assert code_of(answer) == "SERVICE_UNAVAILABLE"
    numbers = [c["telephone"] for c in answer.json()["data"]["crisisInformation"]]
    assert numbers == ["112", "0800-0113"]


@pytest.mark.requirement("SEC-R4")
def test_crisis_information_needs_nobody(api: Api) -> None:
    api.services.stopped.update({"hotline", "helpline", "prevention", "hashcheck"})

    answer = api.ask("{ crisisInformation(language: EN) { name } }")

    assert answer.json()["data"]["crisisInformation"][0]["name"] == "en: Emergency services"


@pytest.mark.requirement("SEC-R4")
def test_a_report_while_the_hotline_is_down_says_so_and_can_be_repeated(api: Api) -> None:
    api.services.stopped.add("hotline")

    answer = api.ask(A_REPORT, {"report": {"addresses": [CANARY]}, "key": A_KEY})

    assert answer.json()["data"] == {"reportUrls": None}
    assert code_of(answer) == "SERVICE_UNAVAILABLE"
    assert CANARY not in answer.text


@pytest.mark.requirement("SEC-R4")
def test_a_service_that_keeps_failing_is_left_alone(api: Api) -> None:
    api.services.answers["helpline", "GET", "/api/status"] = (500, {})

    for _ in range(10):
        api.ask("{ lines { state } }")

    asked = [r for r in api.services.requests if r.url.host == "helpline"]
    assert len(asked) == 5


@pytest.mark.requirement("SEC-S3")
def test_too_many_reports_are_slowed_down_before_the_hotline_is_asked(api: Api) -> None:
    api.slowed.add(REPORT_LIMIT)

    answer = api.ask(A_REPORT, {"report": {"addresses": ["a"]}, "key": A_KEY})

    assert answer.json()["errors"][0]["extensions"] == {"code": "SLOW_DOWN", "retry_after": 720}
    assert api.services.requests == []


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    "report",
    [
        {"addresses": []},
        {"addresses": [""]},
        {"addresses": ["https://a.test/"] * 51},
        {"addresses": ["x" * 8193]},
        {"addresses": ["https://a.test/"], "note": "x" * 4001},
        {"addresses": ["https://a.test/"], "contactEmail": "x" * 255},
    ],
)
def test_a_report_over_a_limit_is_refused_by_field(api: Api, report: dict[str, Any]) -> None:
    answer = api.ask(A_REPORT, {"report": report, "key": A_KEY})

    assert code_of(answer) == "BAD_REPORT"
    assert answer.json()["errors"][0]["extensions"]["fields"]
    assert api.services.requests == []


BAD_REQUESTS: dict[str, tuple[dict[str, Any], int, str]] = {
    "a batch": ({"json": [{"query": "{ lines { line } }"}]}, 400, "BAD_REQUEST"),
    "a string": ({"json": "{ lines { line } }"}, 400, "BAD_REQUEST"),
    "no document": ({"json": {}}, 400, "BAD_REQUEST"),
    "an unknown field": ({"json": {"query": "{ a }", CANARY: 1}}, 400, "BAD_REQUEST"),
    "a document that is a number": ({"json": {"query": 5}}, 400, "BAD_REQUEST"),
    "variables in a list": (
        {"json": {"query": "{ lines { line } }", "variables": [CANARY]}},
        400,
        "BAD_REQUEST",
    ),
    "two documents": (
        {"json": {"query": "{ lines { line } }", "documentId": "sha256:" + "0" * 64}},
        400,
        "BAD_REQUEST",
    ),
    "broken JSON": (
        {
            "content": b'{"query": "' + CANARY.encode(),
            "headers": {"content-type": "application/json"},
        },
        400,
        "BAD_JSON",
    ),
    "an identifier that is too short": (
        {"json": {"documentId": "sha256:0"}},
        400,
        "NOT_REGISTERED",
    ),
    "an identifier nobody registered": (
        {"json": {"documentId": "sha256:" + "0" * 64}},
        400,
        "NOT_REGISTERED",
    ),
    "plain text": (
        {"content": b'{"query": "{ lines { line } }"}', "headers": {"content-type": "text/plain"}},
        415,
        "JSON_ONLY",
    ),
    "no content type": ({"content": b'{"query": "{ lines { line } }"}'}, 415, "JSON_ONLY"),
    "a form": ({"data": {"query": "{ lines { line } }"}}, 415, "JSON_ONLY"),
    "multipart": (
        {"files": {"operations": (None, '{"query": "{ lines { line } }"}')}},
        415,
        "JSON_ONLY",
    ),
    "an unknown field of the schema": (
        {"json": {"query": "{ canary }"}},
        400,
        "INVALID_DOCUMENT",
    ),
    "a nearly right field": ({"json": {"query": "{ line }"}}, 400, "INVALID_DOCUMENT"),
    "federation": ({"json": {"query": "{ _service { sdl } }"}}, 400, "INVALID_DOCUMENT"),
    "a subscription": ({"json": {"query": "subscription { lines }"}}, 400, "NO_SUBSCRIPTIONS"),
    "a wrong key": (
        {"json": {"query": A_REPORT, "variables": {"report": {"addresses": ["a"]}, "key": CANARY}}},
        400,
        "BAD_VARIABLES",
    ),
    "a missing variable": ({"json": {"query": STATUS}}, 400, "BAD_VARIABLES"),
    "a variable of another type": (
        {"json": {"query": STATUS, "variables": {"code": {"canary": CANARY}}}},
        400,
        "BAD_VARIABLES",
    ),
    "an unknown variable": (
        {"json": {"query": STATUS, "variables": {"code": "a", CANARY: "b"}}},
        400,
        "UNKNOWN_VARIABLE",
    ),
    "large variables": (
        {"json": {"query": STATUS, "variables": {"code": CANARY * 2000}}},
        400,
        "VARIABLES_TOO_LARGE",
    ),
}


@pytest.mark.requirement("SEC-S3")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    ("request_", "status", "code"), BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys()
)
def test_a_bad_request_is_refused_with_a_code_and_without_an_echo(
    api: Api, request_: dict[str, Any], status: int, code: str
) -> None:
    answer = api.send(**request_)

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert "canary" not in answer.text
    assert "did you mean" not in answer.text.lower()
    assert api.services.requests == []


@pytest.mark.requirement("SEC-S3")
@pytest.mark.parametrize("management", [False, True])
@pytest.mark.parametrize("document", [pair[0] for pair in ABUSE.values()], ids=ABUSE.keys())
def test_an_abusive_document_is_not_executed(api: Api, document: str, management: bool) -> None:  # noqa: FBT001
    if "\ud800" in document:
        body = json.dumps({"query": document}).encode()
        answer = api.send(
            management=management, content=body, headers={"content-type": "application/json"}
        )
    else:
        answer = api.ask(document, management=management)

    assert answer.status_code == 400
    assert api.services.requests == []


@pytest.mark.requirement("SEC-S3")
def test_production_takes_registered_documents_only() -> None:
    api = Api(free_documents=False)
    digest = sha256((files("gateway") / "documents" / "lines.graphql").read_bytes()).hexdigest()

    by_text = api.ask("query Lines {\n  lines { line state }\n}\n")
    by_identifier = api.send(json={"documentId": f"sha256:{digest}"})

    assert code_of(by_text) == "NOT_REGISTERED"
    assert len(by_identifier.json()["data"]["lines"]) == 3


@pytest.mark.requirement("SEC-S3")
def test_every_registered_document_passes_the_gate_and_the_schema() -> None:
    gate = Gate(weights=PUBLIC_WEIGHTS)
    for text in registered_documents().values():
        assert gate.admit(text, subscription=text.startswith("subscription"))
        assert validate(public_schema._schema, parse(text)) == []


@pytest.mark.requirement("SEC-S3")
def test_the_public_schema_knows_nothing_of_management() -> None:
    printed = public_schema.as_str()

    assert "figures" not in printed.lower()
    assert code_of(Api().ask(FIGURES, {"since": "2026-01-01", "until": "2027-01-01"})) == (
        "INVALID_DOCUMENT"
    )


@pytest.mark.requirement("GW-FIGURES")
def test_management_gets_the_figures_of_both_services_in_one_question(api: Api) -> None:
    answer = api.ask(FIGURES, {"since": "2026-01-01", "until": "2027-01-01"}, management=True)

    assert answer.json()["data"]["figures"] == {
        "hotline": {"reportsReceived": 153_856, "urlsIllegal": 238_724, "hoursOnlineMedian": 19.5},
        "hashCheck": {"checked": 11_192_234_293, "hits": 96_723},
    }
    asked = {r.url.host: dict(r.url.params) for r in api.services.requests}
    assert asked["hotline"] == {
        "since": "2026-01-01T00:00:00+01:00",
        "until": "2027-01-01T00:00:00+01:00",
    }
    assert asked["hashcheck"] == asked["hotline"]


@pytest.mark.requirement("SEC-R4")
def test_figures_of_a_stopped_service_are_empty_and_the_others_are_there(api: Api) -> None:
    api.services.stopped.add("hashcheck")

    answer = api.ask(FIGURES, {"since": "2026-01-01", "until": "2027-01-01"}, management=True)

    figures = answer.json()["data"]["figures"]
    assert figures["hashCheck"] is None
    assert figures["hotline"]["reportsReceived"] == 153_856
    assert answer.json()["errors"][0]["path"] == ["figures", "hashCheck"]
    assert code_of(answer) == "SERVICE_UNAVAILABLE"


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("since", "until"),
    [
        ("2026-01-02", "2026-01-01"),
        ("2026-01-01", "2026-01-01"),
        ("2020-01-01", "2025-01-02"),
        ("2020-02-29", "2025-03-02"),
    ],
)
def test_a_period_backwards_empty_or_too_long_is_refused(api: Api, since: str, until: str) -> None:
    answer = api.ask(FIGURES, {"since": since, "until": until}, management=True)

    assert code_of(answer) == "BAD_PERIOD"
    assert api.services.requests == []


@pytest.mark.requirement("GW-SCHEMA")
@pytest.mark.parametrize(
    ("schema", "name"),
    [(public_schema, "schema.graphql"), (management_schema, "schema.management.graphql")],
)
def test_the_printed_schema_is_the_one_that_is_served(schema: Any, name: str) -> None:
    printed = (files("gateway").joinpath("..") / name).read_text()

    assert printed == schema.as_str() + "\n"
