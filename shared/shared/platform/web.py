"""The web process of a service: the same edge for all, so that none forgets a part of it."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, FastAPI, Request, params
from fastapi.telemetry import TelemetryConfig
from sqlalchemy import text
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import compile_path
from starlette.types import Scope

from shared.domain.errors import DomainError, NotAuthenticated, Unsupported
from shared.platform.access import (
    Access,
    Doorkeeper,
    ServiceAccess,
    SignInNeeded,
    bearer_of,
    public,
    refuse_open_routes,
    route_access,
)
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, close_pool, plain_database_errors
from shared.platform.encryption import CaseVault
from shared.platform.headers import AnswerHeaders
from shared.platform.plain_request import PlainRequest
from shared.platform.problems import (
    ProblemPages,
    add_problem_handlers,
    problem_response,
    unexpected_response,
    wants_html,
)
from shared.platform.service_token import TokenVerifier
from shared.platform.strict_json import DEFAULT_LIMIT, FORM, JSON, StrictBody, media_type_of

# What it gives is the state of every request; see `shared.platform.shortcut`.
LifespanState = Mapping[str, Any]
Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[LifespanState | None]]
SIGN_IN = "/sign-in"
# The framework's own would tell paths, addresses and browsers; ours is `shared.platform.traces`.
NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}


@dataclass
class WebParts:
    """What the composition root of a service puts together.

    Without `sessions` an application needs no database to be ready; `ready` raises Unavailable
    for any other reason to be not. `body_limits` is path → bytes, None where the endpoint reads
    the stream itself.
    """

    name: str
    public_url: str
    sessions: Sessions | None
    token_verifier: TokenVerifier
    routers: Sequence[APIRouter]
    doorkeeper: Doorkeeper | None = None
    pages: ProblemPages | None = None
    vault: CaseVault | None = None
    clock: Clock = utc_now
    body_limits: Mapping[str, int | None] = field(default_factory=dict)
    lifespan: Lifespan | None = None
    ready: Callable[[], None] = lambda: None


def create_service(parts: WebParts) -> FastAPI:
    """An application with health, problems, strict bodies and headers.

    Raises RuntimeError when a route does not say who may use it.
    """

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[LifespanState]:
        try:
            async with parts.lifespan(app) if parts.lifespan else nullcontext() as state:
                yield state or {}
        finally:
            if parts.sessions:
                close_pool(parts.sessions)
            if parts.vault:
                parts.vault.close()

    app = FastAPI(
        title=parts.name,
        openapi_url=None,
        lifespan=running,
        redirect_slashes=False,
        telemetry=NO_TELEMETRY,
    )
    for name in ("sessions", "token_verifier", "doorkeeper", "pages", "vault", "clock"):
        setattr(app.state, name, getattr(parts, name))
    app.state.ready = parts.ready
    add_problem_handlers(app)
    app.add_exception_handler(SignInNeeded, _to_sign_in)
    for router in (health, *parts.routers):
        app.include_router(router, dependencies=[Depends(refuse_other_content)])
    refuse_open_routes(app)
    app.state.methods = [
        (compile_path(path)[0], method)
        for method, path in route_access(app)
        if method != "WEBSOCKET"
    ]
    _add_edge(app, parts)
    return app


def _add_edge(app: FastAPI, parts: WebParts) -> None:
    """What every request passes before a route sees it; the last that is added is the outermost."""
    limits = parts.body_limits
    large = {route: access for route, access in route_access(app).items() if route[1] in limits}
    app.add_middleware(
        StrictBody,
        limit_of=lambda path: limits.get(path, DEFAULT_LIMIT),
        admit=partial(_admit_large, app, large),
        refuse=lambda scope, error: _refusal(app, scope, error),
    )
    app.add_middleware(PlainRequest, refuse=lambda scope, error: _refusal(app, scope, error))
    app.add_middleware(
        AnswerHeaders,
        service=parts.name,
        https=urlsplit(parts.public_url).scheme == "https",
        last_resort=lambda scope, error: _failure(app, scope, error),
        is_ours=lambda scope: _is_ours(app, scope),
    )


async def _admit_large(
    app: FastAPI, markers: Mapping[tuple[str, str], Access | None], scope: Scope
) -> None:
    """Reading a large body is work: where only services may send one, nobody else causes it."""
    marker = markers.get((scope["method"], scope["path"]))
    if isinstance(marker, ServiceAccess):
        scope.setdefault("app", app)
        marker.recognise(Request(scope))


async def refuse_other_content(request: HTTPConnection) -> None:
    """A form where JSON is wanted, or JSON where a form is, is not read as if nothing was sent."""
    field = getattr(request.scope.get("route"), "body_field", None)
    kind = media_type_of(request.scope)
    if field is not None and kind:
        wanted = FORM if isinstance(field.field_info, params.Form) else JSON
        if kind != wanted:
            raise Unsupported("unsupported_media_type")


def _refusal(app: FastAPI, scope: Scope, error: DomainError) -> Response:
    scope.setdefault("app", app)
    return problem_response(Request(scope), error.status, error.code, fields=error.fields)


def _failure(app: FastAPI, scope: Scope, error: Exception) -> Response:
    scope.setdefault("app", app)
    return unexpected_response(Request(scope), error)


def _is_ours(app: FastAPI, scope: Scope) -> bool:
    """Whether the call carries a token of one of our services."""
    verifier: TokenVerifier = app.state.token_verifier
    try:
        verifier.verify(bearer_of(Request(scope)))
    except NotAuthenticated:
        return False
    return True


async def _to_sign_in(request: Request, error: Exception) -> Response:
    if wants_html(request):
        return RedirectResponse(SIGN_IN, status_code=303)
    return problem_response(request, 401, getattr(error, "code", "not_authenticated"))


health = APIRouter(tags=["health"])


@health.get("/livez", dependencies=[public()])
def livez() -> dict[str, str]:
    """The process runs; nothing else is asked, so that one sick part does not restart all."""
    return {"status": "ok"}


@health.get("/readyz", dependencies=[public()])
def readyz(request: Request) -> JSONResponse:
    """Requests can be served: the database answers, if there is one, and all else is there."""
    if request.app.state.sessions is not None:
        with plain_database_errors(), request.app.state.sessions() as session:
            session.execute(text("SELECT 1"))
    request.app.state.ready()
    return JSONResponse({"status": "ok"})
