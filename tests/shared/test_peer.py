import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from contextlib import suppress

import httpx2
import pytest
from shared.contracts.contract import Contract
from shared.domain.errors import Conflict, DomainError, NotFound, Unavailable
from shared.platform.breaker import FAILURES, REST_SECONDS, Breaker
from shared.platform.peer import MOST_AT_ONCE, AsyncPeer, peer_http_client
from shared.platform.service_token import TokenSigner

SEED = base64.urlsafe_b64encode(bytes(range(32))).decode()


class Greeting(Contract):
    word: str


def ask(handler: Callable[[httpx2.Request], httpx2.Response]) -> Greeting:
    async def call() -> Greeting:
        async with peer_http_client(httpx2.MockTransport(handler)) as client:
            peer = AsyncPeer("hotline", "http://peer.test", TokenSigner("gateway", SEED), client)
            return await peer.get("/api/greeting", Greeting)

    return asyncio.run(call())


def test_an_answer_comes_back_as_its_contract() -> None:
    assert ask(lambda _: httpx2.Response(200, json={"word": "dag"})) == Greeting(word="dag")


def test_every_call_carries_a_token() -> None:
    seen: list[str] = []

    def remember(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.headers["Authorization"])
        return httpx2.Response(200, json={"word": "dag"})

    ask(remember)
    assert seen[0].startswith("Bearer ey")


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize(
    "answer",
    [
        httpx2.Response(500),
        httpx2.Response(302, headers={"Location": "http://elsewhere.test"}),
        httpx2.Response(401),
        httpx2.Response(200, json={"word": 1}),
        httpx2.Response(200, content=b"no json"),
    ],
    ids=["server error", "redirect", "token refused", "other shape", "no json"],
)
def test_what_cannot_be_used_is_unavailable(answer: httpx2.Response) -> None:
    with pytest.raises(Unavailable):
        ask(lambda _: answer)


def test_a_problem_of_the_peer_keeps_its_code_and_nothing_else() -> None:
    problem = {"code": "in_flight", "title": "canary"}
    with pytest.raises(Conflict) as caught:
        ask(lambda _: httpx2.Response(409, json=problem))
    assert caught.value.code == "in_flight"


@pytest.mark.parametrize("code", ["Canary text", 7, None, "x" * 80], ids=str)
def test_a_code_that_is_none_is_replaced_by_ours(code: object) -> None:
    with pytest.raises(DomainError) as caught:
        ask(lambda _: httpx2.Response(422, json={"code": code}))
    assert caught.value.code == "invalid"


@pytest.mark.requirement("SEC-R4")
def test_the_breaker_opens_after_failures_and_tries_again() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES):
        breaker.before_call()
        breaker.failed()
    with pytest.raises(Unavailable):
        breaker.before_call()
    now[0] = REST_SECONDS
    breaker.before_call()
    breaker.succeeded()
    breaker.before_call()


def test_failures_far_apart_do_not_open_the_breaker() -> None:
    now = [0.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES * 2):
        breaker.before_call()
        breaker.failed()
        now[0] += 3.0


def at(server: asyncio.Server, client: httpx2.AsyncClient) -> AsyncPeer:
    address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    return AsyncPeer("hotline", address, TokenSigner("gateway", SEED), client)


async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    body = Greeting(word="dag").model_dump_json().encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + body)
    writer.close()


@pytest.mark.requirement("SEC-R4")
def test_a_peer_that_hangs_does_not_take_the_connections_of_the_others() -> None:
    left: list[asyncio.StreamWriter] = []

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            await reader.read()
        writer.close()
        left.append(writer)

    async def both() -> list[Greeting]:
        async with (
            await asyncio.start_server(hang, "127.0.0.1", 0) as hanging,
            await asyncio.start_server(greet, "127.0.0.1", 0) as sound,
            peer_http_client() as client,
        ):
            stuck, well = (at(server, client) for server in (hanging, sound))
            writes = [
                asyncio.create_task(stuck.post("/api/reports", Greeting(word="dag"), Greeting))
                for _ in range(MOST_AT_ONCE * 5)
            ]
            # Those that found no place were told so; the others still wait for their answer.
            done, waiting = await asyncio.wait(writes, timeout=3)
            answers = [await well.get("/api/greeting", Greeting) for _ in range(3)]
            assert len(waiting) == MOST_AT_ONCE
            assert {type(told.exception()) for told in done} == {Unavailable}
            for write in waiting:
                write.cancel()
            await asyncio.gather(*writes, return_exceptions=True)
            await client.aclose()
            while len(left) < MOST_AT_ONCE:
                await asyncio.sleep(0.01)
            return answers

    assert asyncio.run(both()) == [Greeting(word="dag")] * 3


class Pieces(httpx2.AsyncByteStream):
    """A body in pieces; it breaks off after them when `breaks`."""

    def __init__(self, *pieces: bytes, breaks: bool = False) -> None:
        self._pieces = pieces
        self._breaks = breaks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        if self._breaks:
            raise httpx2.RemoteProtocolError("the peer is gone")


def follow(answer: httpx2.Response, heard: list[str]) -> None:
    """Puts the words of a stream into `heard`, until it ends."""

    async def call() -> None:
        async with peer_http_client(httpx2.MockTransport(lambda _: answer)) as client:
            peer = AsyncPeer("hotline", "http://peer.test", TokenSigner("gateway", SEED), client)
            async for greeting in peer.stream("/api/words", Greeting(word="x"), Greeting):
                heard.append(greeting.word)

    asyncio.run(call())


def test_a_stream_is_one_answer_per_line_however_it_is_cut_into_pieces() -> None:
    heard: list[str] = []
    text = '{"word":"a\u2028b"}\n\n{"word":"c"}\n'.encode()
    pieces = [text[at : at + 1] for at in range(len(text))]
    follow(httpx2.Response(200, stream=Pieces(*pieces)), heard)
    assert heard == ["a\u2028b", "c"]


@pytest.mark.requirement("SEC-R4")
def test_a_stream_that_breaks_off_tells_what_came_and_is_unavailable() -> None:
    heard: list[str] = []
    body = Pieces(b'{"word":"a"}\n{"wo', breaks=True)
    with pytest.raises(Unavailable):
        follow(httpx2.Response(200, stream=body), heard)
    assert heard == ["a"]


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (httpx2.Response(404, json={"code": "chat_unknown"}), NotFound),
        (httpx2.Response(503), Unavailable),
        (httpx2.Response(200, content=b"no json\n"), Unavailable),
    ],
    ids=["problem", "server error", "no json"],
)
def test_a_stream_that_is_refused_raises(answer: httpx2.Response, error: type[DomainError]) -> None:
    with pytest.raises(error):
        follow(answer, [])
