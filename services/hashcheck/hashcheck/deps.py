"""What endpoints of the Hash Check Service may ask for."""

from typing import Annotated, cast

from fastapi import Depends, Request
from shared.platform.api_key import ClientDesk

from hashcheck.adapters.checker import Checker


def checker_of(request: Request) -> Checker:
    return cast(Checker, request.app.state.checker)


def clients_of(request: Request) -> ClientDesk:
    return cast(ClientDesk, request.app.state.doorkeeper.clients)


LiveChecker = Annotated[Checker, Depends(checker_of)]
Clients = Annotated[ClientDesk, Depends(clients_of)]
