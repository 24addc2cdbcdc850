"""No page is forgotten: each route that shows one belongs to a family."""

import re
from collections.abc import Callable, Iterator, Sequence
from urllib.parse import urlsplit

import hashcheck.pages
import helpline.pages
import hotline.pages
import prevention.pages
import pytest
from fastapi import APIRouter, FastAPI
from gateway.insight import page as figures_page
from gateway.insight import theme_page
from gateway.website import chat, pages, report, status
from shared.platform.access import route_access
from shared.ui.accounts import account_router
from shared.ui.team import team_router

from tests.browser.all_families import ALL
from tests.browser.family import Family
from tests.browser.inspection import Inspection

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]

ROUTERS: dict[str, Sequence[APIRouter]] = {
    "website": [pages.router, report.router, status.router, chat.router],
    "management": [figures_page.router, theme_page.router, account_router(), team_router("any")],
    "hotline": hotline.pages.routers(),
    "hashcheck": hashcheck.pages.routers(),
    "helpline": helpline.pages.routers(),
    "prevention": prevention.pages.routers(),
}
# Pictures, scripts, fragments of a page, files, and addresses that only lead on to another one.
NO_PAGE = re.compile(
    r"/static/.*|.*\.png|.*\.svg|.*/news|/report/(check|change)|/chat/.*/start|/exit"
    r"|/connect/pictures/.*|.*/taken-off"
)
ENTRANCES = {("management", "/"), ("helpline", "/"), ("prevention", "/")}


def paths_of(face: str) -> Iterator[str]:
    """The address pattern of every page of a face."""
    app = FastAPI()
    for router in ROUTERS[face]:
        app.include_router(router)
    for method, path in route_access(app):
        if method == "GET" and not NO_PAGE.fullmatch(path) and (face, path) not in ENTRANCES:
            yield path


@pytest.mark.requirement("PF-UI-FAMILIES-1")
@pytest.mark.parametrize("face", ROUTERS)
def test_every_page_of_a_face_is_looked_at(
    inspected: Callable[[Family], Inspection], face: str
) -> None:
    families = [family for family in ALL if family.face == face]
    seen = {urlsplit(inspected(family).address).path for family in families}
    patterns = {path: re.sub(r"\{[^}]+\}", "[^/]+", path) for path in paths_of(face)}
    assert patterns
    missed = [
        path
        for path, pattern in patterns.items()
        if not any(re.fullmatch(f"(/en)?{pattern}", one) for one in seen)
    ]
    assert missed == []
