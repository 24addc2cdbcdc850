"""HTML for the staff of the Hash Check Service: one router per noun."""

from fastapi import APIRouter
from shared.ui.accounts import account_router
from shared.ui.static_files import router as static_router
from shared.ui.team import team_router

from hashcheck.domain.role import Permission
from hashcheck.pages import (
    alarm,
    check,
    client,
    connect,
    entry,
    feedback,
    hash_list,
    home,
    key,
    own_client,
    partner_list,
)


def routers() -> list[APIRouter]:
    return [
        home.router,
        entry.router,
        hash_list.router,
        partner_list.router,
        feedback.router,
        client.router,
        key.router,
        alarm.router,
        connect.router,
        own_client.router,
        check.router,
        account_router(),
        team_router(Permission.MANAGE_ACCOUNTS),
        static_router,
    ]
