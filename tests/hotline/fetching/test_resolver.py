"""Names are asked at name servers of our choice, and a name that turns its coat gains nothing."""

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from dnslib import QTYPE, RCODE, RR, A, DNSRecord
from hotline.domain.fetch import FetchCode
from hotline.fetching.door import Door
from hotline.fetching.refusal import NotRead
from hotline.fetching.resolver import DnsResolver
from hotline.fetching.retrieval import Retriever

from infra.peers.names import NameServer
from tests.hotline.fetching.site import Site, reply

pytestmark = pytest.mark.requirement("UR-8", "SEC-S4")


class TurncoatServer(NameServer):
    """Answers the first question for an address with one, every later one with another."""

    def __init__(self, first: str, later: str) -> None:
        self.answers = [first, later]
        self.asked = 0
        super().__init__({})

    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        reply_ = request.reply()
        if request.q.qtype == QTYPE.A:
            address = self.answers[min(self.asked, 1)]
            self.asked += 1
            reply_.add_answer(RR(request.q.qname, QTYPE.A, rdata=A(address), ttl=0))
        return reply_


class BrokenServer(NameServer):
    def resolve(self, request: DNSRecord, handler: object) -> DNSRecord:
        reply_ = request.reply()
        reply_.header.rcode = RCODE.SERVFAIL
        return reply_


@pytest.fixture
def name_server() -> Iterator[NameServer]:
    server = NameServer({"pictures.test": "127.0.0.1"})
    yield server
    server.close()


def resolved(port: int, name: str, seconds: float = 5.0) -> list[str]:
    resolver = DnsResolver((("127.0.0.1", port),), seconds=seconds)
    return [str(address) for address in asyncio.run(resolver.addresses(name))]


def refusal(port: int, name: str, seconds: float = 5.0) -> FetchCode:
    with pytest.raises(NotRead) as refused:
        resolved(port, name, seconds)
    return refused.value.code


def test_a_name_is_resolved_by_the_configured_server(name_server: NameServer) -> None:
    assert resolved(name_server.port, "pictures.test") == ["127.0.0.1"]


def test_a_name_that_does_not_exist_is_unknown(name_server: NameServer) -> None:
    assert refusal(name_server.port, "gone.test") is FetchCode.NAME_UNKNOWN


def test_a_broken_name_server_says_nothing_about_the_name() -> None:
    server = BrokenServer({})
    try:
        assert refusal(server.port, "pictures.test", 1.0) is FetchCode.NAME_LOOKUP_FAILED
    finally:
        server.close()


def test_a_silent_name_server_is_given_up_in_time() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        code = refusal(silent.getsockname()[1], "pictures.test", 0.3)
    assert code is FetchCode.NAME_LOOKUP_FAILED


def test_a_name_that_turns_inside_after_the_check_is_connected_where_it_was_checked() -> None:
    server = TurncoatServer("127.0.0.1", "127.0.0.2")

    async def visit_twice(port: int) -> tuple[bytes, FetchCode]:
        exempt = frozenset({(ip_address("127.0.0.1"), port)})
        retriever = Retriever(Door(DnsResolver((("127.0.0.1", server.port),)), exempt))
        address = f"http://turncoat.test:{port}/"
        async with retriever.open(address, "") as answer:
            content = answer.content
        try:
            async with retriever.open(address, ""):
                code = FetchCode.OK
        except NotRead as refused:
            code = refused.code
        await retriever.close()
        return content, code

    try:
        with (
            Site({"/": reply(body=b"<p>outside")}) as outside,
            Site(host="127.0.0.2", port=outside.port) as inside,
        ):
            content, second = asyncio.run(visit_twice(outside.port))
            assert content == b"<p>outside"
            assert second is FetchCode.NOT_PUBLIC
            assert server.asked == 2
            assert (outside.connections, inside.connections) == (1, 0)
    finally:
        server.close()
