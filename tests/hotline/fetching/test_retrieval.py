"""What a hostile site can do to whoever reads it, within bounds: size, time, redirects, TLS."""

import asyncio
import datetime
import gzip
import ipaddress
import socket
import ssl
import time
import zlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hotline.domain.fetch import FetchCode
from hotline.fetching.inflation import MOST_BYTES
from hotline.fetching.refusal import NotRead

from tests.hotline.fetching.reading import FixedNames, code_of, door_to, read
from tests.hotline.fetching.site import Handler, Site, reply

pytestmark = pytest.mark.requirement("UR-8", "SEC-S4")

TEXT = b"<p>hello"


def outcome(answer: bytes | Handler, seconds: float = 5.0) -> FetchCode:
    with Site({"/": answer}) as site:
        return code_of(door_to(site.port), f"http://127.0.0.1:{site.port}/", seconds=seconds)


def content_of(answer: bytes) -> bytes:
    with Site({"/": answer}) as site:
        address = f"http://127.0.0.1:{site.port}/"
        return asyncio.run(read(door_to(site.port), address)).content


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (404, FetchCode.HTTP_GONE),
        (410, FetchCode.HTTP_GONE),
        (401, FetchCode.HTTP_RESTRICTED),
        (403, FetchCode.HTTP_RESTRICTED),
        (451, FetchCode.HTTP_RESTRICTED),
        (429, FetchCode.HTTP_ERROR),
        (500, FetchCode.HTTP_ERROR),
        (503, FetchCode.HTTP_ERROR),
        (302, FetchCode.HTTP_ERROR),
        (204, FetchCode.HTTP_ERROR),
    ],
)
def test_a_status_has_its_code(status: int, code: FetchCode) -> None:
    assert outcome(reply(status)) is code


def test_three_redirects_are_followed_and_a_fourth_is_not() -> None:
    hops = {f"/{n}": reply(302, Location=f"/{n + 1}") for n in range(5)}
    with Site({**hops, "/5": reply(body=TEXT)}) as site:
        door = door_to(site.port)
        here = f"http://pictures.test:{site.port}"
        answer = asyncio.run(read(door, f"{here}/2"))
        assert (answer.address, answer.content) == (f"{here}/5", TEXT)
        assert code_of(door, f"{here}/1") is FetchCode.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("ftp://pictures.test/", FetchCode.REDIRECT_REFUSED),
        ("file:///etc/passwd", FetchCode.REDIRECT_REFUSED),
        ("data:text/html,x", FetchCode.REDIRECT_REFUSED),
        ("http://user@pictures.test/", FetchCode.REDIRECT_REFUSED),
        ("http://[", FetchCode.REDIRECT_REFUSED),
        ("http://169.254.169.254/latest/meta-data/", FetchCode.NOT_PUBLIC),
        ("//10.0.0.1/", FetchCode.NOT_PUBLIC),
        ("http://localhost/", FetchCode.NOT_PUBLIC),
        ("http://inside.test/", FetchCode.NOT_PUBLIC),
        ("http://pictures.test:1/", FetchCode.PORT_NOT_ALLOWED),
    ],
)
def test_every_redirect_passes_the_same_door(location: str, code: FetchCode) -> None:
    names = FixedNames(pictures_test="127.0.0.1", inside_test="10.0.0.1")
    with Site({"/": reply(302, Location=location)}) as site:
        door = door_to(site.port, names=names)
        assert code_of(door, f"http://pictures.test:{site.port}/") is code
        assert site.connections == 1


def test_compressed_and_plain_pages_read_the_same() -> None:
    page = TEXT * 1000
    assert content_of(reply(body=page)) == page
    assert content_of(reply(body=gzip.compress(page, mtime=0), Content_Encoding="gzip")) == page
    assert content_of(reply(body=zlib.compress(page), Content_Encoding="deflate")) == page


@pytest.mark.parametrize("name", ["br", "zstd", "gzip, gzip", "gzip, br", "compress"])
def test_no_other_encoding_and_never_two(name: str) -> None:
    answer = reply(body=gzip.compress(gzip.compress(TEXT, mtime=0)), Content_Encoding=name)
    assert outcome(answer) is FetchCode.ENCODING_NOT_SUPPORTED


def test_a_bomb_is_refused_before_it_unfolds() -> None:
    bomb = reply(body=gzip.compress(bytes(9_000_000)), Content_Encoding="gzip")
    assert outcome(bomb) is FetchCode.INFLATES_TOO_MUCH


def test_ten_megabytes_are_read_and_one_byte_more_is_not() -> None:
    assert len(content_of(reply(body=bytes(MOST_BYTES)))) == MOST_BYTES
    assert outcome(reply(body=bytes(MOST_BYTES + 1))) is FetchCode.TOO_LARGE


def test_a_size_that_is_announced_too_small_does_not_help() -> None:
    page = gzip.compress(bytes(range(256)) * 60_000, compresslevel=0)
    assert outcome(reply(body=page, Content_Encoding="gzip")) is FetchCode.TOO_LARGE


