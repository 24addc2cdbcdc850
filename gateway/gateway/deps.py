"""What an endpoint may ask for."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Protocol, cast

from fastapi import Depends
from fastapi.requests import HTTPConnection

from gateway.clients import Peers

# Counts one act under the name of its limit; raises TooMany when there were too many.
Pace = Callable[[str], Awaitable[None]]


class Pacer(Protocol):
    """Counts the acts of callers without keeping who they are."""

    def pace_of(self, address: str) -> Pace: ...


def peers_of(request: HTTPConnection) -> Peers:
    return cast(Peers, request.app.state.peers)


def pace_of(request: HTTPConnection) -> Pace:
    """The pace of this caller. The address is used for counting here and kept nowhere."""
    pacer: Pacer = request.app.state.pacer
    return pacer.pace_of(request.client.host if request.client else "")


GatewayPeers = Annotated[Peers, Depends(peers_of)]
SlowDown = Annotated[Pace, Depends(pace_of)]
