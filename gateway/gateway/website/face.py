"""The website as a face of its own: public layout, own sentences, two languages by path."""

from pathlib import Path

from fastapi import APIRouter
from shared.ui.languages import ENGLISH_PREFIX, language_of_path
from shared.ui.pages import Face, Pages

from gateway.website import chat, chat_events, pages, report, status
from gateway.website.sentences import SENTENCES

FOLDER = Path(__file__).parent.parent
ROUTERS = (pages.router, report.router, status.router, chat.router)


def website_pages() -> Pages:
    face = Face(
        name="website",
        title="Offlimits",
        folder=FOLDER,
        layout="base_public.html",
        sentences=SENTENCES,
    )
    return Pages(face, language_of=language_of_path)


def website_router() -> APIRouter:
    """Every page twice: Dutch at its path, English below /en."""
    site = APIRouter()
    site.include_router(pages.entrance)
    site.include_router(chat_events.router)
    for router in ROUTERS:
        site.include_router(router)
        site.include_router(router, prefix=ENGLISH_PREFIX)
    return site
