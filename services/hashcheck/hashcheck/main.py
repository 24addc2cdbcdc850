"""Composition root of the web process of the Hash Check Service."""

import gc
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from imaging import ImageWorker
from shared.platform.api_key import ClientDesk
from shared.platform.composition import desk_of, sessions_of, verifier_of
from shared.platform.database import Sessions
from shared.platform.mail import SmtpMailer
from shared.platform.problems import problem_response, wants_html
from shared.platform.rate_limit import AddressPacer, Limit
from shared.platform.shortcut import SHORTCUT
from shared.platform.staff import StaffDesk
from shared.platform.web import Lifespan, WebParts, create_service
from shared.ui.pages import Pages

from hashcheck import pages
from hashcheck.adapters.access_mail import AccessMail
from hashcheck.adapters.checker import Checker
from hashcheck.adapters.key_ring import KeyRing
from hashcheck.adapters.ledger import Ledger
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.picture_hasher import PictureHasher
from hashcheck.adapters.shared_bases import SharedBases
from hashcheck.adapters.tally import Tally
from hashcheck.adapters.watch import Watch
from hashcheck.api import check, check_one, entry, event, figures, hit_report
from hashcheck.api.check_fast import FastCheck
from hashcheck.api.check_short import ShortCheck
from hashcheck.deps import LINK_LIMIT, ContactNeeded
from hashcheck.domain.role import ROLES
from hashcheck.pages import connect
from hashcheck.pages.face import FACE
from hashcheck.settings import HashcheckSettings

# Mails asked for by one network; without the store everybody may, and the limits per mailbox hold.
LIMITS = {LINK_LIMIT: Limit(20, timedelta(hours=1))}
# Objects that are new since the last look for garbage.
GARBAGE = 20_000
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
    ledger = Ledger(sessions)
    keys = KeyRing(ClientDesk(sessions), ledger)

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
            lifespan=_with_checker(settings, keys, ledger),
            ready=ready,
        )
    )
    app.state.keys = keys
    app.state.access_mail = access_mail_of(settings)
    app.state.pacer = AddressPacer(settings.volatile_redis_url, LIMITS)
    app.add_exception_handler(ContactNeeded, _to_entrance)
    # Added last, so around all the others.
    app.add_middleware(
        FastCheck, keys=keys, checker=lambda: app.state.checker, https=_is_https(settings)
    )
    return app


def _is_https(settings: HashcheckSettings) -> bool:
    return urlsplit(settings.public_url).scheme == "https"


def _with_checker(settings: HashcheckSettings, keys: KeyRing, ledger: Ledger) -> Lifespan:
    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[Mapping[str, Any]]:
        sessions = app.state.sessions
        with ImageWorker() as worker:
            watch = Watch(sessions)
            tally = Tally(sessions, beside=(ledger.flush, watch.flush))
            index = _live_index(settings, sessions)
            checker = Checker(index, tally, PictureHasher(worker), watch)
            # Not ready before the worker has its kernels: a picture never waits for a compiler.
            await run_in_threadpool(worker.start)
            await run_in_threadpool(checker.start)
            app.state.checker = checker
            # What was made until now stays: looking through it for garbage would stop every check.
            gc.collect()
            gc.freeze()
            # An answer leaves hardly any garbage in circles; looking for it costs a part of one.
            gc.set_threshold(GARBAGE)
            yield {SHORTCUT: ShortCheck(keys, checker, https=_is_https(settings))}
            await run_in_threadpool(checker.stop)
            await app.state.pacer.close()

    return running


def _live_index(settings: HashcheckSettings, sessions: Sessions) -> LiveIndex:
    bases = SharedBases(Path(settings.index_dir)) if settings.index_dir else None
    return LiveIndex(sessions, bases=bases, longest_lag=settings.longest_lag.total_seconds())


def access_mail_of(settings: HashcheckSettings) -> AccessMail | None:
    if not settings.smtp_url:
        return None
    return AccessMail(
        SmtpMailer(settings.smtp_url),
        organisation=settings.organisation,
        sender=settings.mail_sender,
        origin=settings.public_url,
    )


async def _to_entrance(request: Request, error: Exception) -> Response:
    if wants_html(request):
        return RedirectResponse(connect.ENTRANCE, status_code=303)
    return problem_response(request, ContactNeeded.status, ContactNeeded.code)


def create_desk(settings: HashcheckSettings) -> StaffDesk:
    return desk_of(settings, "hashcheck", ROLES, sessions_of(settings))
