"""How often a visitor may act, counted by the real store without keeping who it was."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import redis
from gateway.main import LIMITS, create_website
from gateway.schema.report import REPORT_LIMIT, STATUS_LIMIT
from shared.platform.rate_limit import AddressPacer
from starlette.testclient import TestClient

from infra.databases import ServiceDatabases
from tests.gateway.conftest import NOWHERE, WEBSITE, gateway_settings
from tests.gateway.fake_services import Services
from tests.gateway.website.test_report import TYPED

NO_STORE = "redis://127.0.0.1:1/0"


@contextmanager
def visiting_from(address: str, store: str) -> Iterator[TestClient]:
    settings = gateway_settings(ServiceDatabases(NOWHERE, NOWHERE, NOWHERE, ""))
    pacer = AddressPacer(store, LIMITS)
    app = create_website(settings, Services().peers(), pacer, [pacer.close])
    with TestClient(app, base_url=WEBSITE, client=(address, 50_000)) as client:
        client.headers["Accept"] = "text/html"
        yield client


def reported(client: TestClient) -> int:
    return client.post("/report", data=TYPED).status_code


@pytest.mark.requirement("PF-RATE-1")
def test_a_network_is_slowed_after_thirty_reports_and_another_one_is_not(
    volatile_redis: redis.Redis, volatile_url: str
) -> None:
    with visiting_from("198.51.100.7", volatile_url) as client:
        most = LIMITS[REPORT_LIMIT].acts
        assert [reported(client) for _ in range(most + 2)] == [200] * most + [429] * 2
        waiting = client.post("/report", data=TYPED)
        assert 0 < int(waiting.headers["retry-after"]) <= 120
        assert "over 2 minuten" in waiting.text
    with visiting_from("198.51.100.250", volatile_url) as neighbour:
        assert reported(neighbour) == 429
    with visiting_from("203.0.113.9", volatile_url) as stranger:
        assert reported(stranger) == 200
    kept = str(volatile_redis.keys())
    assert "rate:report:" in kept
    for address in ("198.51.100", "203.0.113"):
        assert address not in kept


@pytest.mark.requirement("PF-RATE-1")
@pytest.mark.usefixtures("volatile_redis")
def test_guessing_codes_is_slowed(volatile_url: str) -> None:
    with visiting_from("198.51.100.7", volatile_url) as client:
        most = LIMITS[STATUS_LIMIT].acts
        statuses = [
            client.post("/status", data={"code": f"K7PQ-{number}"}).status_code
            for number in range(most + 1)
        ]
        assert statuses == [200] * most + [429]
        assert reported(client) == 200


@pytest.mark.requirement("SEC-R5")
def test_without_the_store_every_report_goes_through() -> None:
    with visiting_from("198.51.100.7", NO_STORE) as client:
        assert [reported(client) for _ in range(3)] == [200] * 3
