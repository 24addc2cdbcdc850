from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from hotline.main import create_app
from hotline.settings import HotlineSettings
from starlette.testclient import TestClient

from infra.databases import ServiceDatabases
from tests.applications import kept, settings_for, token_of, visiting
from tests.conftest import OwnDatabase


@pytest.fixture
def databases(own_database: OwnDatabase) -> ServiceDatabases:
    return own_database("hotline")


@pytest.fixture
def app(databases: ServiceDatabases) -> FastAPI:
    settings = settings_for(
        HotlineSettings,
        databases,
        service="hotline",
        hashcheck_url="http://127.0.0.1:1",
        fetcher_url="http://127.0.0.1:1",
        smtp_url="smtp://127.0.0.1:1",
    )
    return kept(create_app, settings)


@pytest.fixture
def gateway(app: FastAPI) -> Iterator[TestClient]:
    """The gateway, which speaks for the public."""
    with visiting(app) as client:
        client.auth = as_gateway
        yield client


def as_gateway(request: httpx2.Request) -> httpx2.Request:
    """With a token of its own, unless the test says who asks."""
    if "Authorization" not in request.headers:
        request.headers["Authorization"] = f"Bearer {token_of('gateway', 'hotline')}"
    return request
