"""Composition root of the web process of the helpline."""

from fastapi import FastAPI
from shared.platform.composition import desk_of, sessions_of, vault_of, verifier_of
from shared.platform.contact.api import router as chat_router
from shared.platform.contact.parts import CONNECTIONS, KEYS_REMEMBERED, contact_parts
from shared.platform.events import EVENTS_PATH
from shared.platform.staff import StaffDesk
from shared.platform.web import WebParts, create_service
from shared.ui.pages import Pages

from helpline import pages
from helpline.api import event, figures, status
from helpline.domain.role import ROLES
from helpline.pages.face import FACE
from helpline.settings import HelplineSettings

# A transcript of several hundred long messages, as JSON.
LARGEST_HANDOVER = 8 * 1024 * 1024


def create_app(settings: HelplineSettings) -> FastAPI:
    desk = create_desk(settings)
    contact = contact_parts(settings, desk.sessions, settings.contact_policy)
    return create_service(
        WebParts(
            name="helpline",
            public_url=settings.public_url,
            sessions=desk.sessions,
            token_verifier=verifier_of(settings, "helpline"),
            routers=[status.router, event.router, figures.router, chat_router, *pages.routers()],
            doorkeeper=desk,
            pages=Pages(FACE),
            vault=vault_of(settings, "helpline", remembers=KEYS_REMEMBERED),
            lifespan=contact.running,
            body_limits={EVENTS_PATH: LARGEST_HANDOVER},
        )
    )


def create_desk(settings: HelplineSettings) -> StaffDesk:
    return desk_of(settings, "helpline", ROLES, sessions_of(settings, pool_size=CONNECTIONS))
