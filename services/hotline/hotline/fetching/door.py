"""The one door to the outside: resolves a target once and lets only checked addresses through.

Every hop of a redirect passes here again, and the connection goes to an address this door
returned, so a name that answers differently a moment later gains nothing.
"""

from ipaddress import IPv4Address, IPv6Address

from hotline.domain.fetch import FetchCode
from hotline.fetching.address_table import is_public
from hotline.fetching.refusal import NotRead
from hotline.fetching.resolver import Resolver
from hotline.fetching.target import Target

PUBLIC_PORTS = frozenset({80, 443})

Endpoint = tuple[IPv4Address | IPv6Address, int]


class Door:
    """`test_endpoints` is the only exemption, exact in address and port; empty in production."""

    def __init__(self, resolver: Resolver, test_endpoints: frozenset[Endpoint]) -> None:
        self._resolver = resolver
        self._test_endpoints = test_endpoints
        self._ports = PUBLIC_PORTS | {port for _, port in test_endpoints}

    async def checked(self, target: Target) -> tuple[IPv4Address | IPv6Address, ...]:
        """The addresses to connect to. One forbidden answer condemns the whole name."""
        if target.port not in self._ports:
            raise NotRead(FetchCode.PORT_NOT_ALLOWED)
        addresses = (
            await self._resolver.addresses(target.host)
            if target.literal is None
            else (target.literal,)
        )
        for address in addresses:
            self._check(address, target.port)
        return addresses

    def _check(self, address: IPv4Address | IPv6Address, port: int) -> None:
        if (address, port) in self._test_endpoints:
            return
        if not is_public(address):
            raise NotRead(FetchCode.NOT_PUBLIC)
        if port not in PUBLIC_PORTS:
            raise NotRead(FetchCode.PORT_NOT_ALLOWED)
