"""Who may use a route. Every route says so, or the application does not start.

    @router.get("/reports", dependencies=[staff(Permission.SEE_REPORTS)])

A marker finds the actor, puts it on `request.state.actor` and raises when it may not pass. The
use case checks the permission again; a marker is the first of the two.
"""

from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Protocol, cast

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.dependencies.models import Dependant
from fastapi.requests import HTTPConnection
from fastapi.routing import APIRoute, APIWebSocketRoute, iter_route_contexts

from shared.domain.actor import PUBLIC, Actor, ActorKind
from shared.domain.errors import NotAuthenticated, NotPermitted
from shared.platform.database import Sessions
from shared.platform.service_token import ServiceToken, TokenVerifier, use_once

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
CSRF_FIELD = "csrf"
CSRF_HEADER = "X-CSRF-Token"
_LONGEST_HEADER = 4200


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a session cookie stands for."""

    actor: Actor
    csrf_token: str
    has_second_factor: bool


class Doorkeeper(Protocol):
    """Finds staff sessions and API clients; kept on `app.state.doorkeeper`."""

    @property
    def cookie(self) -> str:
        """The name of the session cookie."""
        ...

    @property
    def origin(self) -> str:
        """Where its forms come from: scheme, host and port."""
        ...

    def signed_in(self, session_token: str) -> SignedIn | None: ...

    def client_of(self, api_key: str, scope: str) -> Actor | None: ...


class SignInNeeded(NotAuthenticated):
    """A person has to sign in first; pages turn this into a redirect."""

    code = "sign_in_needed"


class Access(ABC):
    """A marker on a route; called as a dependency before anything else of the endpoint.

    A socket is admitted by its opening request.
    """

    async def __call__(self, request: HTTPConnection) -> Actor:
        actor = await self.admit(cast(Request, request))
        request.state.actor = actor
        return actor

    @abstractmethod
    async def admit(self, request: Request) -> Actor:
        """The actor. Raises NotAuthenticated or NotPermitted."""

    @abstractmethod
    def words(self) -> str:
        """The access in one word or two, for the generated matrix."""


class PublicAccess(Access):
    async def admit(self, request: Request) -> Actor:
        return PUBLIC

    def words(self) -> str:
        return "public"


@dataclass(frozen=True)
class StaffAccess(Access):
    """A signed-in member of staff with a second factor, holding `permission` if one is named."""

    permission: str = ""
    before_second_factor: bool = False

    async def admit(self, request: Request) -> Actor:
        doorkeeper: Doorkeeper = request.app.state.doorkeeper
        token = request.cookies.get(doorkeeper.cookie, "")
        found = await run_in_threadpool(doorkeeper.signed_in, token) if token else None
        if found is None or not (found.has_second_factor or self.before_second_factor):
            raise SignInNeeded
        request.state.csrf_token = found.csrf_token
        if request.method not in SAFE_METHODS:
            await refuse_foreign_form(request, doorkeeper.origin, found.csrf_token)
        if self.permission and not found.actor.may(self.permission):
            raise NotPermitted
        return found.actor

    def words(self) -> str:
        return f"staff {self.permission}".strip()


@dataclass(frozen=True)
class ServiceAccess(Access):
    """Another service, with a fresh token made for us."""

    callers: frozenset[str]

    async def admit(self, request: Request) -> Actor:
        """What changes something is done once per token, where there is a database to tell."""
        token = self.recognise(request)
        sessions: Sessions | None = request.app.state.sessions
        changes = request.scope.get("method", "GET") not in SAFE_METHODS
        if changes and sessions is not None:
            await run_in_threadpool(use_once, sessions, token)
        return Actor(ActorKind.SERVICE, token.issuer)

    def recognise(self, request: Request) -> ServiceToken:
        """Who calls, without using the token up. Raises NotAuthenticated or NotPermitted."""
        verifier: TokenVerifier = request.app.state.token_verifier
        token = verifier.verify(bearer_of(request))
        if token.issuer not in self.callers:
            raise NotPermitted
        return token

    def words(self) -> str:
        return f"service {' '.join(sorted(self.callers))}"


@dataclass(frozen=True)
class KeyAccess(Access):
    """A client with an API key of one of the scopes (spaces between), or one of our services."""

    scope: str
    services: frozenset[str] = frozenset()

    async def admit(self, request: Request) -> Actor:
        key = bearer_of(request)
        if not key.startswith("olh_"):
            return await ServiceAccess(self.services).admit(request)
        actor = await self.client_of(request, key)
        if actor is None:
            raise NotAuthenticated
        return actor

    async def client_of(self, request: Request, key: str) -> Actor | None:
        doorkeeper: Doorkeeper = request.app.state.doorkeeper
        return await run_in_threadpool(doorkeeper.client_of, key, self.scope)

    def words(self) -> str:
        return f"key {self.scope}"


class BasicNeeded(NotAuthenticated):
    """As NotAuthenticated, to a client that waits to be asked for a name and a password."""

    challenge = 'Basic realm="Offlimits", charset="UTF-8"'


@dataclass(frozen=True)
class BasicKeyAccess(KeyAccess):
    """As KeyAccess; the key may also be the password of basic authentication (RFC 7617)."""

    async def admit(self, request: Request) -> Actor:
        given = request.headers.getlist("authorization")
        if len(given) != 1 or given[0][:6].lower() != "basic ":
            try:
                return await super().admit(request)
            except NotAuthenticated:
                raise BasicNeeded from None
        key = _password_in(given[0][6:])
        actor = await self.client_of(request, key) if key else None
        if actor is None:
            raise BasicNeeded
        return actor


def _password_in(credentials: str) -> str:
    """Empty when there is none to be read."""
    if len(credentials) > _LONGEST_HEADER:
        return ""
    try:
        return b64decode(credentials, validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def public() -> Any:
    return Depends(PublicAccess())


def staff(permission: str) -> Any:
    return Depends(StaffAccess(permission))


def signed_in(*, before_second_factor: bool = False) -> Any:
    """Anybody with a session, whatever the role."""
    return Depends(StaffAccess(before_second_factor=before_second_factor))


def service(*callers: str) -> Any:
    return Depends(ServiceAccess(frozenset(callers)))


def api_key(scope: str, *services: str) -> Any:
    return Depends(KeyAccess(scope, frozenset(services)))


def basic_key(scope: str) -> Any:
    return Depends(BasicKeyAccess(scope))


def bearer_of(request: Request) -> str:
    """The one bearer credential of the request. Raises NotAuthenticated."""
    given = request.headers.getlist("authorization")
    if len(given) != 1 or len(given[0]) > _LONGEST_HEADER:
        raise NotAuthenticated
    kind, _, credential = given[0].partition(" ")
    if kind.lower() != "bearer" or not credential or " " in credential:
        raise NotAuthenticated
    return credential


def refuse_foreign_origin(request: Request, origin: str) -> None:
    """Refuse a form that another site sent; browsers say where one comes from (Fetch Metadata).

    Under our own `Referrer-Policy: no-referrer` they call the origin of our own forms "null".
    """
    sent_from = request.headers.get("origin")
    site = request.headers.get("sec-fetch-site")
    is_ours = sent_from in {None, origin} or (sent_from == "null" and site == "same-origin")
    if not is_ours or site not in {None, "same-origin", "none"}:
        raise NotPermitted("foreign_form")


async def refuse_foreign_form(request: Request, origin: str, csrf_token: str) -> None:
    """Refuse a form without the token of this very session. Raises NotPermitted.

    A script that sends JSON names the token in a header.
    """
    refuse_foreign_origin(request, origin)
    given = request.headers.get(CSRF_HEADER) or (await request.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not compare_digest(given.encode(), csrf_token.encode()):
        raise NotPermitted("form_expired")


def route_access(app: FastAPI) -> dict[tuple[str, str], Access | None]:
    """(method, path) → the marker of each route; None where there is not exactly one.

    A socket has the method "WEBSOCKET". What is not a route of the framework, such as an
    application mounted whole, can have no marker and is told as the method "ANY".
    """
    found: dict[tuple[str, str], Access | None] = {}
    for methods, path, dependant in _routes(app):
        markers = list(_markers(dependant)) if dependant else []
        for method in sorted(methods - {"HEAD"}):
            # Of two routes for the same only the first is ever reached, whatever the other says.
            is_only = len(markers) == 1 and (method, path) not in found
            found[method, path] = markers[0] if is_only else None
    return found


def refuse_open_routes(app: FastAPI) -> None:
    """Raise when a route does not say, exactly once, who may use it."""
    unmarked = [f"{method} {path}" for (method, path), a in route_access(app).items() if a is None]
    if unmarked:
        raise RuntimeError(f"routes without exactly one access marker: {', '.join(unmarked)}")


def _routes(app: FastAPI) -> Iterator[tuple[set[str], str, Dependant | None]]:
    """Methods, path and dependencies of everything that answers, included routers as well."""
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        if isinstance(route.original_route, APIRoute):
            yield set(route.methods or ()), path, route.dependant
        elif isinstance(route.original_route, APIWebSocketRoute):
            yield {"WEBSOCKET"}, path, route.dependant
        else:
            yield {"ANY"}, path, None


def _markers(dependant: Dependant) -> Iterator[Access]:
    for needed in dependant.dependencies:
        if isinstance(needed.call, Access):
            yield needed.call
