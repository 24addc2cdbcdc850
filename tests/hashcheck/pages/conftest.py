from collections.abc import Callable

import pytest
from shared.platform.staff import StaffDesk

from infra.story.visitor import Visitor
from tests.applications import session_token
from tests.hashcheck.service import Service
from tests.visitors import visitor_of

Desk = Callable[..., Visitor]
ROLES = {
    "sanne": "list_steward",
    "tim": "list_steward",
    "mila": "client_manager",
    "omar": "auditor",
    "ada": "administrator",
}


@pytest.fixture(scope="session")
def tokens(service: Service) -> dict[str, str]:
    """Of everybody's session."""
    desk: StaffDesk = service.app.state.doorkeeper
    return {name: session_token(desk, role, name) for name, role in ROLES.items()}


@pytest.fixture
def desk(service: Service, tokens: dict[str, str]) -> Desk:
    """The browser of somebody who is signed in: two stewards, a manager, an auditor."""
    cookie = service.app.state.doorkeeper.cookie

    def browser_of(name: str, language: str = "en") -> Visitor:
        return visitor_of(service.app, service.public_url, language, {cookie: tokens[name]})

    return browser_of
