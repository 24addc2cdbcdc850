"""Pages of the helpline."""

from fastapi import APIRouter
from shared.ui import contact_desk, contact_news, contact_opening
from shared.ui.accounts import account_router
from shared.ui.static_files import router as static_router
from shared.ui.team import team_router

from helpline.domain.role import Permission
from helpline.pages import contact, follow_up, home, provider, removal_notice


def routers() -> list[APIRouter]:
    return [
        home.router,
        contact_news.router,
        contact.router,
        follow_up.router,
        removal_notice.router,
        provider.router,
        contact_desk.router,
        contact_opening.router,
        account_router(),
        team_router(Permission.MANAGE_ACCOUNTS),
        static_router,
    ]
