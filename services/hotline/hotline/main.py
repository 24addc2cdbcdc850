"""Composition root of the web process of the hotline."""

from fastapi import FastAPI
from shared.platform.composition import (
    answers_of,
    desk_of,
    sessions_of,
    signer_of,
    vault_of,
    verifier_of,
)
from shared.platform.events import EVENTS_PATH
from shared.platform.staff import StaffDesk
from shared.platform.web import WebParts, create_service
from shared.ui.pages import Pages

from hotline import pages
from hotline.adapters.fetcher_client import fetcher_at
from hotline.api import event, figures, report, status
from hotline.domain.role import ROLES
from hotline.pages.face import HOTLINE
from hotline.settings import HotlineSettings

# 50 addresses of 8 KiB with a note, as JSON.
LARGEST_REPORT = 512 * 1024


def create_app(settings: HotlineSettings) -> FastAPI:
    desk = create_desk(settings)
    app = create_service(
        WebParts(
            name="hotline",
            public_url=settings.public_url,
            sessions=desk.sessions,
            token_verifier=verifier_of(settings, "hotline"),
            routers=[
                report.router,
                figures.router,
                status.router,
                event.router,
                *pages.routers(),
            ],
            doorkeeper=desk,
            pages=Pages(HOTLINE),
            vault=vault_of(settings, "hotline"),
            body_limits={"/api/reports": LARGEST_REPORT, EVENTS_PATH: LARGEST_REPORT},
        )
    )
    app.state.policy = settings.policy
    app.state.imagery = fetcher_at(settings.fetcher_url, signer_of(settings, "hotline"))
    app.state.answers = answers_of(settings)
    return app


def create_desk(settings: HotlineSettings) -> StaffDesk:
    return desk_of(settings, "hotline", ROLES, sessions_of(settings))
