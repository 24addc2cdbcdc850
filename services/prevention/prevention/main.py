"""Composition root of the web process of the prevention line."""

from fastapi import FastAPI
from shared.platform.composition import desk_of, sessions_of, vault_of, verifier_of
from shared.platform.contact.api import router as chat_router
from shared.platform.contact.parts import CONNECTIONS, KEYS_REMEMBERED, contact_parts
from shared.platform.events import EVENTS_PATH
from shared.platform.staff import StaffDesk
from shared.platform.web import WebParts, create_service
from shared.ui.pages import Pages

from prevention import pages
from prevention.api import event, figures, status
from prevention.domain.role import ROLES
from prevention.pages.face import FACE
from prevention.settings import PreventionSettings

# A transcript of several hundred long messages, as JSON.
LARGEST_HANDOVER = 8 * 1024 * 1024


def create_app(settings: PreventionSettings) -> FastAPI:
    desk = create_desk(settings)
    contact = contact_parts(settings, desk.sessions, settings.contact_policy)
    return create_service(
        WebParts(
            name="prevention",
            public_url=settings.public_url,
            sessions=desk.sessions,
            token_verifier=verifier_of(settings, "prevention"),
            routers=[status.router, event.router, figures.router, chat_router, *pages.routers()],
            doorkeeper=desk,
            pages=Pages(FACE),
            vault=vault_of(settings, "prevention", remembers=KEYS_REMEMBERED),
            lifespan=contact.running,
            body_limits={EVENTS_PATH: LARGEST_HANDOVER},
        )
    )


def create_desk(settings: PreventionSettings) -> StaffDesk:
    return desk_of(settings, "prevention", ROLES, sessions_of(settings, pool_size=CONNECTIONS))
