"""What endpoints of the Hash Check Service may ask for."""

from typing import Annotated, cast

from fastapi import Depends, Query, Request
from shared.platform.api_key import ClientDesk

from hashcheck.adapters.checker import Checker

# Rows of a table beyond this are not turned to by hand.
FURTHEST = 1_000_000


def checker_of(request: Request) -> Checker:
    return cast(Checker, request.app.state.checker)


def clients_of(request: Request) -> ClientDesk:
    return cast(ClientDesk, request.app.state.doorkeeper.clients)


LiveChecker = Annotated[Checker, Depends(checker_of)]
Clients = Annotated[ClientDesk, Depends(clients_of)]
# How many rows of a table come before the page that is asked for.
Offset = Annotated[int, Query(ge=0, le=FURTHEST)]
