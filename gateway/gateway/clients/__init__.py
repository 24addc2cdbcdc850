"""One typed client per service; each answers with a contract or raises a DomainError."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import httpx2
from shared.platform.peer import AsyncPeer
from shared.platform.service_token import TokenSigner

from gateway.clients.hashcheck import HashcheckClient
from gateway.clients.hotline import HotlineClient
from gateway.clients.line import LineClient


@dataclass(frozen=True, slots=True)
class Peers:
    """The services behind the gateway."""

    hotline: HotlineClient
    helpline: LineClient
    prevention: LineClient
    hashcheck: HashcheckClient

    @classmethod
    def at(
        cls, addresses: Mapping[str, str], signer: TokenSigner, client: httpx2.AsyncClient
    ) -> Self:
        """Clients of the services at `addresses`, by their names, over one shared pool."""
        peers = {
            name: AsyncPeer(name, address, signer, client) for name, address in addresses.items()
        }
        return cls(
            hotline=HotlineClient(peers["hotline"]),
            helpline=LineClient(peers["helpline"]),
            prevention=LineClient(peers["prevention"]),
            hashcheck=HashcheckClient(peers["hashcheck"]),
        )
