"""Names to addresses, by name servers of our own choice and never by the system's library."""

from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.name
import dns.nameserver
import dns.rdatatype
import dns.resolver

from hotline.domain.fetch import FetchCode
from hotline.fetching.refusal import NotRead

LOOKUP_SECONDS = 5.0


class Resolver(Protocol):
    async def addresses(self, name: str) -> tuple[IPv4Address | IPv6Address, ...]:
        """Every address of the name, IPv4 first; raises NotRead when there is none."""


class DnsResolver:
    """Asks `nameservers` (address, port), or those of the system when there are none."""

    def __init__(
        self, nameservers: tuple[tuple[str, int], ...], *, seconds: float = LOOKUP_SECONDS
    ) -> None:
        self._resolver = dns.asyncresolver.Resolver(configure=not nameservers)
        self._resolver.cache = None
        self._resolver.lifetime = seconds
        self._resolver.search = []
        if nameservers:
            self._resolver.nameservers = [
                dns.nameserver.Do53Nameserver(address, port) for address, port in nameservers
            ]

    async def addresses(self, name: str) -> tuple[IPv4Address | IPv6Address, ...]:
        v4 = await self._ask(name, dns.rdatatype.A)
        v6 = await self._ask(name, dns.rdatatype.AAAA)
        if found := (*(v4 or ()), *(v6 or ())):
            return found
        if v4 is None or v6 is None:
            raise NotRead(FetchCode.NAME_LOOKUP_FAILED)
        raise NotRead(FetchCode.NAME_UNKNOWN)

    async def _ask(
        self, name: str, kind: dns.rdatatype.RdataType
    ) -> tuple[IPv4Address | IPv6Address, ...] | None:
        """None when no name server gave an answer, which says nothing about the name."""
        try:
            question = dns.name.from_text(name)
            answer = await self._resolver.resolve(question, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError):
            return None
        return tuple(ip_address(record.address) for record in answer)
