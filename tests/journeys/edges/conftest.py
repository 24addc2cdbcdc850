from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from redis import Redis
from starlette.types import ASGIApp

from infra.databases import ServiceDatabases
from tests.databases import DatabaseCopies
from tests.journeys.edges.asking import Knocks, Visit
from tests.journeys.edges.faces import Face, build_faces
from tests.journeys.edges.listening import Heard, listening
from tests.journeys.edges.wire import Address, Wire, serving


@pytest.fixture(scope="session")
def faces(
    database_copies: DatabaseCopies, volatile_url: str, worker_number: int
) -> Iterator[dict[str, Face]]:
    """Every application, on databases that all tests of this folder share."""
    with ExitStack() as stack:

        def databases_of(service: str) -> ServiceDatabases:
            return stack.enter_context(database_copies.copy(service, f"edges{worker_number}"))

        yield build_faces(databases_of, volatile_url)


@pytest.fixture(scope="session")
def addresses(faces: dict[str, Face]) -> Iterator[dict[str, Address]]:
    """Where each face is served; the two of the gateway by one server."""
    with ExitStack() as stack:
        by_app: dict[ASGIApp, Address] = {}
        for face in faces.values():
            if face.app not in by_app:
                by_app[face.app] = stack.enter_context(serving(face.app))
        yield {name: by_app[face.app] for name, face in faces.items()}


@pytest.fixture
def wire_to(addresses: dict[str, Address]) -> Iterator[Callable[[str], Wire]]:
    """A connection to a face."""
    with ExitStack() as stack:
        yield lambda name: stack.enter_context(Wire(addresses[name]))


@pytest.fixture
def heard() -> Iterator[Heard]:
    """What is logged during the test."""
    with listening() as heard:
        yield heard


@pytest.fixture(scope="session")
def knocks() -> Knocks:
    return {}


@pytest.fixture
def visit(faces: dict[str, Face], wire_to: Callable[[str], Wire], knocks: Knocks) -> Visit:
    return Visit(faces, wire_to, knocks)


@pytest.fixture(autouse=True)
def nobody_was_counted(volatile_redis: Redis) -> None:
    """All these requests come from one address; the limits of one test are not those of another."""
