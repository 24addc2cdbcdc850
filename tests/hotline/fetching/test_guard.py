"""The guard against addresses inside: nothing may be connected, whatever an address looks like.

A tripwire listens where each forbidden address would lead on this machine; it must count nothing.
"""

import asyncio
import time
from collections.abc import Iterator
from ipaddress import ip_address

import pytest
from hotline.domain.fetch import FetchCode
from hotline.fetching.door import Door
from hotline.fetching.refusal import NotRead
from hotline.fetching.settings import FetcherSettings

from tests.hotline.fetching.reading import FixedNames, code_of, door_to, read
from tests.hotline.fetching.site import Site, reply

pytestmark = pytest.mark.requirement("UR-8", "SEC-S4")

# The port is that of the tripwire, and open on an exempted neighbour, so that the address alone
# decides.
FORBIDDEN_HOSTS = """
127.0.0.1 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0177.0.0.1 017700000001 0
0.0.0.0 ①②⑦.⓪.⓪.① １２７.0.0.1 127.0.0.1. 127。0。0。1 %31%32%37.0.0.1 localhost LOCALHOST
localhost. x.localhost printer.local db.internal router.home.arpa metadata.google.internal intranet
hidden.onion [::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1]
[::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::]
[2002:7f00:1::1] [2001:0:7f00:1::] [2001:0:4136:e378:8000:63bf:80ff:fffe] [fec0::1] [fe80::1]
[fc00::1] [fd12::1] [ff02::1] [5f00::1] [3fff::1] [2001:db8::1] [100::1] [2001:2::1]
169.254.169.254 10.0.0.1 172.16.0.1 192.168.0.1 100.64.0.1 192.0.0.8 192.88.99.1 198.18.0.1
192.0.2.1 198.51.100.1 203.0.113.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255
"""

FORBIDDEN_ANSWERS = """
127.0.0.1 10.0.0.1 169.254.169.254 192.168.1.1 100.64.0.1 0.0.0.0 224.0.0.1 ::1 ::ffff:127.0.0.1
::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: fe80::1 fec0::1
fd00::1
"""


@pytest.fixture(scope="module")
def tripwires() -> Iterator[list[Site]]:
    """One port on both loopback addresses; the same port of 127.0.0.2 is the exempted one."""
    with Site() as v4, Site(host="::1", port=v4.port) as v6:
        yield [v4, v6]


def beside(tripwires: list[Site], names: FixedNames | None = None) -> Door:
    return door_to(tripwires[0].port, host="127.0.0.2", names=names or FixedNames())


@pytest.mark.parametrize("host", FORBIDDEN_HOSTS.split())
def test_an_address_inside_is_refused_unvisited(host: str, tripwires: list[Site]) -> None:
    code = code_of(beside(tripwires), f"http://{host}:{tripwires[0].port}/")
    assert code in {FetchCode.NOT_PUBLIC, FetchCode.MALFORMED_ADDRESS}
    assert [site.connections for site in tripwires] == [0, 0]


@pytest.mark.parametrize("answer", FORBIDDEN_ANSWERS.split())
def test_a_name_that_leads_inside_is_refused_unvisited(answer: str, tripwires: list[Site]) -> None:
    door = beside(tripwires, FixedNames(evil_test=answer))
    assert code_of(door, f"http://evil.test:{tripwires[0].port}/") is FetchCode.NOT_PUBLIC
    assert [site.connections for site in tripwires] == [0, 0]


def test_the_tripwire_does_count_when_the_guard_lets_through() -> None:
    with Site({"/": reply(body=b"<p>hello")}) as site:
        assert code_of(door_to(site.port), f"http://127.0.0.1:{site.port}/") is FetchCode.OK
        assert site.connections == 1


def test_one_forbidden_answer_condemns_the_whole_name() -> None:
    with Site({"/": reply(body=b"<p>hello")}) as site:
        names = FixedNames(mixed_test="127.0.0.1 10.0.0.1")
        door = door_to(site.port, names=names)
        assert code_of(door, f"http://mixed.test:{site.port}/") is FetchCode.NOT_PUBLIC
        assert site.connections == 0


def test_the_port_beside_the_exempted_one_is_refused_unvisited() -> None:
    with Site() as exempted, Site() as neighbour:
        door = door_to(exempted.port)
        for address in (
            f"http://127.0.0.1:{neighbour.port}/",
            f"http://pictures.test:{neighbour.port}/",
        ):
            assert code_of(door, address) is FetchCode.PORT_NOT_ALLOWED
        assert neighbour.connections == 0


