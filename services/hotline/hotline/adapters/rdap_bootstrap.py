"""Which registry answers for an IP address. source: RFC 9224, Finding the Authoritative RDAP."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import Any

import httpx2
from shared.domain.errors import NotFound, Unavailable

# source: IANA RDAP bootstrap registries
IANA_ADDRESSES = (
    "https://data.iana.org/rdap/ipv4.json",
    "https://data.iana.org/rdap/ipv6.json",
)
BOOTSTRAP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Registry:
    network: IPv4Network | IPv6Network
    url: str


class RdapBootstrap:
    """`override` is a path or an address of one file of the same form; empty means IANA's.

    Plain HTTP is taken from an override only.
    """

    def __init__(self, override: str = "") -> None:
        self._override = override
        self._registries: tuple[Registry, ...] = ()

    def registry_of(self, ip: IPv4Address | IPv6Address) -> str:
        """The base address of the most specific registry. Raises NotFound, Unavailable."""
        if not self._registries:
            self._registries = self._load()
        fitting = [registry for registry in self._registries if ip in registry.network]
        if not fitting:
            raise NotFound("no_registry")
        return max(fitting, key=lambda registry: registry.network.prefixlen).url

    def _load(self) -> tuple[Registry, ...]:
        sources = (self._override,) if self._override else IANA_ADDRESSES
        schemes = ("https://", "http://") if self._override else ("https://",)
        try:
            documents = [_read(source) for source in sources]
            return tuple(r for document in documents for r in _registries(document, schemes))
        except (OSError, ValueError, KeyError, TypeError, AttributeError, httpx2.HTTPError):
            raise Unavailable("registry_list_unavailable") from None


def _read(source: str) -> dict[str, Any]:
    if not source.startswith(("https://", "http://")):
        return _document(Path(source).read_bytes())
    response = httpx2.get(source, timeout=BOOTSTRAP_SECONDS, trust_env=False)
    return _document(response.raise_for_status().content)


def _document(content: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(content)
    return document


def _registries(document: dict[str, Any], schemes: tuple[str, ...]) -> Iterator[Registry]:
    """Of one registry file, or of several under their names `ipv4` and `ipv6`."""
    for part in (document, document.get("ipv4") or {}, document.get("ipv6") or {}):
        for prefixes, urls in part.get("services", ()):
            url = next((url for url in urls if url.startswith(schemes)), None)
            if url:
                yield from (Registry(ip_network(prefix), url) for prefix in prefixes)
