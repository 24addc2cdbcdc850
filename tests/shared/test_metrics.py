import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from uuid import uuid4

import httpx2
import pytest
from fastapi import APIRouter, FastAPI
from prometheus_client import CollectorRegistry, Counter, generate_latest
from shared.contracts.contract import Contract
from shared.platform import metrics
from shared.platform.access import public, route_access
from shared.platform.database import Sessions
from shared.platform.metrics import LABELS, REGISTRY, count_answer, serve_metrics
from shared.platform.relay import Relay, RelayFigures
from shared.platform.service_token import TokenVerifier
from shared.platform.web import WebParts, create_service
from starlette.testclient import TestClient

from infra.ports import free_port
from tests.canary import forms_of_address, forms_of_text, found_in, text_canary
from tests.fakes import FrozenClock
from tests.shared.letters import LetterRoom

CALLER = "127.66.77.88"
FORWARDED = "203.0.113.77"

inner = APIRouter(prefix="/api/cases")


class Note(Contract):
    text: str


@inner.post("/{case}/notes", dependencies=[public()])
def add_note(case: str, note: Note) -> dict[str, int]:
    if case.startswith("broken"):
        raise RuntimeError(note.text)
    return {"length": len(note.text)}


def parts() -> WebParts:
    return WebParts(
        name="example",
        public_url="http://example.localhost:8001",
        sessions=None,
        token_verifier=TokenVerifier("example", {}),
        routers=[inner],
    )


@pytest.fixture
def app() -> FastAPI:
    return create_service(parts())


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False, client=(CALLER, 40000)) as client:
        yield client


def told() -> str:
    return generate_latest(REGISTRY).decode()


def say_it_everywhere(client: TestClient, canary: str) -> list[int]:
    """Requests with the canary in every place that a caller can write to."""
    headers = {
        "User-Agent": canary,
        "Referer": f"https://example.org/{canary}",
        "X-Forwarded-For": FORWARDED,
        "Forwarded": f"for={FORWARDED}",
        "Cookie": f"a={canary}",
        "Authorization": f"Bearer {canary}",
        "traceparent": f"00-{canary[6:38]}-{canary[6:22]}-01",
        "tracestate": f"vendor={canary}",
        "baggage": f"who={canary}",
    }
    note = {"text": canary}
    requests = [
        ("POST", f"/api/cases/{canary}/notes?q={canary}", note),
        ("POST", f"/api/cases/broken-{canary}/notes", note),
        ("POST", f"/api/cases/{canary}/notes", {canary: canary}),
        ("GET", f"/{canary}/nowhere", None),
        (canary, f"/api/cases/{canary}/notes", None),
        ("GET", f"/livez?{canary}={canary}&{canary}=2", None),
    ]
    return [
        client.request(method, path, headers=headers, json=body).status_code
        for method, path, body in requests
    ]


@pytest.mark.requirement("SEC-P1")
@pytest.mark.requirement("SEC-P4")
def test_nothing_of_a_caller_is_in_the_metrics(client: TestClient) -> None:
    canary = text_canary()
    assert say_it_everywhere(client, canary) == [200, 500, 422, 404, 405, 400]
    figures = generate_latest(REGISTRY)
    assert b"/api/cases/{case}/notes" in figures
    forms = [forms_of_text(canary), forms_of_text(canary[6:38]), forms_of_address(CALLER)]
    for each in (*forms, forms_of_address(FORWARDED)):
        assert found_in(figures, each) == []


def test_the_search_for_canaries_finds_what_a_careless_metric_tells() -> None:
    canary, careless = text_canary(), CollectorRegistry()
    seen = Counter("seen", "Who asked for what.", ["path", "client"], registry=careless)
    seen.labels(f"/cases/{canary}", CALLER).inc()
    figures = generate_latest(careless)
    assert canary.encode() in found_in(figures, forms_of_text(canary))
    assert CALLER.encode() in found_in(figures, forms_of_address(CALLER))


@pytest.mark.requirement("PF-METRICS-1")
def test_answers_are_counted_by_template_method_and_class_of_status(client: TestClient) -> None:
    client.post(f"/api/cases/{uuid4()}/notes", json={"text": "a"})
    client.post(f"/api/cases/{uuid4()}/notes", json={"text": 1})
    route = 'route="/api/cases/{case}/notes"'
    for status in ("2xx", "4xx"):
        expected = f'count{{method="POST",{route},service="example",status="{status}"}}'
        assert f"offlimits_answer_seconds_{expected}" in told()


