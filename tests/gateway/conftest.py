from collections.abc import Iterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from gateway.deps import Pace
from gateway.main import create_website
from gateway.settings import GatewaySettings
from shared.domain.errors import TooMany

from infra.databases import ServiceDatabases
from infra.story.visitor import Visitor
from tests.applications import settings_for
from tests.gateway.fake_services import Services
from tests.visitors import visitor_of

NOWHERE = "postgresql://127.0.0.1:1/nowhere"
WEBSITE = "http://localhost:8000"


class HandPacer:
    """Slows down the limits in `slowed`, for twelve minutes; keeps no address."""

    def __init__(self) -> None:
        self.slowed: set[str] = set()

    def pace_of(self, address: str) -> Pace:
        async def pace(name: str) -> None:
            if name in self.slowed:
                raise TooMany(retry_after=timedelta(minutes=11, seconds=30))

        return pace


def gateway_settings(databases: ServiceDatabases, **more: object) -> GatewaySettings:
    return settings_for(
        GatewaySettings,
        databases,
        service="gateway",
        **{
            "public_url": WEBSITE,
            "hotline_url": "http://hotline",
            "helpline_url": "http://helpline",
            "prevention_url": "http://prevention",
            "hashcheck_url": "http://hashcheck",
        }
        | more,
    )


@pytest.fixture
def services() -> Services:
    return Services()


@pytest.fixture
def pacer() -> HandPacer:
    return HandPacer()


@pytest.fixture
def website(services: Services, pacer: HandPacer) -> FastAPI:
    """The public side in front of hand-written services. It needs no database."""
    settings = gateway_settings(ServiceDatabases(NOWHERE, NOWHERE, NOWHERE, ""))
    return create_website(settings, services.peers(), pacer)


@pytest.fixture
def visitor(website: FastAPI) -> Iterator[Visitor]:
    with visitor_of(website, WEBSITE) as browser:
        yield browser


@pytest.fixture
def english(website: FastAPI) -> Iterator[Visitor]:
    """Somebody whose browser asks for English."""
    with visitor_of(website, WEBSITE, "en") as browser:
        yield browser