@pytest.mark.parametrize(
    "answer",
    [
        reply(body=b"not gzip at all", Content_Encoding="gzip"),
        reply(body=gzip.compress(TEXT, mtime=0)[:-6], Content_Encoding="gzip"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"SSH-2.0-OpenSSH_9.2\r\n\r\n",
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n",
        b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n",
    ],
)
def test_a_broken_answer_is_a_code_and_no_crash(answer: bytes) -> None:
    assert outcome(answer) is FetchCode.BROKEN_ANSWER


def test_headers_over_their_limit_are_refused() -> None:
    assert outcome(reply(body=TEXT, X_Long="a" * 31_000)) is FetchCode.OK
    assert outcome(reply(body=TEXT, X_Long="a" * 33_000)) is FetchCode.HEADER_TOO_LARGE
    assert outcome(reply(body=TEXT, X_Long="a" * 900_000)) is FetchCode.BROKEN_ANSWER


def drip(head: bytes) -> Handler:
    def handle(stream: socket.socket) -> None:
        stream.sendall(head)
        for _ in range(50):
            stream.sendall(b"a")
            time.sleep(0.05)

    return handle


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"H"],
)
def test_a_site_that_drips_is_left_in_time(head: bytes) -> None:
    begun = time.monotonic()
    assert outcome(drip(head), seconds=0.4) is FetchCode.TOO_SLOW
    assert time.monotonic() - begun < 4.0


def test_slow_redirects_do_not_add_up() -> None:
    def slow_hop(stream: socket.socket) -> None:
        time.sleep(0.25)
        stream.sendall(reply(302, Location="/"))

    begun = time.monotonic()
    assert outcome(slow_hop, seconds=0.4) is FetchCode.TOO_SLOW
    assert time.monotonic() - begun < 3.0


def test_nobody_at_home_is_a_failed_connection() -> None:
    with Site() as site:
        port = site.port
    assert code_of(door_to(port), f"http://127.0.0.1:{port}/") is FetchCode.CONNECT_FAILED


def test_a_visit_keeps_no_cookie_and_says_nothing_about_us() -> None:
    crumbs = {
        "/": reply(302, Location="/there", Set_Cookie="seen=1; Path=/"),
        "/there": reply(body=TEXT, Set_Cookie="again=1; Path=/"),
    }
    with Site(crumbs) as site:
        asyncio.run(read(door_to(site.port), f"http://pictures.test:{site.port}/"))
        asyncio.run(read(door_to(site.port), f"http://pictures.test:{site.port}/there"))
        seen = site.requests
    assert [request.path for request in seen] == ["/", "/there", "/there"]
    for request in seen:
        assert {"Cookie", "Referer", "Authorization", "From"}.isdisjoint(request.headers)
        assert request.headers["Host"] == f"pictures.test:{site.port}"
        assert "offlimits" not in str(request.headers).lower()
        assert "python" not in str(request.headers).lower()


def test_a_visit_leaves_from_the_egress_it_was_given() -> None:
    with Site({"/": reply(body=TEXT)}) as site:
        for egress in ("127.0.0.2", "127.0.0.1"):
            asyncio.run(read(door_to(site.port), f"http://127.0.0.1:{site.port}/", egress))
        assert [request.peer for request in site.requests] == ["127.0.0.2", "127.0.0.1"]


def test_an_address_reaches_the_site_as_it_was_reported() -> None:
    path = "/a//b/%7Euser/x%2Fy;v=1?q=1&q=2&empty=#part"
    with Site(otherwise=reply(body=TEXT)) as site:
        asyncio.run(read(door_to(site.port), f"http://127.0.0.1:{site.port}{path}"))
        assert site.requests[0].path == path.partition("#")[0]


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for `name`, and the context of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    try:
        alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        alternative = x509.DNSName(name)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([alternative]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = signed.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "server.pem").write_bytes(private + pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(folder / "server.pem")
    return server, ssl.create_default_context(cadata=pem.decode())


def test_tls_is_verified_for_the_name_although_the_address_is_connected(tmp_path: Path) -> None:
    server, trusting = certificate(tmp_path, "pictures.test")
    with Site({"/": reply(body=TEXT)}, tls=server) as site:
        names = FixedNames(pictures_test="127.0.0.1", other_test="127.0.0.1")
        door = door_to(site.port, names=names)
        right = f"https://pictures.test:{site.port}/"
        assert code_of(door, right, tls=trusting) is FetchCode.OK
        assert code_of(door, right) is FetchCode.TLS_FAILED
        other = f"https://other.test:{site.port}/"
        assert code_of(door, other, tls=trusting) is FetchCode.TLS_FAILED


def test_a_failure_carries_nothing_of_the_foreign_exception() -> None:
    answer = b"HTTP/1.1 200 canary\r\nContent-Length: canary\r\n\r\n"
    with Site(otherwise=answer) as site, pytest.raises(NotRead) as refused:
        asyncio.run(read(door_to(site.port), f"http://127.0.0.1:{site.port}/canary"))
    assert refused.value.code is FetchCode.BROKEN_ANSWER
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__
    assert "canary" not in str(refused.value)
