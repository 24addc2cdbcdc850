"""One address to one answer: through the door, bounded in time, size and redirects."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpx2

from hotline.domain.fetch import FetchCode
from hotline.fetching.door import Door
from hotline.fetching.inflation import MOST_BYTES, inflation_for, read_bounded
from hotline.fetching.refusal import NotRead
from hotline.fetching.target import Target, parse_target

MOST_REDIRECTS = 3
ADDRESS_SECONDS = 10.0
CONNECT_SECONDS = 4.0
MOST_HEADER_BYTES = 32 * 1024
# Answers in memory at once; with MOST_BYTES this bounds the one buffer of encoded pictures.
MOST_ANSWERS = 6

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READABLE = frozenset({200, 203})
_GONE = frozenset({404, 410})
_RESTRICTED = frozenset({401, 402, 403, 407, 451})

# A common browser, without a word about who asks; no cookies, no referrer.
_HEADERS = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Accept": "text/html,image/*;q=0.9,*/*;q=0.8",
    "Accept-Language": "en,nl;q=0.8",
    "Accept-Encoding": "gzip",
    "Connection": "close",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What stood at `address` after redirects; `ips` are the checked ones of the last host."""

    address: str
    http_status: int
    ips: tuple[str, ...]
    content: bytes


class Retriever:
    """`egresses` are local source addresses; the empty one lets the system choose.

    `seconds` bound an address from its first name look-up to the last byte, redirects included.
    """

    def __init__(
        self,
        door: Door,
        egresses: tuple[str, ...] = ("",),
        *,
        tls: ssl.SSLContext | None = None,
        seconds: float = ADDRESS_SECONDS,
    ) -> None:
        self._door = door
        self._seconds = seconds
        self._buffer = asyncio.Semaphore(MOST_ANSWERS)
        context = tls or ssl.create_default_context()
        # A bare transport: no cookie jar, no proxies of the environment, no redirects, no reuse
        # of a connection for another name.
        self._exits = {
            egress: httpx2.AsyncHTTPTransport(
                verify=context,
                trust_env=False,
                local_address=egress or None,
                limits=httpx2.Limits(max_connections=64, max_keepalive_connections=0),
            )
            for egress in egresses
        }

    @property
    def egresses(self) -> tuple[str, ...]:
        return tuple(self._exits)

    @asynccontextmanager
    async def open(
        self, address: str, egress: str, most_bytes: int = MOST_BYTES
    ) -> AsyncIterator[Answer]:
        """The answer holds its place in the buffer until the block ends.

        Raises NotRead for everything that is not a readable answer.
        """
        async with self._buffer:
            yield await self._get(address, egress, most_bytes)

    async def close(self) -> None:
        for transport in self._exits.values():
            await transport.aclose()

    async def _get(self, address: str, egress: str, most_bytes: int) -> Answer:
        try:
            async with asyncio.timeout(self._seconds):
                target = parse_target(address)
                for _ in range(MOST_REDIRECTS + 1):
                    hop = await self._hop(target, egress, most_bytes)
                    if isinstance(hop, Answer):
                        return hop
                    target = hop
        except TimeoutError:
            raise NotRead(FetchCode.TOO_SLOW) from None
        raise NotRead(FetchCode.TOO_MANY_REDIRECTS)

    async def _hop(self, target: Target, egress: str, most_bytes: int) -> Answer | Target:
        checked = await self._door.checked(target)
        ips = tuple(str(ip) for ip in checked)
        try:
            response = await self._send(target, _reachable(checked, egress), egress)
        except httpx2.TransportError as error:
            raise NotRead(_code_of(error), ips=ips) from None
        try:
            return await _read(target, response, ips, most_bytes)
        except httpx2.TransportError as error:
            raise NotRead(_code_of(error), ips=ips) from None
        finally:
            await response.aclose()

    async def _send(
        self, target: Target, ips: tuple[IPv4Address | IPv6Address, ...], egress: str
    ) -> httpx2.Response:
        """The first address that accepts a connection; nothing was sent to those before it."""
        failure: httpx2.TransportError = httpx2.ConnectError("no address for this egress")
        for ip in ips:
            try:
                return await self._exits[egress].handle_async_request(_request(target, ip))
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                failure = error
        raise failure


def _reachable(
    ips: tuple[IPv4Address | IPv6Address, ...], egress: str
) -> tuple[IPv4Address | IPv6Address, ...]:
    if not egress:
        return ips
    version = ip_address(egress).version
    return tuple(ip for ip in ips if ip.version == version)


def _request(target: Target, ip: IPv4Address | IPv6Address) -> httpx2.Request:
    """To the checked address; the name lives on in the Host header and in TLS only."""
    host = f"[{ip}]" if isinstance(ip, IPv6Address) else str(ip)
    seconds = ADDRESS_SECONDS
    return httpx2.Request(
        "GET",
        f"{target.scheme}://{host}:{target.port}/",
        headers={"Host": target.authority, **_HEADERS},
        extensions={
            "sni_hostname": target.host.rstrip("."),
            "target": target.path.encode("ascii"),
            "timeout": {
                "connect": CONNECT_SECONDS,
                "read": seconds,
                "write": seconds,
                "pool": seconds,
            },
        },
    )


async def _read(
    target: Target, response: httpx2.Response, ips: tuple[str, ...], most_bytes: int
) -> Answer | Target:
    status = response.status_code
    if sum(len(name) + len(value) + 4 for name, value in response.headers.raw) > MOST_HEADER_BYTES:
        raise NotRead(FetchCode.HEADER_TOO_LARGE, http_status=status, ips=ips)
    location = response.headers.get("Location")
    if status in _REDIRECTS and location:
        return _redirected(target, location, status, ips)
    if status not in _READABLE:
        raise NotRead(_code_of_status(status), http_status=status, ips=ips)
    try:
        inflation = inflation_for(response.headers.get_list("Content-Encoding"), most_bytes)
        content = await read_bounded(response.aiter_raw(), inflation, most_bytes)
    except NotRead as refused:
        raise NotRead(refused.code, http_status=status, ips=ips) from None
    return Answer(target.address, status, ips, content)


def _redirected(target: Target, location: str, status: int, ips: tuple[str, ...]) -> Target:
    try:
        return parse_target(location, base=target.address)
    except NotRead as refused:
        code = refused.code
        if code is not FetchCode.NOT_PUBLIC:
            code = FetchCode.REDIRECT_REFUSED
        raise NotRead(code, http_status=status, ips=ips) from None


def _code_of_status(status: int) -> FetchCode:
    if status in _GONE:
        return FetchCode.HTTP_GONE
    return FetchCode.HTTP_RESTRICTED if status in _RESTRICTED else FetchCode.HTTP_ERROR


def _code_of(error: httpx2.TransportError) -> FetchCode:
    if isinstance(error, httpx2.TimeoutException):
        return FetchCode.TOO_SLOW
    if not isinstance(error, httpx2.ConnectError):
        return FetchCode.BROKEN_ANSWER
    return FetchCode.TLS_FAILED if _is_tls(error) else FetchCode.CONNECT_FAILED


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
