"""GraphQL beside a plain REST fan-out of the same calls, in one run: `make bench-gateway`.

Both ask the same services, a process of its own on loopback, through the same typed clients, and
both are called as a server calls them. Figures are CPU time of this process, each way in turn, so
that noise of the machine meets all alike. Only ratios mean something elsewhere.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from gateway.clients import Peers
from gateway.limits import Gate
from gateway.schema.context import Context
from gateway.schema.documents import registered_documents
from gateway.schema.endpoint import Endpoint
from gateway.schema.management import MANAGEMENT_WEIGHTS, management_schema
from gateway.schema.public import PUBLIC_WEIGHTS, public_schema
from pydantic import BaseModel
from shared.contracts.chat import ChatSend
from shared.platform.peer import peer_http_client
from shared.platform.service_token import TokenSigner
from starlette.types import ASGIApp, Message

from infra.ports import free_port
from infra.servers import wait_until
from tests.applications import key_text
from tests.bench.canned_services import SERVICES, answers
from tests.bench.timing import Timed, Way, timed

REQUESTS = 150
# What a question may cost beside the plain way; a busy machine may take a fifth of it.
MOST, NOISE = 3.0, 0.8
SECRET = "b" * 43
ONE_QUESTION = """query($year: Int!) { annualReport(year: $year) {
  hotline { id count ratio } helpline { id count ratio }
  prevention { id count ratio } hashCheck { id count ratio } } }"""

Ask = Callable[[], Awaitable[object]]


class Told(BaseModel):
    id: str
    count: int | None


@contextmanager
def canned_services() -> Iterator[str]:
    port = free_port()
    with subprocess.Popen(  # noqa: S603  our own module
        [sys.executable, "-m", "tests.bench.canned_services", str(port)], stdin=subprocess.PIPE
    ) as process:
        wait_until(lambda: answers(port), "the services do not answer")
        yield f"http://127.0.0.1:{port}"
        process.terminate()


def plain_rest(peers: Peers) -> FastAPI:
    """What one would write without GraphQL: the same clients, joined by hand."""
    app = FastAPI()

    @app.get("/figures/{year}")
    async def figures(year: int) -> Mapping[str, list[Told]]:
        told = await asyncio.gather(*(peers.by_name(name).year_figures(year) for name in SERVICES))
        return {
            name: [Told(id=count.id, count=count.total) for count in one.counts]
            for name, one in zip(SERVICES, told, strict=True)
        }

    @app.post("/messages")
    async def message(message: ChatSend) -> Mapping[str, int]:
        sent = await peers.helpline.send(message)
        return {"seq": sent.seq}

    return app


def endpoints(peers: Peers) -> tuple[ASGIApp, ASGIApp]:
    """Both GraphQL doors as they are in production."""

    async def never_slow(_: str) -> None:
        return None

    async def context_of(_: object) -> Context:
        return Context(peers, never_slow, lambda text, _: text)

    management = Endpoint(
        management_schema,
        Gate(weights=MANAGEMENT_WEIGHTS),
        context_of,
        documents=registered_documents("management"),
        free_documents=True,
    )
    public = Endpoint(
        public_schema,
        Gate(weights=PUBLIC_WEIGHTS),
        context_of,
        documents=registered_documents(),
        free_documents=False,
    )
    return management, public


async def called(app: ASGIApp, method: str, path: str, body: bytes = b"") -> Any:
    """The JSON that an application answers; AssertionError for anything but 200."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": headers,
        "scheme": "http",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
    }
    said: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        said.append(message)

    await app(scope, receive, send)
    content = b"".join(message.get("body", b"") for message in said[1:])
    assert said[0]["status"] == 200, content
    return json.loads(content)


def message() -> dict[str, str]:
    return {"secret": SECRET, "client_id": str(uuid4()), "text": "Dank je wel, dat helpt."}


def ways(peers: Peers) -> Mapping[str, Ask]:
    management, public = endpoints(peers)
    rest = plain_rest(peers)
    themes = next(iter(registered_documents("management")))
    sending = (files("gateway") / "documents/send_chat_message.graphql").read_bytes()

    def asked(app: ASGIApp, body: Mapping[str, object]) -> Awaitable[Any]:
        return called(app, "POST", "/graphql", json.dumps(body).encode())

    def sent() -> dict[str, str]:
        one = message()
        return {"line": "HELPLINE", "clientId": one.pop("client_id")} | one

    return {
        "query, plain": lambda: called(rest, "GET", "/figures/2026"),
        "query": lambda: asked(management, {"query": ONE_QUESTION, "variables": {"year": 2026}}),
        "page": lambda: asked(
            management, {"documentId": f"sha256:{themes}", "variables": {"year": 2026}}
        ),
        "mutation, plain": lambda: called(
            rest, "POST", "/messages", json.dumps(message()).encode()
        ),
        "mutation": lambda: asked(
            public,
            {"documentId": f"sha256:{sha256(sending).hexdigest()}", "variables": sent()},
        ),
    }


@pytest.fixture(scope="module")
def measured() -> Iterator[Mapping[str, Timed]]:
    with canned_services() as url, asyncio.Runner() as runner:
        loop = runner.get_loop()
        client = peer_http_client()
        signer = TokenSigner("gateway", key_text("gateway token"))
        peers = Peers.at(dict.fromkeys(SERVICES, url), signer, client)

        async def often(ask: Ask) -> None:
            for _ in range(REQUESTS):
                await ask()

        def way(ask: Ask) -> Way:
            return Way(lambda: loop.run_until_complete(often(ask)), REQUESTS)

        for ask in ways(peers).values():
            answer = loop.run_until_complete(ask())
            assert "errors" not in json.dumps(answer), answer
        yield timed({name: way(ask) for name, ask in ways(peers).items()})
        loop.run_until_complete(client.aclose())


@pytest.mark.requirement("GW-BENCH-1")
@pytest.mark.parametrize(
    ("name", "plain"),
    [("query", "query, plain"), ("mutation", "mutation, plain")],
)
def test_a_question_costs_little_more_than_the_same_calls_by_hand(
    measured: Mapping[str, Timed], name: str, plain: str
) -> None:
    ratio = measured[plain].times(measured[name])
    say(measured, name, plain, ratio)
    assert ratio <= MOST / NOISE


def test_the_question_of_the_page_is_told_as_well(measured: Mapping[str, Timed]) -> None:
    """No target: it answers 300 fields more than the plain way, from the same four calls."""
    say(measured, "page", "query, plain", measured["query, plain"].times(measured["page"]))


def say(measured: Mapping[str, Timed], name: str, plain: str, ratio: float) -> None:
    own, other = (1000 / measured[each].rate for each in (name, plain))
    sys.stdout.write(
        f"\n{name:<10} {own:6.2f} ms of CPU, by hand {other:6.2f} ms: {ratio:4.2f} times"
        f" (target {MOST:.0f}, {MOST / ratio:4.0%} of it)\n"
    )
