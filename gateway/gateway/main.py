"""Composition root of the web process: the website, and the management pages on their own host."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from shared.platform.composition import desk_of, sessions_of, signer_of, verifier_of
from shared.platform.database import close_pool
from shared.platform.peer import MOST_PATIENT_CONNECTIONS, peer_http_client
from shared.platform.rate_limit import AddressPacer, Limit
from shared.platform.staff import StaffDesk
from shared.platform.web import WebParts, create_service
from shared.ui.accounts import account_router
from shared.ui.languages import ENGLISH_PREFIX
from shared.ui.static_files import router as static_router
from shared.ui.team import team_router
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.clients import Peers
from gateway.deps import Pacer
from gateway.insight import page as figures_page
from gateway.insight import theme_page
from gateway.insight.face import management_pages
from gateway.permissions import ROLES, Permission
from gateway.schema import routes
from gateway.schema.chat import START_LIMIT
from gateway.schema.report import REPORT_LIMIT, STATUS_LIMIT
from gateway.settings import GatewaySettings
from gateway.website.face import website_pages, website_router

# 50 addresses of 8 KiB with a note, written as a form.
LARGEST_REPORT = 512 * 1024
REPORT_FORMS = ("/report", "/report/check", "/report/change")

# Per network, so that a school or an office counts as one caller; nobody is refused for good.
LIMITS: Mapping[str, Limit] = {
    REPORT_LIMIT: Limit(30, timedelta(hours=1)),
    STATUS_LIMIT: Limit(30, timedelta(minutes=10)),
    START_LIMIT: Limit(20, timedelta(minutes=10)),
}


AtEnd = Callable[[], Awaitable[None]]


def create_app(settings: GatewaySettings) -> ASGIApp:
    client = peer_http_client()
    patient = peer_http_client(limits=MOST_PATIENT_CONNECTIONS)
    pacer = AddressPacer(settings.volatile_redis_url, LIMITS)
    signer = signer_of(settings, "gateway")
    peers = Peers.at(settings.peer_addresses, signer, client, patient)
    management = create_management(settings, peers, pacer)
    # The server starts and ends the website only.
    pool_closing = partial(run_in_threadpool, close_pool, management.state.sessions)
    return HostSwitch(
        create_website(
            settings, peers, pacer, [client.aclose, patient.aclose, pacer.close, pool_closing]
        ),
        {urlsplit(settings.management_url).netloc: management},
    )


def create_website(
    settings: GatewaySettings, peers: Peers, pacer: Pacer, at_end: Sequence[AtEnd] = ()
) -> FastAPI:
    """The public side. It has no database, so that nothing of ours can take it down."""

    @asynccontextmanager
    async def running(_: FastAPI) -> AsyncIterator[None]:
        yield
        for close in at_end:
            await close()

    app = create_service(
        WebParts(
            name="gateway",
            public_url=settings.public_url,
            sessions=None,
            token_verifier=verifier_of(settings, "gateway"),
            routers=[website_router(), routes.public_router, static_router],
            pages=website_pages(),
            body_limits={
                prefix + path: LARGEST_REPORT
                for prefix in ("", ENGLISH_PREFIX)
                for path in REPORT_FORMS
            },
            lifespan=running,
        )
    )
    app.state.peers, app.state.pacer = peers, pacer
    app.state.graphql = routes.public_endpoint(is_production=settings.is_production)
    return app


def create_management(settings: GatewaySettings, peers: Peers, pacer: Pacer) -> FastAPI:
    """Figures for who is signed in, never a case."""
    desk = create_desk(settings)
    app = create_service(
        WebParts(
            name="gateway",
            public_url=settings.management_url,
            sessions=desk.sessions,
            token_verifier=verifier_of(settings, "gateway"),
            routers=[
                figures_page.entrance,
                figures_page.router,
                theme_page.router,
                routes.management_router,
                account_router(),
                team_router(Permission.MANAGE_ACCOUNTS),
                static_router,
            ],
            doorkeeper=desk,
            pages=management_pages(),
        )
    )
    app.state.peers, app.state.pacer = peers, pacer
    app.state.graphql = routes.management_endpoint(is_production=settings.is_production)
    return app


def create_desk(settings: GatewaySettings) -> StaffDesk:
    """Its forms come from the host of the management pages."""
    desk = desk_of(settings, "gateway", ROLES, sessions_of(settings))
    return replace(desk, origin=settings.management_url)


class HostSwitch:
    """Two applications on one port, told apart by the name they are asked under."""

    def __init__(self, usual: FastAPI, by_host: Mapping[str, FastAPI]) -> None:
        self.usual = usual
        self.by_host = by_host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app_for(scope)(scope, receive, send)

    def _app_for(self, scope: Scope) -> ASGIApp:
        for name, value in scope.get("headers", ()):
            if name == b"host":
                return self.by_host.get(value.decode("latin-1").lower(), self.usual)
        return self.usual
