"""Real PostgreSQL and Valkey for every test run.

The servers start once per run on free ports with nothing kept, when the first test asks for them
(with several test processes: before these start). Each test process has its own databases, copied
from templates that the services' real migrations built.

For a test of any service:

- `database_of("hotline")` gives sessions of the application's role on the migrated database. What
  is committed through them is rolled back after the test. The same name gives the same sessions.
- `keys_of("hotline")` does so for the keys database of a line: `CaseVault(keys_of("hotline"), …)`.
- `own_database("hotline")` gives the URLs of a copy that nobody else uses meanwhile, for what
  needs several connections: the relay, the sealer, a whole application, another process. Its rows
  are put back afterwards. Who changes the schema takes `database_to_change`.
- `clock` stands still at `MONDAY_MORNING`; `clock.advance(timedelta(...))` moves it.
- `volatile_redis` is an empty volatile server, `volatile_url` its address; `broker_url` is the
  broker's address.
- `postgres` is the superuser's URL.

`tests.fakes` has the fakes that several parts share.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from uuid import uuid4

import pytest
import redis
from argon2 import PasswordHasher
from hypothesis import settings
from shared.platform import passwords
from shared.platform.database import Sessions, session_factory
from sqlalchemy import Engine

from infra.backing_services import BackingServices, temporary_services
from infra.databases import ServiceDatabases
from tests.databases import (
    EXAMPLE,
    DatabaseCopies,
    TestServers,
    drop_databases_of,
    engine_on,
    published_servers,
    rolled_back,
)
from tests.fakes import FrozenClock
from tests.whole_platform import WholePlatform, turn_of, whole_platform

DatabaseOf = Callable[[str], Sessions]
EngineOn = Callable[[str], Engine]
OwnDatabase = Callable[[str], ServiceDatabases]

# An example is never too slow: how long one takes says nothing on a machine that is busy.
settings.register_profile("here", deadline=None, max_examples=50)
settings.load_profile("here")

# What a password costs is no matter of these tests; the platform's own processes pay the price.
passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

SERVERS = pytest.StashKey[BackingServices]()
UNTIL_THE_LAST_TURN = pytest.StashKey[ExitStack]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[UNTIL_THE_LAST_TURN] = ExitStack()
    distributes = getattr(config.option, "numprocesses", None) and not config.option.collectonly
    if distributes and not hasattr(config, "workerinput"):
        config.stash[SERVERS] = _start()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let those who share a platform have their turns.

    It keeps the tests of browsers together: while a browser's event loop stands, `asyncio.run`
    refuses in the whole process.
    """
    items.sort(key=turn_of)


def pytest_unconfigure(config: pytest.Config) -> None:
    services = config.stash.get(SERVERS, None)
    if services:
        _stop(services)


def _start() -> BackingServices:
    services = temporary_services()
    TestServers(
        services.postgres_url, services.broker_url, services.volatile_url, uuid4().hex[:8]
    ).publish()
    return services


def _stop(services: BackingServices) -> None:
    servers = published_servers()
    if servers:
        drop_databases_of(servers)
    services.stop()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> TestServers:
    known = published_servers()
    if known is None:
        request.config.stash[SERVERS] = _start()
        known = published_servers()
    assert known
    return known


@pytest.fixture(scope="session")
def postgres(servers: TestServers) -> str:
    return servers.postgres_url


@pytest.fixture(scope="session")
def broker_url(servers: TestServers) -> str:
    return servers.broker_url


@pytest.fixture(scope="session")
def worker_number(request: pytest.FixtureRequest) -> int:
    """0 in a run of one process, otherwise from 1."""
    name = getattr(request.config, "workerinput", {}).get("workerid", "")
    return int(name.removeprefix("gw")) + 1 if name else 0


@pytest.fixture(scope="session")
def volatile_url(servers: TestServers, worker_number: int) -> str:
    """A database of the server for each test process; the server has 16."""
    return f"{servers.volatile_url.rsplit('/', 1)[0]}/{worker_number % 16}"


