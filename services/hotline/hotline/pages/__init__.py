"""HTML for the staff of the hotline: one router per noun; a form in, a use case, a redirect."""

from fastapi import APIRouter
from shared.ui.accounts import account_router
from shared.ui.static_files import router as static_router
from shared.ui.team import team_router

from hotline.domain.role import Permission
from hotline.pages import assessment, contact, exposure, figures, home, removal, report, url


def routers() -> list[APIRouter]:
    return [
        home.router,
        url.router,
        assessment.router,
        exposure.router,
        removal.router,
        contact.router,
        report.router,
        figures.router,
        account_router(),
        team_router(Permission.MANAGE_ACCOUNTS),
        static_router,
    ]
