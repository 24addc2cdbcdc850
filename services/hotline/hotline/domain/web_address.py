"""A web address in its one canonical form, and whether the hotline may look at it.

Parsed once, by the rules browsers follow (WHATWG URL); the fetcher parses the canonical form with
the same rules, so that the two cannot disagree.
"""

import hashlib
import ipaddress
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

import can_ada
from shared.domain.errors import Invalid

# source: docs/architecture.md, "Errors and limits".
LONGEST_ADDRESS = 8192

# source: RFC 1035, 2.3.4.
LONGEST_LABEL = 63
LONGEST_HOST = 253

SCHEMES = frozenset({"http:", "https:"})

# Names that never lead outside an organisation. source: RFC 6761, RFC 6762, RFC 8375, RFC 9476,
# and the metadata names of cloud providers (which end in .internal).
LOCAL_SUFFIXES = ("localhost", "local", "internal", "home.arpa", "lan", "alt")

# Ranges that hide an IPv4 address or are not unicast. source: RFC 6052, RFC 3056, RFC 4380.
HIDING_NETWORKS = tuple(
    map(ipaddress.IPv6Network, ("::/96", "::ffff:0:0/96", "64:ff9b::/32", "2002::/16", "2001::/32"))
)
UNICAST = ipaddress.IPv6Network("2000::/3")


class Obstacle(StrEnum):
    """Why an address is stored but not simply fetched.

    PORT_NEEDS_EXEMPTION: the fetcher knows the endpoints that are exempted and refuses the rest.
    """

    NONE = "none"
    LOCAL_NAME = "local_name"
    NOT_PUBLIC = "not_public"
    PORT_NEEDS_EXEMPTION = "port_needs_exemption"


@dataclass(frozen=True, slots=True)
class WebAddress:
    """`canonical` has no fragment and no default port; path, query and case are as typed.

    `key` is the SHA-256 of `canonical` in UTF-8, 32 bytes.
    """

    canonical: str
    key: bytes
    host: str
    obstacle: Obstacle
    has_mixed_scripts: bool

    @property
    def may_be_fetched(self) -> bool:
        return may_be_fetched(self.obstacle)


def may_be_fetched(obstacle: Obstacle) -> bool:
    return obstacle in {Obstacle.NONE, Obstacle.PORT_NEEDS_EXEMPTION}


def parse_address(text: str) -> WebAddress:
    """The canonical form of one address.

    Raises Invalid with scheme_not_supported, onion_address, userinfo_not_allowed, no_host,
    single_label, trailing_dot, empty_label, label_too_long, bad_host, bad_characters,
    address_too_long.
    """
    _check_text(text)
    url = _parsed(text)
    if url.protocol not in SCHEMES:
        raise Invalid("scheme_not_supported")
    if url.username or url.password:
        raise Invalid("userinfo_not_allowed")
    host = url.hostname
    _check_host(host)
    url.hash = ""
    canonical = url.href.removesuffix("#")
    if len(canonical) > LONGEST_ADDRESS:
        raise Invalid("address_too_long")
    return WebAddress(
        canonical=canonical,
        key=hashlib.sha256(canonical.encode()).digest(),
        host=host,
        obstacle=_obstacle(host, url.port),
        has_mixed_scripts=_has_mixed_scripts(host),
    )


def _check_text(text: str) -> None:
    if len(text) > LONGEST_ADDRESS:
        raise Invalid("address_too_long")
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn"} for character in text):
        raise Invalid("bad_characters")


def _parsed(text: str) -> can_ada.URL:
    scheme, colon, rest = text.partition(":")
    if colon and f"{scheme.casefold()}:" in SCHEMES and not rest.strip("/\\").strip():
        raise Invalid("no_host")
    if colon and rest[:3] in {"///", "\\\\\\"} and f"{scheme.casefold()}:" in SCHEMES:
        # A browser drops the extra slash; here it means that the host was left out.
        raise Invalid("no_host")
    try:
        return can_ada.parse(text)
    except ValueError:
        raise Invalid("bad_host") from None


def _check_host(host: str) -> None:
    if not host:
        raise Invalid("no_host")
    if _ip_address(host) is not None:
        return
    if host.endswith("."):
        raise Invalid("trailing_dot")
    labels = host.split(".")
    if "" in labels:
        raise Invalid("empty_label")
    if max(map(len, labels)) > LONGEST_LABEL or len(host) > LONGEST_HOST:
        raise Invalid("label_too_long")
    if labels[-1] == "onion":
        raise Invalid("onion_address")
    if len(labels) == 1 and host not in LOCAL_SUFFIXES:
        raise Invalid("single_label")


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def _obstacle(host: str, port: str) -> Obstacle:
    address = _ip_address(host)
    if address is not None and not _is_public(address):
        return Obstacle.NOT_PUBLIC
    if address is None and _is_local(host):
        return Obstacle.LOCAL_NAME
    # The parser leaves out 80 for http and 443 for https.
    return Obstacle.PORT_NEEDS_EXEMPTION if port not in {"", "80", "443"} else Obstacle.NONE


def _is_local(host: str) -> bool:
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in LOCAL_SUFFIXES)


def _is_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """A first sieve; the fetcher's guard checks every address it connects to again."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return True
    hides = any(address in network for network in HIDING_NETWORKS)
    return address in UNICAST and not hides


def _has_mixed_scripts(host: str) -> bool:
    """Whether one label mixes alphabets, as look-alike names do."""
    return any(len(_scripts(_shown(label))) > 1 for label in host.split("."))


def _shown(label: str) -> str:
    """A label as people see it; the parser has checked its punycode. source: RFC 3492."""
    encoded = label.removeprefix("xn--")
    return encoded.encode().decode("punycode") if encoded != label else label


def _scripts(label: str) -> set[str]:
    """The first words of the names of its letters: LATIN, CYRILLIC, GREEK …"""
    return {unicodedata.name(letter, "?").split()[0] for letter in label if letter.isalpha()}