def test_the_exemption_is_of_one_address_not_of_its_port() -> None:
    with Site(host="127.0.0.2") as neighbour:
        door = door_to(neighbour.port, host="127.0.0.1")
        assert code_of(door, f"http://127.0.0.2:{neighbour.port}/") is FetchCode.NOT_PUBLIC
        assert neighbour.connections == 0


@pytest.mark.parametrize("port", [1, 21, 22, 25, 6379, 5432, 8080, 65535])
def test_a_public_address_is_visited_on_web_ports_only(port: int) -> None:
    door = Door(FixedNames(site_test="1.1.1.1"), frozenset())
    assert code_of(door, f"http://site.test:{port}/") is FetchCode.PORT_NOT_ALLOWED


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("ftp://site.test/", FetchCode.SCHEME_NOT_SUPPORTED),
        ("file:///etc/passwd", FetchCode.SCHEME_NOT_SUPPORTED),
        ("data:text/html,x", FetchCode.SCHEME_NOT_SUPPORTED),
        ("javascript:alert(1)", FetchCode.SCHEME_NOT_SUPPORTED),
        ("gopher://site.test:70/", FetchCode.SCHEME_NOT_SUPPORTED),
        ("blob:http://site.test/x", FetchCode.SCHEME_NOT_SUPPORTED),
        ("http://user@site.test/", FetchCode.USERINFO_NOT_ALLOWED),
        ("http://user:word@site.test/", FetchCode.USERINFO_NOT_ALLOWED),
        ("http://127.0.0.1@site.test/", FetchCode.USERINFO_NOT_ALLOWED),
        ("", FetchCode.MALFORMED_ADDRESS),
        ("site.test", FetchCode.MALFORMED_ADDRESS),
        ("http://", FetchCode.MALFORMED_ADDRESS),
        ("http://a..test/", FetchCode.MALFORMED_ADDRESS),
        ("http://[::1/", FetchCode.MALFORMED_ADDRESS),
        ("http://[fe80::1%25eth0]/", FetchCode.MALFORMED_ADDRESS),
        ("http://site.test:99999/", FetchCode.MALFORMED_ADDRESS),
        ("http://" + "a" * 64 + ".test/", FetchCode.MALFORMED_ADDRESS),
        ("http://site.test/" + "a" * 8192, FetchCode.MALFORMED_ADDRESS),
    ],
)
def test_what_is_no_plain_web_address_is_not_even_looked_up(address: str, code: FetchCode) -> None:
    names = FixedNames(site_test="1.1.1.1")
    assert code_of(Door(names, frozenset()), address) is code
    assert names.asked == 0


def test_a_name_is_looked_up_once_for_a_visit() -> None:
    with Site({"/": reply(body=b"<p>hello")}) as site:
        names = FixedNames(pictures_test="127.0.0.1")
        asyncio.run(read(door_to(site.port, names=names), f"http://pictures.test:{site.port}/"))
        assert names.asked == 1


def test_every_refusal_looks_and_takes_the_same(tripwires: list[Site]) -> None:
    codes, durations = set(), []
    door = beside(tripwires, FixedNames(a_test="10.0.0.1", b_test="::1"))
    for host in ("127.0.0.1", "10.0.0.1", "[::1]", "169.254.169.254", "a.test", "b.test"):
        begun = time.monotonic()
        codes.add(code_of(door, f"http://{host}:{tripwires[0].port}/"))
        durations.append(time.monotonic() - begun)
    assert codes == {FetchCode.NOT_PUBLIC}
    assert max(durations) - min(durations) < 0.2


def test_a_refusal_says_nothing_about_the_address() -> None:
    with pytest.raises(NotRead) as refused:
        asyncio.run(read(door_to(1), "http://canary.test:1/canary"))
    assert "canary" not in repr(refused.value)
    assert refused.value.__cause__ is None


def test_production_refuses_test_endpoints() -> None:
    endpoint = frozenset({(ip_address("127.0.0.1"), 8080)})
    with pytest.raises(ValueError, match="refused in production"):
        FetcherSettings("127.0.0.1:1", "redis://x", "k", test_endpoints=endpoint)
    FetcherSettings("127.0.0.1:1", "redis://x", "k", test_endpoints=endpoint, is_production=False)
