from collections.abc import Callable, Iterator

import pytest
from fastapi import FastAPI
from gateway.main import HostSwitch, create_management, create_website
from shared.platform.database import close_pool
from shared.platform.staff import StaffDesk

from infra.story.visitor import Visitor
from tests.applications import session_token
from tests.databases import DatabaseCopies
from tests.fakes import FrozenClock
from tests.gateway.conftest import HandPacer, gateway_settings
from tests.gateway.fake_services import Services
from tests.visitors import visitor_of

MANAGEMENT = "http://management.localhost:8000"
ROLES = {"mila": "management", "ada": "administrator"}

SignedIn = Callable[..., Visitor]


@pytest.fixture(scope="module")
def gateway(database_copies: DatabaseCopies, worker_number: int) -> Iterator[HostSwitch]:
    """Both applications under their names; each test puts its own services behind them."""
    with database_copies.copy("gateway", f"w{worker_number}_insight") as databases:
        settings = gateway_settings(databases, management_url=MANAGEMENT)
        management = create_management(settings, Services().peers(), HandPacer())
        website = create_website(settings, Services().peers(), HandPacer())
        yield HostSwitch(website, {"management.localhost:8000": management})
        close_pool(management.state.sessions)


@pytest.fixture(scope="module")
def tokens(gateway: HostSwitch) -> dict[str, str]:
    desk: StaffDesk = management_in(gateway).state.doorkeeper
    return {name: session_token(desk, role, name) for name, role in ROLES.items()}


@pytest.fixture
def served(gateway: HostSwitch, services: Services, clock: FrozenClock) -> HostSwitch:
    management = management_in(gateway)
    management.state.peers = gateway.usual.state.peers = services.peers()
    management.state.clock = clock
    return gateway


@pytest.fixture
def signed_in_as(served: HostSwitch, tokens: dict[str, str]) -> SignedIn:
    """The browser of somebody who is signed in at the management pages; "" is nobody."""
    cookie = management_in(served).state.doorkeeper.cookie

    def browser_of(name: str, language: str = "nl") -> Visitor:
        cookies = {cookie: tokens[name]} if name else {}
        return visitor_of(served, MANAGEMENT, language, cookies)

    return browser_of


def management_in(switch: HostSwitch) -> FastAPI:
    return switch.by_host["management.localhost:8000"]
