"""An answer that is sent in one piece is the same on the wire as one in two, and ends the same."""

import asyncio
import socket
from collections.abc import Iterator
from struct import pack

import pytest
from shared.platform.server import SEND_WHOLE
from starlette.types import Receive, Scope, Send

from tests.journeys.edges.wire import Address, Answer, Wire, serving

WHOLE, IN_PARTS, LATE = "/whole", "/in-parts", "/late"
HEADERS = [(b"content-type", b"text/plain"), (b"x-own", b"1")]
LINES = b"content-type: text/plain\r\nx-own: 1\r\n"
LATE_SECONDS = 0.1


async def repeating(scope: Scope, receive: Receive, send: Send) -> None:
    """Answers with what was sent: at once, in parts, or at once after a moment."""
    assert scope["type"] == "http"
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    if scope["path"] == LATE:
        await asyncio.sleep(LATE_SECONDS)
    if scope["path"] != IN_PARTS:
        await scope["state"][SEND_WHOLE](LINES, body)
        return
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with serving(repeating) as served:
        yield served


def posted(path: str, body: bytes, *more: str, version: str = "1.1") -> bytes:
    lines = [f"POST {path} HTTP/{version}", "Host: a.example", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *more, "", ""]).encode() + body


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    return answer.status, dict(answer.headers), answer.body


@pytest.mark.requirement("HC-SPEED-2")
def test_many_answers_on_one_connection_are_whole_and_like_those_in_parts(
    address: Address,
) -> None:
    with Wire(address) as wire:
        for size in (0, 1, 3_000, 200_000):
            body = b"x" * size
            whole = wire.send(posted(WHOLE, body), "POST")
            assert told(whole) == told(wire.send(posted(IN_PARTS, body), "POST"))
            assert whole.body == body
            assert "connection" not in whole.headers


@pytest.mark.requirement("HC-SPEED-2")
@pytest.mark.parametrize(
    ("more", "version"), [(["Connection: close"], "1.1"), ([], "1.0")], ids=["close", "1.0"]
)
@pytest.mark.parametrize("path", [WHOLE, IN_PARTS])
def test_the_last_answer_says_so_and_ends_the_connection(
    address: Address, path: str, more: list[str], version: str
) -> None:
    with socket.create_connection(address, 20) as connection:
        connection.sendall(posted(path, b"last", *more, version=version))
        received = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = received.partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], body) == (b"HTTP/1.1 200 OK", b"last")
    assert b"connection: close" in head.split(b"\r\n")


@pytest.mark.requirement("HC-SPEED-2")
def test_questions_sent_at_once_are_answered_in_their_order(address: Address) -> None:
    paths = [LATE, WHOLE, IN_PARTS, LATE, WHOLE]
    asked = [posted(path, f"{n} {path}".encode()) for n, path in enumerate(paths)]
    with Wire(address) as wire:
        answers = [wire.send(b"".join(asked), "POST")]
        answers += [wire.receive("POST") for _ in asked[1:]]
    assert [answer.text for answer in answers] == [f"{n} {path}" for n, path in enumerate(paths)]


@pytest.mark.requirement("HC-SPEED-2")
def test_a_head_that_is_asked_for_has_no_body(address: Address) -> None:
    request = posted(WHOLE, b"body").replace(b"POST", b"HEAD", 1)
    with Wire(address) as wire:
        assert wire.send(request, "HEAD").headers["content-length"] == "4"
        # A body would be read as the beginning of this answer.
        assert wire.send(posted(WHOLE, b"next"), "POST").text == "next"


@pytest.mark.requirement("HC-SPEED-2")
def test_who_waits_to_send_a_body_is_told_to(address: Address) -> None:
    head, _, body = posted(WHOLE, b"body", "Expect: 100-continue").partition(b"\r\n\r\n")
    with socket.create_connection(address, 20) as connection:
        connection.sendall(head + b"\r\n\r\n")
        assert connection.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(body)
        assert connection.recv(65_536).endswith(b"\r\n\r\nbody")


@pytest.mark.requirement("HC-SPEED-2")
def test_who_is_gone_before_the_answer_harms_nobody(address: Address) -> None:
    with Wire(address) as wire:
        for _ in range(3):
            with socket.create_connection(address, 20) as connection:
                # Gone at once, with a reset: nothing that is written arrives any more.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, pack("ii", 1, 0))
                connection.sendall(posted(LATE, b"lost"))
        assert wire.send(posted(LATE, b"here"), "POST").text == "here"
        assert wire.send(posted(WHOLE, b"again"), "POST").text == "again"
