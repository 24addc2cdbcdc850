"""An address taken apart, once and by one parser; what follows uses only these parts."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

import can_ada

from hotline.domain.fetch import FetchCode
from hotline.fetching.refusal import NotRead

_DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_ADDRESS = 8192
# source: RFC 1035 §2.3.4
_LONGEST_NAME = 253
_LONGEST_LABEL = 63

# Names that never lead to the public internet. `.test` is not one of them: outside a test its
# name servers do not know it, and the address table guards what they answer.
# source: IANA Special-Use Domain Names; ICANN resolution 2024.07.29.06 for .internal
_PRIVATE_NAMES = ("localhost", "local", "internal", "home.arpa", "onion", "invalid", "alt", "arpa")


@dataclass(frozen=True, slots=True)
class Target:
    """`host` is in its ASCII form, IPv6 without brackets; `path` carries the query."""

    address: str
    scheme: str
    host: str
    port: int
    path: str
    literal: IPv4Address | IPv6Address | None

    @property
    def authority(self) -> str:
        """As it stands in the Host header."""
        host = f"[{self.host}]" if isinstance(self.literal, IPv6Address) else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"


def parse_target(address: str, base: str | None = None) -> Target:
    """The parts of an absolute address, or of one relative to `base`.

    Raises NotRead for what may not be fetched whatever it resolves to.
    """
    if len(address) > LONGEST_ADDRESS:
        raise NotRead(FetchCode.MALFORMED_ADDRESS)
    try:
        url = can_ada.parse(base) + address if base else can_ada.parse(address)
    except (ValueError, UnicodeError):
        raise NotRead(FetchCode.MALFORMED_ADDRESS) from None
    scheme = url.protocol.removesuffix(":")
    if scheme not in _DEFAULT_PORTS:
        raise NotRead(FetchCode.SCHEME_NOT_SUPPORTED)
    if url.has_credentials():
        raise NotRead(FetchCode.USERINFO_NOT_ALLOWED)
    url.hash = ""
    host = url.hostname.strip("[]")
    literal = _literal(host)
    if literal is None:
        _check_name(host)
    return Target(
        address=url.href.removesuffix("#"),
        scheme=scheme,
        host=host,
        port=int(url.port) if url.port else _DEFAULT_PORTS[scheme],
        path=url.pathname + url.search,
        literal=literal,
    )


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _check_name(host: str) -> None:
    name = host.rstrip(".").lower()
    if not name or len(name) > _LONGEST_NAME:
        raise NotRead(FetchCode.MALFORMED_ADDRESS)
    if any(not label or len(label) > _LONGEST_LABEL for label in name.split(".")):
        raise NotRead(FetchCode.MALFORMED_ADDRESS)
    if "." not in name or any(name.endswith(f".{private}") for private in _PRIVATE_NAMES):
        raise NotRead(FetchCode.NOT_PUBLIC)
