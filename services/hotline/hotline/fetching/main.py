"""Composition root of the fetcher process: `python -m hotline fetcher`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from imaging import ImageWorker as IsolatedWorker
from redis.asyncio import Redis
from shared.domain.errors import DomainError
from shared.platform.service_token import TokenVerifier

from hotline.fetching import api
from hotline.fetching.door import Door
from hotline.fetching.fetcher import Fetcher
from hotline.fetching.gallery import Gallery
from hotline.fetching.hardening import forbid_memory_dumps
from hotline.fetching.image_worker import ImageWorker
from hotline.fetching.probing import Prober
from hotline.fetching.resolver import DnsResolver
from hotline.fetching.retrieval import Retriever
from hotline.fetching.sealed_imagery import SealedImagery
from hotline.fetching.settings import FetcherSettings

STORE_SECONDS = 2.0


def create_app(settings: FetcherSettings, worker: ImageWorker) -> FastAPI:
    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        redis = Redis.from_url(
            settings.volatile_redis_url,
            socket_timeout=STORE_SECONDS,
            socket_connect_timeout=STORE_SECONDS,
        )
        door = Door(DnsResolver(settings.nameservers), settings.test_endpoints)
        retriever = Retriever(door, settings.egresses)
        imagery = SealedImagery(redis)
        await imagery.start()
        app.state.fetcher = Fetcher(retriever, worker, imagery)
        app.state.prober = Prober(retriever, worker)
        app.state.gallery = Gallery(imagery, worker)
        yield
        await retriever.close()
        await redis.aclose()

    app = FastAPI(openapi_url=None, lifespan=running)
    app.state.egresses = settings.egresses
    app.state.verifier = TokenVerifier(api.AUDIENCE, {"hotline": settings.hotline_key})
    app.include_router(api.router)
    app.add_api_route("/livez", _alive, methods=["GET"])
    app.add_api_route("/readyz", _alive, methods=["GET"])
    app.add_exception_handler(DomainError, _problem)
    return app


def main(settings: FetcherSettings) -> None:
    """Run until told to stop."""
    forbid_memory_dumps()
    host, _, port = settings.bind.rpartition(":")
    with IsolatedWorker() as worker:
        uvicorn.run(
            create_app(settings, worker),
            host=host.strip("[]"),
            port=int(port),
            access_log=False,
            server_header=False,
            log_level="warning",
        )


async def _alive() -> dict[str, str]:
    return {"status": "ok"}


async def _problem(_: Request, error: Exception) -> JSONResponse:
    """The refusal by its code alone."""
    if not isinstance(error, DomainError):
        raise error
    body = {
        "type": "about:blank",
        "title": error.code,
        "status": error.status,
        "code": error.code,
        "fields": error.fields,
    }
    return JSONResponse(body, error.status, media_type="application/problem+json")
