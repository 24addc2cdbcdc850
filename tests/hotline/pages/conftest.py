from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from hotline.main import create_app
from hotline.pages.face import HOTLINE
from hotline.settings import HotlineSettings
from shared.platform.database import close_pool
from shared.ui.pages import Pages

from infra.databases import ServiceDatabases
from tests.applications import kept, settings_for
from tests.conftest import OwnDatabase
from tests.fakes import FrozenClock
from tests.hotline.pages.browser import Browser, staff_browser
from tests.hotline.pages.cases import Cases, FakeImagery


@pytest.fixture
def imagery() -> FakeImagery:
    return FakeImagery()


@pytest.fixture
def databases(own_database: OwnDatabase) -> ServiceDatabases:
    return own_database("hotline")


@pytest.fixture
def settings(databases: ServiceDatabases) -> HotlineSettings:
    return settings_for(
        HotlineSettings,
        databases,
        service="hotline",
        hashcheck_url="http://127.0.0.1:1",
        fetcher_url="http://127.0.0.1:1",
        smtp_url="smtp://127.0.0.1:1",
    )


@pytest.fixture
def app(settings: HotlineSettings, imagery: FakeImagery, clock: FrozenClock) -> Iterator[FastAPI]:
    app = kept(create_app, settings)
    app.state.imagery = imagery
    app.state.clock = clock
    app.state.pages = Pages(HOTLINE, clock=clock)
    yield app
    # A browser closes them when it leaves; what came after it opened them again.
    close_pool(app.state.sessions)
    app.state.vault.close()


@pytest.fixture
def cases(app: FastAPI) -> Cases:
    return Cases(app)


@pytest.fixture
def analyst(app: FastAPI) -> Iterator[Browser]:
    with staff_browser(app, "analyst") as browser:
        yield browser


@pytest.fixture
def senior(app: FastAPI) -> Iterator[Browser]:
    with staff_browser(app, "senior_analyst") as browser:
        yield browser


@pytest.fixture
def officer(app: FastAPI) -> Iterator[Browser]:
    """A notice officer: contacts and notices, never a picture."""
    with staff_browser(app, "ntd_officer") as browser:
        yield browser


@pytest.fixture
def intake(app: FastAPI) -> Iterator[Browser]:
    with staff_browser(app, "intake_officer") as browser:
        yield browser
