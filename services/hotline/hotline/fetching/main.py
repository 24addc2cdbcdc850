"""Composition root of the fetcher process: `python -m hotline fetcher`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from imaging import ImageWorker as IsolatedWorker
from redis.asyncio import Redis
from shared.platform.metrics import serve_metrics
from shared.platform.server import Listening, serve
from shared.platform.service_token import TokenVerifier
from shared.platform.web import WebParts, create_service

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
        app.state.egresses = settings.egresses
        app.state.fetcher = Fetcher(retriever, worker, imagery)
        app.state.prober = Prober(retriever, worker)
        app.state.gallery = Gallery(imagery, worker)
        yield
        await retriever.close()
        await redis.aclose()

    return create_service(
        WebParts(
            name=api.AUDIENCE,
            public_url=f"http://{settings.bind}",
            sessions=None,
            token_verifier=TokenVerifier(api.AUDIENCE, {"hotline": settings.hotline_key}),
            routers=[api.router],
            lifespan=running,
        )
    )


def main(settings: FetcherSettings) -> None:
    """Run until told to stop."""
    forbid_memory_dumps()
    serve_metrics(settings.metrics_bind)
    with IsolatedWorker() as worker:
        worker.start()
        serve(create_app(settings, worker), Listening(settings.bind))