@pytest.fixture
def volatile_redis(volatile_url: str) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(volatile_url) as client:
        client.flushdb()
        yield client


@pytest.fixture(scope="session")
def database_copies(servers: TestServers) -> DatabaseCopies:
    return DatabaseCopies(servers)


@pytest.fixture(scope="session")
def session_databases(database_copies: DatabaseCopies, worker_number: int) -> Iterator[OwnDatabase]:
    """One copy per service for all rolled-back tests of this process."""
    known: dict[str, ServiceDatabases] = {}
    with ExitStack() as stack:

        def databases_of(service: str) -> ServiceDatabases:
            if service not in known:
                copy = database_copies.copy(service, f"w{worker_number}")
                known[service] = stack.enter_context(copy)
            return known[service]

        yield databases_of


@pytest.fixture(scope="session")
def session_engines(session_databases: OwnDatabase) -> Iterator[EngineOn]:
    """One engine per database for all rolled-back tests: each compiles every statement anew.

    They are closed before their databases are dropped.
    """
    known: dict[str, Engine] = {}
    with ExitStack() as stack:

        def engine_at(url: str) -> Engine:
            if url not in known:
                known[url] = stack.enter_context(engine_on(url))
            return known[url]

        yield engine_at


def _rolled_back_by_name(engine_at: EngineOn, url_of: Callable[[str], str]) -> Iterator[DatabaseOf]:
    known: dict[str, Sessions] = {}
    with ExitStack() as stack:

        def sessions_of(service: str) -> Sessions:
            if service not in known:
                engine = engine_at(url_of(service))
                known[service] = stack.enter_context(rolled_back(engine))
            return known[service]

        yield sessions_of


@pytest.fixture
def database_of(session_engines: EngineOn, session_databases: OwnDatabase) -> Iterator[DatabaseOf]:
    yield from _rolled_back_by_name(session_engines, lambda service: session_databases(service).app)


@pytest.fixture
def keys_of(session_engines: EngineOn, session_databases: OwnDatabase) -> Iterator[DatabaseOf]:
    yield from _rolled_back_by_name(
        session_engines, lambda service: session_databases(service).keys
    )


@pytest.fixture
def own_database(database_copies: DatabaseCopies, worker_number: int) -> Iterator[OwnDatabase]:
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(
            database_copies.lend(service, f"w{worker_number}_{next(_copy_numbers)}")
        )


@pytest.fixture
def database_to_change(
    database_copies: DatabaseCopies, worker_number: int
) -> Iterator[OwnDatabase]:
    """Like `own_database`, for one test only."""
    with ExitStack() as stack:
        yield lambda service: stack.enter_context(
            database_copies.copy(service, f"w{worker_number}_{next(_copy_numbers)}")
        )


_copy_numbers = count(1)


@pytest.fixture(scope="session")
def shared_platform(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config
) -> WholePlatform:
    """For the group "platform", which one process runs; `tests.whole_platform` says when."""
    lasting = whole_platform(tmp_path_factory.mktemp("logs"))
    return pytestconfig.stash[UNTIL_THE_LAST_TURN].enter_context(lasting)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A platform that nobody uses any more costs as much as a test that does."""
    yield
    if nextitem is None or (turn_of(item) and not turn_of(nextitem)):
        item.config.stash[UNTIL_THE_LAST_TURN].close()


@pytest.fixture
def platform_sessions(database_of: DatabaseOf) -> Sessions:
    """A database with the platform's own tables and one example table."""
    return database_of(EXAMPLE)


@pytest.fixture
def keys_sessions(keys_of: DatabaseOf) -> Sessions:
    """The keys database of a line."""
    return keys_of("hotline")


@pytest.fixture
def committed_sessions(own_database: OwnDatabase) -> Iterator[Sessions]:
    """Like `platform_sessions`, but what is committed is really committed, constraint and all."""
    with engine_on(own_database(EXAMPLE).app) as engine:
        yield session_factory(engine)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()
