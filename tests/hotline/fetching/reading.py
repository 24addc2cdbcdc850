"""Retrievers for tests: names without a name server, and one way to read an address."""

import asyncio
import ssl
from ipaddress import IPv4Address, IPv6Address, ip_address

from hotline.domain.fetch import FetchCode
from hotline.fetching.door import Door
from hotline.fetching.refusal import NotRead
from hotline.fetching.retrieval import Answer, Retriever

NAME = "pictures.test"


class FixedNames:
    """Knows some names; counts how often it is asked."""

    def __init__(self, **names: str) -> None:
        self.names = {name.replace("_", "."): text.split() for name, text in names.items()}
        self.asked = 0

    async def addresses(self, name: str) -> tuple[IPv4Address | IPv6Address, ...]:
        self.asked += 1
        if name not in self.names:
            raise NotRead(FetchCode.NAME_UNKNOWN)
        return tuple(ip_address(text) for text in self.names[name])


def door_to(
    *ports: int,
    host: str = "127.0.0.1",
    names: FixedNames | None = None,
    beside: tuple[str, int] | None = None,
) -> Door:
    """Lets through these ports of one loopback address, where pictures.test lives.

    `beside` is one more host and port.
    """
    exempt = {(ip_address(host), port) for port in ports}
    if beside:
        exempt.add((ip_address(beside[0]), beside[1]))
    return Door(names or FixedNames(pictures_test=host), frozenset(exempt))


async def read(
    door: Door,
    address: str,
    egress: str = "",
    tls: ssl.SSLContext | None = None,
    seconds: float = 5.0,
) -> Answer:
    retriever = Retriever(door, (egress,), tls=tls, seconds=seconds)
    try:
        async with retriever.open(address, egress) as answer:
            return answer
    finally:
        await retriever.close()


def code_of(
    door: Door, address: str, tls: ssl.SSLContext | None = None, seconds: float = 5.0
) -> FetchCode:
    """How reading the address ended."""
    try:
        asyncio.run(read(door, address, tls=tls, seconds=seconds))
    except NotRead as refused:
        return refused.code
    return FetchCode.OK
