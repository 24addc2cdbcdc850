"""Composition root of the web process of the Hash Check Service."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from imaging import ImageWorker
from shared.platform.api_key import ClientDesk
from shared.platform.composition import desk_of, sessions_of, verifier_of
from shared.platform.database import Sessions
from shared.platform.staff import StaffDesk
from shared.platform.web import WebParts, create_service
from shared.ui.pages import Pages

from hashcheck import pages
from hashcheck.adapters.checker import Checker
from hashcheck.adapters.key_ring import KeyRing
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.picture_hasher import PictureHasher
from hashcheck.adapters.shared_bases import SharedBases
from hashcheck.adapters.tally import Tally
from hashcheck.api import check, check_one, entry, event, figures, hit_report
from hashcheck.api.check_fast import FastCheck
from hashcheck.domain.role import ROLES
from hashcheck.pages.face import FACE
from hashcheck.settings import HashcheckSettings

API = (
    check.router,
    check_one.router,
    hit_report.router,
    entry.router,
    event.router,
    figures.router,
)


def create_app(settings: HashcheckSettings) -> FastAPI:
    desk = create_desk(settings)
    sessions = desk.sessions

    def ready() -> None:
        app.state.checker.live_index.refuse_lagging()

    app = create_service(
        WebParts(
            name="hashcheck",
            public_url=settings.public_url,
            sessions=sessions,
            token_verifier=verifier_of(settings, "hashcheck"),
            routers=[*API, *pages.routers()],
            doorkeeper=desk,
            pages=Pages(FACE),
            # These read their body themselves: 256 kB of JSON, a picture of 20 MB, one hash.
            body_limits=dict.fromkeys([check.CHECK_PATH, *check_one.PATHS]),
            lifespan=_with_checker(settings, sessions),
            ready=ready,
        )
    )
    app.add_middleware(
        FastCheck,
        keys=KeyRing(ClientDesk(sessions)),
        checker=lambda: app.state.checker,
        https=urlsplit(settings.public_url).scheme == "https",
    )
    return app


def _with_checker(
    settings: HashcheckSettings, sessions: Sessions
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        with ImageWorker() as worker:
            index = _live_index(settings, sessions)
            checker = Checker(index, Tally(sessions), PictureHasher(worker))
            # Not ready before the worker has its kernels: a picture never waits for a compiler.
            await run_in_threadpool(worker.start)
            await run_in_threadpool(checker.start)
            app.state.checker = checker
            yield
            await run_in_threadpool(checker.stop)

    return running


def _live_index(settings: HashcheckSettings, sessions: Sessions) -> LiveIndex:
    bases = SharedBases(Path(settings.index_dir)) if settings.index_dir else None
    return LiveIndex(sessions, bases=bases, longest_lag=settings.longest_lag.total_seconds())


def create_desk(settings: HashcheckSettings) -> StaffDesk:
    return desk_of(settings, "hashcheck", ROLES, sessions_of(settings))
