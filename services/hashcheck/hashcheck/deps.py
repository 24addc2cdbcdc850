"""What endpoints of the Hash Check Service may ask for."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any, cast

from fastapi import Depends, Query, Request
from fastapi.concurrency import run_in_threadpool
from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import NotAuthenticated
from shared.platform.access import (
    SAFE_METHODS,
    Access,
    refuse_foreign_form,
    refuse_foreign_origin,
)
from shared.platform.api_key import ClientDesk
from shared.platform.database import plain_database_errors
from shared.platform.rate_limit import AddressPacer
from starlette.requests import HTTPConnection

from hashcheck import queries
from hashcheck.adapters.access_mail import AccessMail
from hashcheck.adapters.checker import Checker

# Rows of a table beyond this are not turned to by hand.
FURTHEST = 1_000_000
CONTACT_COOKIE = "__Host-hashcheck-client"
LINK_LIMIT = "access_link"


class ContactNeeded(NotAuthenticated):
    """Somebody of a client has to come by a link first; pages lead to where it is asked for."""

    code = "sign_in_needed"


@dataclass(frozen=True)
class ContactAccess(Access):
    """Somebody of a client, who came by a link to their mailbox."""

    async def admit(self, request: Request) -> Actor:
        token = request.cookies.get(CONTACT_COOKIE, "")
        actor = await run_in_threadpool(_contact, request, token) if token else None
        if actor is None:
            raise ContactNeeded
        request.state.csrf_token = csrf_of(token)
        if request.method not in SAFE_METHODS:
            origin = request.app.state.doorkeeper.origin
            await refuse_foreign_form(request, origin, request.state.csrf_token)
        return actor

    def words(self) -> str:
        return "contact"


def contact() -> Any:
    return Depends(ContactAccess())


def csrf_of(session_token: str) -> str:
    """Who has it cannot tell the session from it."""
    return sha256(f"form of {session_token}".encode()).hexdigest()


async def paced(request: HTTPConnection) -> None:
    """Forms that send mail come from our own pages, and not very often from one network."""
    refuse_foreign_origin(cast(Request, request), request.app.state.doorkeeper.origin)
    pacer: AddressPacer = request.app.state.pacer
    address = request.client.host if request.client else ""
    await pacer.pace_of(address)(LINK_LIMIT)


def _contact(request: Request, token: str) -> Actor | None:
    state = request.app.state
    with plain_database_errors(), state.sessions() as session:
        digest = sha256(token.encode()).digest()
        found = queries.contact_of_session(session, digest, state.clock())
    if found is None:
        return None
    _, client = found
    return Actor(ActorKind.CLIENT, client.name, client.id)


def checker_of(request: Request) -> Checker:
    return cast(Checker, request.app.state.checker)


def clients_of(request: Request) -> ClientDesk:
    return cast(ClientDesk, request.app.state.doorkeeper.clients)


def access_mail_of(request: Request) -> AccessMail | None:
    return cast(AccessMail | None, request.app.state.access_mail)


LiveChecker = Annotated[Checker, Depends(checker_of)]
Clients = Annotated[ClientDesk, Depends(clients_of)]
Mail = Annotated[AccessMail | None, Depends(access_mail_of)]
# How many rows of a table come before the page that is asked for.
Offset = Annotated[int, Query(ge=0, le=FURTHEST)]
