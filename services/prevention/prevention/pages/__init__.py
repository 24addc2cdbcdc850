"""Pages of the prevention line."""

from fastapi import APIRouter
from shared.ui import contact_desk, contact_news, contact_opening
from shared.ui.accounts import account_router
from shared.ui.static_files import router as static_router
from shared.ui.team import team_router

from prevention.domain.role import Permission
from prevention.pages import contact_moment, home, referral


def routers() -> list[APIRouter]:
    return [
        home.router,
        contact_news.router,
        contact_moment.router,
        referral.router,
        contact_desk.router,
        contact_opening.router,
        account_router(),
        team_router(Permission.MANAGE_ACCOUNTS),
        static_router,
    ]
