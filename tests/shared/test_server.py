"""An answer of a shortcut is on the wire what one of the application is, and ends the same."""

import asyncio
import socket
from collections import Counter
from collections.abc import Iterator
from struct import pack
from time import monotonic, sleep

import pytest
from shared.platform.shortcut import SHORTCUT, Reply
from starlette.types import Receive, Scope, Send

from tests.journeys.edges.wire import Address, Answer, Wire, serving

# Answered at once or later by the shortcut; left at once or later to the application.
WHOLE, LATE, LEFT, DECLINED = "/whole", "/late", "/left", "/declined"
HEADERS = [(b"content-type", b"text/plain"), (b"x-own", b"1")]
LINES = b"content-type: text/plain\r\nx-own: 1\r\n"
LATE_SECONDS = 0.1


class Repeating:
    """Answers with what was sent, and counts who did."""

    def __init__(self) -> None:
        self.short: Counter[str] = Counter()
        self.ordinary: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        self.ordinary[scope["path"]] += 1
        length = (b"content-length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [*HEADERS, length]})
        await send({"type": "http.response.body", "body": body})

    def shortcut(self, scope: Scope, body: bytes, reply: Reply) -> bool:
        path = scope["path"]
        self.short[path] += 1
        loop = asyncio.get_running_loop()
        if path == WHOLE:
            loop.call_soon(reply.send, LINES, body)
        elif path == LATE:
            loop.call_later(LATE_SECONDS, reply.send, LINES, body)
        elif path == DECLINED:
            loop.call_later(LATE_SECONDS, reply.decline)
        return bool(path != LEFT)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert (await receive())["type"] == "lifespan.startup"
        scope["state"][SHORTCUT] = self.shortcut
        await send({"type": "lifespan.startup.complete"})
        assert (await receive())["type"] == "lifespan.shutdown"
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture
def app() -> Repeating:
    return Repeating()


@pytest.fixture
def address(app: Repeating) -> Iterator[Address]:
    with serving(app) as served:
        yield served


def posted(path: str, body: bytes, *more: str, version: str = "1.1") -> bytes:
    lines = [f"POST {path} HTTP/{version}", "Host: a.example", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, *more, "", ""]).encode() + body


def told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    return answer.status, dict(answer.headers), answer.body


@pytest.mark.requirement("HC-SPEED-2")
def test_many_answers_on_one_connection_are_whole_and_like_those_of_the_application(
    app: Repeating, address: Address
) -> None:
    with Wire(address) as wire:
        for size in (0, 1, 3_000):
            body = b"x" * size
            answers = [wire.send(posted(path, body), "POST") for path in (WHOLE, LATE, LEFT)]
            answers.append(wire.send(posted(DECLINED, body), "POST"))
            assert answers[0].body == body
            assert "connection" not in answers[0].headers
            assert all(told(answer) == told(answers[0]) for answer in answers)
    assert app.short == dict.fromkeys((WHOLE, LATE, LEFT, DECLINED), 3)
    assert app.ordinary == dict.fromkeys((LEFT, DECLINED), 3)


@pytest.mark.requirement("HC-SPEED-2")
def test_what_does_not_arrive_as_a_whole_is_for_the_application(
    app: Repeating, address: Address
) -> None:
    request = posted(WHOLE, b"in two pieces")
    with Wire(address) as wire, socket.create_connection(address, 20) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(request[:-5])
        # Only when the first piece was seen does the second come.
        wire.send(posted(WHOLE, b""), "POST")
        sleep(LATE_SECONDS)
        connection.sendall(request[-5:])
        assert connection.recv(65_536).endswith(b"\r\n\r\nin two pieces")
        large = b"x" * 400_000
        assert wire.send(posted(WHOLE, large), "POST").body == large
    assert (app.short[WHOLE], app.ordinary[WHOLE]) == (1, 2)


@pytest.mark.requirement("HC-SPEED-2")
@pytest.mark.parametrize(
    ("more", "version"), [(["Connection: close"], "1.1"), ([], "1.0")], ids=["close", "1.0"]
)
@pytest.mark.parametrize("path", [WHOLE, LATE, LEFT, DECLINED])
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
    paths = [LATE, WHOLE, LEFT, DECLINED, LATE, WHOLE]
    asked = [posted(path, f"{n} {path}".encode()) for n, path in enumerate(paths)]
    with Wire(address) as wire:
        answers = [wire.send(b"".join(asked), "POST")]
        answers += [wire.receive("POST") for _ in asked[1:]]
    assert [answer.text for answer in answers] == [f"{n} {path}" for n, path in enumerate(paths)]


@pytest.mark.requirement("HC-SPEED-2")
def test_who_does_not_read_the_answers_waits_with_the_application(
    app: Repeating, address: Address
) -> None:
    """Its answers would otherwise be kept in memory without end."""
    request, sent, latest = posted(WHOLE, b"x" * 8_000), 0, monotonic() + 20
    with socket.create_connection(address, 20) as connection:
        while not app.ordinary[WHOLE]:
            connection.sendall(request)
            sent += 1
            # One after the other: what is sent behind an open question is for the application.
            while app.short[WHOLE] + app.ordinary[WHOLE] < sent:
                assert monotonic() < latest
                sleep(0.0002)
    assert app.short[WHOLE] == sent - 1 > 0
    with Wire(address) as wire:
        assert wire.send(posted(WHOLE, b"others"), "POST").text == "others"


@pytest.mark.requirement("HC-SPEED-2")
def test_what_cannot_be_read_as_a_request_is_refused_and_asks_nobody(
    app: Repeating, address: Address
) -> None:
    with Wire(address) as wire:
        doubled = posted(WHOLE, b"twice", "Transfer-Encoding: chunked")
        assert wire.send(doubled, "POST").status == 400
        assert wire.send(posted(WHOLE, b"next"), "POST").text == "next"
    assert app.short[WHOLE] == 1


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
