from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hashcheck.main import create_app
from hashcheck.settings import HashcheckSettings

from tests.applications import settings_for, visiting
from tests.conftest import DatabaseOf
from tests.databases import DatabaseCopies
from tests.fakes import FrozenClock
from tests.hashcheck.lists import Lists
from tests.hashcheck.service import Hoster, Service


@pytest.fixture
def lists(database_of: DatabaseOf, clock: FrozenClock) -> Lists:
    """The service's lists, as they are when it is set up; rolled back after the test."""
    return Lists(database_of("hashcheck"), clock)


@pytest.fixture(scope="session")
def service(database_copies: DatabaseCopies, worker_number: int) -> Iterator[Service]:
    """The web process, running. Its tests share a database: each has pictures of its own."""
    with database_copies.copy("hashcheck", f"w{worker_number}_running") as databases:
        app = create_app(settings_for(HashcheckSettings, databases, service="hashcheck"))
        lists = Lists(app.state.sessions, FrozenClock(datetime.now(UTC)))
        with visiting(app) as browser:
            yield Service(app, browser, lists)


@pytest.fixture
def hoster(service: Service) -> Hoster:
    """A hosting company that may send hashes and pictures."""
    return service.hoster(pictures=True)