@pytest.mark.requirement("PF-METRICS-1")
def test_every_label_of_every_metric_is_on_the_list() -> None:
    count_answer("example", "", "BREW", 418, 0.1)
    used = {
        label
        for family in REGISTRY.collect()
        for sample in family.samples
        for label in sample.labels
    }
    assert used - {"le"} <= set(LABELS)
    assert 'method="other"' in told()
    assert "BREW" not in told()


@pytest.mark.requirement("PF-METRICS-1")
def test_the_application_that_visitors_reach_does_not_serve_metrics(
    app: FastAPI, client: TestClient
) -> None:
    assert client.get("/metrics").status_code == 404
    assert not [path for _, path in route_access(app) if "metrics" in path]


@pytest.mark.requirement("PF-METRICS-1")
def test_metrics_are_served_where_the_setting_says_and_nowhere_without_it() -> None:
    port = free_port()
    serve_metrics("")
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    serve_metrics(f"127.0.0.1:{port}")
    answer = httpx2.get(f"http://127.0.0.1:{port}/metrics", trust_env=False)
    assert answer.status_code == 200
    assert "offlimits_answer_seconds" in answer.text
    with pytest.raises(OSError, match="in use"):
        serve_metrics(f"127.0.0.1:{port}")


@pytest.mark.requirement("PF-METRICS-1")
def test_attempts_at_tasks_are_counted_by_how_they_ended(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    def counted(outcome: str) -> float:
        labels = {"service": "example", "task": "example.deliver_letter", "outcome": outcome}
        return REGISTRY.get_sample_value("offlimits_task_seconds_count", labels) or 0

    room = LetterRoom(platform_sessions, clock)
    before = {outcome: counted(outcome) for outcome in ("done", "later", "repeated")}
    first, second = room.new_letter(), room.new_letter()
    room.tasks.execute(room.row(first).id)
    room.office.fault = RuntimeError("canary")
    room.tasks.execute(room.row(second).id)
    clock.advance(room.rules.longest_pause)
    room.tasks.execute(room.row(second).id)
    assert {outcome: counted(outcome) - before[outcome] for outcome in before} == {
        "done": 1,
        "later": 1,
        "repeated": 1,
    }


@pytest.mark.requirement("PF-METRICS-1")
def test_a_relay_tells_what_waits(platform_sessions: Sessions, clock: FrozenClock) -> None:
    room = LetterRoom(platform_sessions, clock)
    room.new_letter()
    clock.advance(room.rules.first_pause)
    registry = CollectorRegistry()
    registry.register(RelayFigures("example", Relay(platform_sessions, None, clock=clock)))
    told = {
        sample.name: (sample.value, sample.labels)
        for family in registry.collect()
        for sample in family.samples
    }
    waited = room.rules.first_pause.total_seconds()
    assert told == {
        "offlimits_outbox_open": (1, {"service": "example"}),
        "offlimits_outbox_parked": (0, {"service": "example"}),
        "offlimits_outbox_oldest_seconds": (waited, {"service": "example"}),
    }


FORKING = textwrap.dedent("""
    import os, signal, sys, time
    from prometheus_client import generate_latest
    from shared.platform.metrics import (
        REGISTRY, count_attempt, count_for_children, serve_metrics
    )

    serve_metrics(sys.argv[1])
    count_for_children()
    children = []
    for number in range(4):
        child = os.fork()
        if child == 0:
            count_attempt("example", "example.task", "done", 0.5)
            os.kill(os.getpid(), signal.SIGKILL)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)
    survivor = os.fork()
    if survivor == 0:
        # Only a child that runs has let go of what it has from its parent.
        print(os.getpid(), flush=True)
        time.sleep(60)
        sys.exit()
    name = "offlimits_task_seconds_count"
    labels = {"service": "example", "task": "example.task", "outcome": "done"}
    while REGISTRY.get_sample_value(name, labels) != 4:
        time.sleep(0.02)
    os.kill(os.getpid(), signal.SIGKILL)
""")


@pytest.mark.requirement("PF-METRICS-1")
def test_what_forked_workers_count_is_served_by_their_parent_even_if_they_are_killed() -> None:
    bind = f"127.0.0.1:{free_port()}"
    command = [sys.executable, "-c", FORKING, bind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout
        survivor = int(process.stdout.readline())
        process.wait()
        try:
            # A child lives on, and the port is free all the same.
            serve_metrics(bind)
        finally:
            os.kill(survivor, signal.SIGKILL)


def test_a_count_is_dropped_rather_than_waited_for_when_nobody_listens(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    monkeypatch.setattr(metrics, "_told", writing)
    for _ in range(5_000):
        metrics.count_attempt("example", "example.task", "done", 0.1)
    os.close(reading)
    os.close(writing)
