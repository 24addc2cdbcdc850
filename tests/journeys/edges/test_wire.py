"""What can be sent on a connection before anything is a request of ours."""

import logging
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from shared.platform.logging import log

from tests.journeys.edges.access_table import UPGRADE
from tests.journeys.edges.faces import Face
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Address, Wire, serving

CANARY = "canary-4c1f"
NAMES = ("hotline", "helpline", "prevention", "hashcheck", "website", "management", "fetcher")
every_face = pytest.mark.parametrize("name", NAMES)
WireTo = Callable[[str], Wire]
# Shorter than the ten seconds of production, so that the tests need not wait.
PATIENCE = 0.3


def request(face: Face, line: str = "GET /livez", *lines: str, body: str = "") -> bytes:
    head = [f"{line} HTTP/1.1", f"Host: {face.host}", *lines, "", ""]
    return "\r\n".join(head).encode("latin-1") + body.encode("latin-1")


HUGE_HEADS = {
    "one long header": [f"X-Long: {CANARY}{'a' * 20_000}"],
    "many short headers": [f"X-{number}: {CANARY}" for number in range(900)],
    "a long cookie": [f"Cookie: a={CANARY}{'b' * 20_000}"],
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@every_face
@pytest.mark.parametrize("lines", HUGE_HEADS.values(), ids=HUGE_HEADS)
def test_headers_over_16_kb_are_refused(
    faces: dict[str, Face], wire_to: WireTo, heard: Heard, name: str, lines: list[str]
) -> None:
    answer = wire_to(name).send(request(faces[name], "GET /livez", *lines))
    assert (answer.status, answer.code) == (431, "headers_too_large")
    assert CANARY not in answer.everything() + heard.text


@pytest.mark.requirement("SEC-S1")
@every_face
def test_headers_over_16_kb_before_a_body_are_refused_as_well(
    faces: dict[str, Face], wire_to: WireTo, name: str
) -> None:
    lines = [f"X-Long: {'a' * 20_000}", "Content-Type: application/json", "Content-Length: 2"]
    answer = wire_to(name).send(request(faces[name], "POST /livez", *lines), "POST")
    assert (answer.status, answer.code) == (431, "headers_too_large")


@pytest.mark.requirement("SEC-S1")
@every_face
@pytest.mark.parametrize("target", ["/graphql?a=1&a=2", "/static/..%2fgraphql", "/nowhere"])
def test_no_socket_opens_where_none_is_or_in_an_odd_way(
    faces: dict[str, Face], wire_to: WireTo, name: str, target: str
) -> None:
    headers = UPGRADE | {"Host": faces[name].host, "Origin": f"http://{faces[name].host}"}
    assert wire_to(name).ask("GET", target, headers).status == 403


@pytest.mark.requirement("SEC-S1")
@every_face
@pytest.mark.parametrize("part", ["X-Long: ", f"GET /{'a' * 30_000}"], ids=["header", "target"])
def test_a_head_without_an_end_is_not_read_on(
    faces: dict[str, Face], wire_to: WireTo, heard: Heard, name: str, part: str
) -> None:
    wire = wire_to(name)
    begun = request(faces[name])[:-2] + part.encode() if part.startswith("X") else part.encode()
    answer = wire.send(begun + CANARY.encode() * 3000)
    assert (answer.status, answer.code) == (431, "headers_too_large")
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert CANARY not in answer.everything() + heard.text


AMBIGUOUS = {
    "length and chunks": (["Content-Length: 5", "Transfer-Encoding: chunked"], "0\r\n\r\n"),
    "chunks and length": (["Transfer-Encoding: chunked", "Content-Length: 5"], "0\r\n\r\n"),
    "two lengths": (["Content-Length: 5", "Content-Length: 6"], "hello"),
    "a list of lengths": (["Content-Length: 5, 5"], "hello"),
    "a signed length": (["Content-Length: +5"], "hello"),
    "a negative length": (["Content-Length: -5"], "hello"),
    "a length in hex": (["Content-Length: 0x5"], "hello"),
    "an empty length": (["Content-Length: "], ""),
    "an endless length": ([f"Content-Length: {'9' * 40}"], "hello"),
    "chunks inside another coding": (["Transfer-Encoding: chunked, identity"], "0\r\n\r\n"),
    "chunks by another name": (["Transfer-Encoding: xchunked"], "0\r\n\r\n"),
    "a space before the colon": (["Transfer-Encoding : chunked"], "0\r\n\r\n"),
    "a header over two lines": (["X-Folded: a", f" {CANARY}"], ""),
    "a line without a colon": ([CANARY], ""),
    "a control character in a value": ([f"X-Odd: \x00{CANARY}"], ""),
    "a name that is none": ([f"X {CANARY}: 1"], ""),
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@every_face
@pytest.mark.parametrize(("lines", "body"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_framing_that_can_be_read_in_two_ways_is_refused_and_hung_up(
    faces: dict[str, Face],
    wire_to: WireTo,
    heard: Heard,
    name: str,
    lines: list[str],
    body: str,
) -> None:
    wire = wire_to(name)
    smuggled = f"GET /{CANARY} HTTP/1.1\r\nHost: a\r\n\r\n"
    answer = wire.send(request(faces[name], "POST /livez", *lines, body=body + smuggled), "POST")
    assert (answer.status, answer.code) == (400, "malformed")
    assert answer.headers["connection"] == "close"
    assert CANARY not in answer.everything() + heard.text


BAD_CHUNKS = {
    "no number": "zz\r\nhello\r\n0\r\n\r\n",
    "a number too large": f"{'F' * 17}\r\nhello\r\n0\r\n\r\n",
    "a negative number": "-5\r\nhello\r\n0\r\n\r\n",
    "longer than it says": f"3\r\n{CANARY}\r\n0\r\n\r\n",
    "an endless trailer": f"0\r\nX-Trailer: {CANARY}{'a' * 40_000}",
}


@pytest.mark.requirement("SEC-S1")
@every_face
@pytest.mark.parametrize("chunks", BAD_CHUNKS.values(), ids=BAD_CHUNKS)
def test_bad_chunks_are_refused_and_hung_up(
    faces: dict[str, Face], wire_to: WireTo, heard: Heard, name: str, chunks: str
) -> None:
    sent = request(faces[name], "POST /livez", "Transfer-Encoding: chunked", body=chunks)
    answer = wire_to(name).send(sent, "POST")
    assert (answer.status, answer.code) == (400, "malformed")
    assert answer.headers["connection"] == "close"
    assert CANARY not in answer.everything() + heard.text


NO_REQUESTS = {
    "no version": f"GET /{CANARY}\r\n\r\n",
    "an unknown version": f"GET /{CANARY} HTTP/9.9\r\n\r\n",
    "an unknown method": f"{CANARY.upper()} / HTTP/1.1\r\n\r\n",
    "a method in lower case": "get / HTTP/1.1\r\n\r\n",
    "a target with a space": f"GET /a {CANARY} HTTP/1.1\r\n\r\n",
    "a target of raw bytes": f"GET /\xc0\xaf{CANARY} HTTP/1.1\r\n\r\n",
    "a tunnel": f"CONNECT {CANARY}.example:80 HTTP/1.1\r\n\r\n",
    "another protocol": f"\x16\x03\x01\x02\x00\x01\xfc{CANARY}",
    "the next version": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@every_face
@pytest.mark.parametrize("sent", NO_REQUESTS.values(), ids=NO_REQUESTS)
def test_what_is_no_request_is_refused_without_a_word_of_it(
    wire_to: WireTo, heard: Heard, name: str, sent: str
) -> None:
    answer = wire_to(name).send(sent.encode("latin-1"))
    assert (answer.status, answer.code) == (400, "malformed")
    assert CANARY not in answer.everything() + heard.text


@pytest.fixture
def impatient(faces: dict[str, Face]) -> Iterator[Address]:
    with serving(faces["helpline"].compose(), patience=PATIENCE) as address:
        yield address


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("sent", [b"", b"GET /livez HTTP/1.1\r\nX-A"], ids=["nothing", "half"])
def test_a_head_that_does_not_come_is_not_waited_for(impatient: Address, sent: bytes) -> None:
    began = monotonic()
    with Wire(impatient) as wire:
        answer = wire.send(sent)
    assert (answer.status, answer.code) == (408, "request_timeout")
    assert answer.headers["connection"] == "close"
    assert PATIENCE * 0.9 <= monotonic() - began < 5


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    "framing", [["Content-Length: 5"], ["Transfer-Encoding: chunked"]], ids=["length", "chunks"]
)
def test_a_body_that_does_not_come_is_not_waited_for(
    faces: dict[str, Face], impatient: Address, framing: list[str]
) -> None:
    kind = "Content-Type: application/json"
    with Wire(impatient) as wire:
        answer = wire.send(request(faces["helpline"], "POST /livez", kind, *framing), "POST")
        assert (answer.status, answer.code) == (408, "request_timeout")
        assert wire.ends_within(5)


@pytest.mark.requirement("SEC-S1")
def test_a_refused_body_is_not_read_for_ever(faces: dict[str, Face], impatient: Address) -> None:
    """The answer comes at once, and the connection ends although more was announced."""
    lines = ["Content-Type: application/json", "Content-Length: 10000000"]
    with Wire(impatient) as wire:
        answer = wire.send(request(faces["helpline"], "POST /livez", *lines, body="{}"), "POST")
        assert (answer.status, answer.code) == (413, "body_too_large")
        assert wire.ends_within(5)


@pytest.mark.requirement("SEC-S1")
def test_two_requests_at_once_are_answered_in_order(
    faces: dict[str, Face], wire_to: WireTo
) -> None:
    wire, helpline = wire_to("helpline"), faces["helpline"]
    first = wire.send(request(helpline) + request(helpline, "GET /nowhere"))
    assert [first.status, wire.receive().status] == [200, 404]


@pytest.mark.requirement("SEC-P4")
def test_control_a_log_that_repeats_input_would_be_seen(heard: Heard) -> None:
    log.info(CANARY)
    assert CANARY in heard.text


@pytest.mark.requirement("SEC-P4")
def test_what_a_library_logs_is_told_without_its_text(heard: Heard) -> None:
    logging.getLogger("uvicorn.error").error("about %s", CANARY, exc_info=LookupError(CANARY))
    assert CANARY not in heard.text
    assert '"kind": "LookupError"' in heard.text
    assert '"level": "error"' in heard.text
