from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from hotline.main import create_app
from hotline.settings import HotlineSettings

from tests.applications import settings_for
from tests.conftest import OwnDatabase
from tests.fakes import FrozenClock
from tests.hotline.pages.cases import Cases, FakeImagery


@pytest.fixture
def clock() -> FrozenClock:
    """Begins now, because sessions end by the real time."""
    return FrozenClock(datetime.now(UTC))


@pytest.fixture
def imagery() -> FakeImagery:
    return FakeImagery()


@pytest.fixture
def app(own_database: OwnDatabase, imagery: FakeImagery, clock: FrozenClock) -> FastAPI:
    settings = settings_for(
        HotlineSettings,
        own_database("hotline"),
        service="hotline",
        hashcheck_url="http://127.0.0.1:1",
        fetcher_url="http://127.0.0.1:1",
        smtp_url="smtp://127.0.0.1:1",
    )
    app = create_app(settings)
    app.state.imagery = imagery
    app.state.clock = clock
    return app


@pytest.fixture
def cases(app: FastAPI) -> Cases:
    return Cases(app)
