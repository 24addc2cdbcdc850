"""One typed client per service; each answers with a contract or raises a DomainError."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import httpx2
from shared.platform.peer import MOST_PATIENT_AT_ONCE, AsyncPeer
from shared.platform.service_token import TokenSigner

from gateway.clients.contact import ContactClient
from gateway.clients.figures import FiguresClient
from gateway.clients.hashcheck import HashcheckClient
from gateway.clients.hotline import HotlineClient


@dataclass(frozen=True, slots=True)
class Peers:
    """The services behind the gateway."""

    hotline: HotlineClient
    helpline: ContactClient
    prevention: ContactClient
    hashcheck: HashcheckClient

    def by_name(self, service: str) -> FiguresClient:
        """The client of a service, for what all of them are asked."""
        clients: dict[str, FiguresClient] = {
            "hotline": self.hotline,
            "helpline": self.helpline,
            "prevention": self.prevention,
            "hashcheck": self.hashcheck,
        }
        return clients[service]

    @classmethod
    def at(
        cls,
        addresses: Mapping[str, str],
        signer: TokenSigner,
        client: httpx2.AsyncClient,
        patient: httpx2.AsyncClient | None = None,
    ) -> Self:
        """Clients of the services at `addresses`, by their names, over one shared pool.

        Conversations are followed over the pool `patient`.
        """
        peers = {
            name: AsyncPeer(name, address, signer, client) for name, address in addresses.items()
        }

        def with_conversations(name: str) -> ContactClient:
            waiting = AsyncPeer(
                name,
                addresses[name],
                signer,
                patient or client,
                at_once=MOST_PATIENT_AT_ONCE,
            )
            return ContactClient(peers[name], waiting)

        return cls(
            hotline=HotlineClient(peers["hotline"]),
            helpline=with_conversations("helpline"),
            prevention=with_conversations("prevention"),
            hashcheck=HashcheckClient(peers["hashcheck"]),
        )
