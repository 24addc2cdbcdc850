"""One typed client per service; each answers with a contract or raises a DomainError."""

from dataclasses import dataclass

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
