from collections.abc import Iterator

import pytest
from shared.platform.database import session_factory

from tests.conftest import DatabaseOf, OwnDatabase
from tests.databases import engine_on
from tests.fakes import FrozenClock
from tests.hotline.inside import Hotline


@pytest.fixture
def hotline(database_of: DatabaseOf, keys_of: DatabaseOf, clock: FrozenClock) -> Hotline:
    """Everything that is committed is rolled back after the test."""
    return Hotline(database_of("hotline"), keys_of("hotline"), clock)


@pytest.fixture
def own_hotline(own_database: OwnDatabase, clock: FrozenClock) -> Iterator[Hotline]:
    """A database of its own, for what needs several transactions at once."""
    databases = own_database("hotline")
    with engine_on(databases.app) as engine, engine_on(databases.keys) as keys:
        yield Hotline(session_factory(engine), session_factory(keys), clock)
