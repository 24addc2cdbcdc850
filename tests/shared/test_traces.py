from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from shared.contracts.contract import Contract
from shared.domain.errors import Unavailable
from shared.platform import traces
from shared.platform.database import Sessions
from shared.platform.peer import Peer
from shared.platform.service_token import TokenSigner, TokenVerifier
from shared.platform.web import WebParts, create_service
from starlette.testclient import TestClient

from tests.applications import key_text, public_key_of
from tests.canary import forms_of_address, forms_of_text, found_in, text_canary
from tests.fakes import FrozenClock
from tests.shared.letters import LetterRoom
from tests.shared.test_metrics import CALLER, FORWARDED, inner, say_it_everywhere

OUTER = TokenSigner("gateway", key_text("gateway token"))


class Collector:
    """Takes the spans of this process; `spans` sends what is left and tells them."""

    def __init__(self) -> None:
        self._kept = InMemorySpanExporter()
        self._provider = traces.start_traces("example", self._kept)

    def spans(self) -> list[ReadableSpan]:
        self._provider.force_flush()
        return list(self._kept.get_finished_spans())

    def close(self) -> None:
        traces.stop_traces()
        self._provider.shutdown()


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.close()


@pytest.fixture
def app() -> FastAPI:
    trusted = {"gateway": public_key_of("gateway")}
    return create_service(
        WebParts(
            name="example",
            public_url="http://example.localhost:8001",
            sessions=None,
            token_verifier=TokenVerifier("example", trusted),
            routers=[inner],
        )
    )


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, client=(CALLER, 40000)) as client:
        yield client


def as_text(spans: list[ReadableSpan]) -> bytes:
    return "\n".join(span.to_json() for span in spans).encode()


@pytest.mark.requirement("SEC-P1")
@pytest.mark.requirement("SEC-P4")
def test_nothing_of_a_caller_is_in_a_span(client: TestClient, collector: Collector) -> None:
    canary = text_canary()
    say_it_everywhere(client, canary)
    spans = collector.spans()
    assert {span.name for span in spans} == {
        "POST /api/cases/{case}/notes",
        "GET other",
        "other /api/cases/{case}/notes",
    }
    told = as_text(spans)
    # The second one is the trace id that the caller would have liked.
    for form in (forms_of_text(canary), forms_of_text(canary[6:38])):
        assert found_in(told, form) == []
    for address in (CALLER, FORWARDED):
        assert found_in(told, forms_of_address(address)) == []


def test_the_search_for_canaries_finds_what_a_careless_span_tells() -> None:
    canary, kept = text_canary(), InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))

    def careless() -> None:
        with provider.get_tracer("careless").start_as_current_span("request") as span:
            span.set_attribute("client.address", CALLER)
            raise RuntimeError(canary)

    with pytest.raises(RuntimeError):
        careless()
    told = as_text(list(kept.get_finished_spans()))
    assert found_in(told, forms_of_text(canary)) != []
    assert found_in(told, forms_of_address(CALLER)) != []


@pytest.mark.requirement("PF-TRACES-1")
def test_only_attributes_on_the_list_leave_the_process(collector: Collector) -> None:
    canary = text_canary()

    def talkative() -> None:
        with traces.span("work") as span:
            span.set_attributes({"task": "example.task", "client.address": CALLER})
            span.add_event(canary, {"text": canary})
            span.set_status(StatusCode.ERROR, canary)
            raise ValueError(canary)

    with pytest.raises(ValueError, match=canary):
        talkative()
    (told,) = collector.spans()
    assert dict(told.attributes or {}) == {"task": "example.task"}
    assert told.status.status_code is StatusCode.ERROR
    assert found_in(as_text([told]), forms_of_text(canary)) == []


@pytest.mark.requirement("PF-TRACES-1")
def test_nothing_is_traced_unless_a_collector_is_named(client: TestClient) -> None:
    assert not traces.is_tracing()
    client.get("/livez")
    assert traces.parent_headers() == {}


@pytest.mark.requirement("PF-TRACES-1")
@pytest.mark.parametrize("variable", ["FASTAPI_OTEL_AUTO_CONFIGURE", "OTEL_TRACES_EXPORTER"])
def test_the_framework_traces_nothing_by_itself(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "true")
    router = APIRouter()
    app = create_service(
        WebParts("example", "http://a.localhost", None, TokenVerifier("example", {}), [router])
    )
    assert not app._native_telemetry.enabled()


@pytest.mark.requirement("PF-TRACES-1")
@pytest.mark.parametrize(("caller", "goes_on"), [("gateway", True), ("", False)])
def test_a_trace_goes_on_from_our_own_services_only(
    client: TestClient, collector: Collector, caller: str, *, goes_on: bool
) -> None:
    headers = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    if caller:
        headers["Authorization"] = f"Bearer {OUTER.token_for('example')}"
    client.get("/livez", headers=headers)
    (told,) = collector.spans()
    assert told.context
    assert (f"{told.context.trace_id:032x}" == "a" * 32) is goes_on


class Answer(Contract):
    status: str


@pytest.mark.requirement("PF-TRACES-1")
def test_a_call_between_services_is_one_trace(
    app: FastAPI, client: TestClient, collector: Collector
) -> None:
    peer = Peer("example", "http://example.localhost:8001", OUTER, client)
    assert peer.get("/livez", Answer, params={"receipt": "canary"}).status == "ok"
    inside, outside = collector.spans()
    assert (inside.name, outside.name) == ("GET /livez", "call example")
    assert inside.parent
    assert outside.context
    assert inside.parent.span_id == outside.context.span_id
    assert found_in(as_text([outside]), iter([b"canary"])) == []


@pytest.mark.requirement("PF-TRACES-1")
def test_a_call_that_fails_is_marked_and_tells_no_more(collector: Collector) -> None:
    def fail(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("canary")

    with httpx2.Client(transport=httpx2.MockTransport(fail)) as broken:
        peer = Peer("example", "http://example.localhost:8001", OUTER, broken)
        with pytest.raises(Unavailable):
            peer.get("/livez", Answer)
    (told,) = collector.spans()
    assert told.status.status_code is StatusCode.ERROR
    assert b"canary" not in as_text([told])


@pytest.mark.requirement("PF-TRACES-1")
def test_an_attempt_at_a_task_is_a_span_with_its_outcome(
    platform_sessions: Sessions, clock: FrozenClock, collector: Collector
) -> None:
    room = LetterRoom(platform_sessions, clock)
    letter = room.new_letter()
    room.tasks.execute(room.row(letter).id)
    (told,) = collector.spans()
    assert told.name == "example.deliver_letter"
    assert dict(told.attributes or {}) == {"task": told.name, "outcome": "done"}
    assert str(letter).encode() not in as_text([told])


@pytest.mark.requirement("PF-TRACES-1")
def test_spans_reach_a_collector_over_http() -> None:
    bodies: list[bytes] = []

    class Inbox(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Inbox)
    Thread(target=server.serve_forever, daemon=True).start()
    exporter = traces.collector_at(f"http://127.0.0.1:{server.server_port}/v1/traces")
    provider = traces.start_traces("example", exporter)
    try:
        with traces.span("example.task"):
            pass
        assert provider.force_flush()
    finally:
        traces.stop_traces()
        provider.shutdown()
        server.shutdown()
        server.server_close()
    assert b"example.task" in b"".join(bodies)
