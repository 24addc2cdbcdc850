"""Reports over HTTP, as the gateway hands them in for the public."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi import FastAPI
from httpx2 import Response
from psycopg import sql
from starlette.testclient import TestClient

from infra.databases import ServiceDatabases
from tests.applications import token_of

ONE = "https://forum.example/1.png"
CANARY_IP, CANARY_BROWSER = "203.0.113.77", "CanaryBrowser/4711"


def send(gateway: TestClient, key: object = None, **more: Any) -> Response:
    headers = {"Idempotency-Key": str(key)} if key else {}
    return gateway.post("/api/reports", json={"addresses": [ONE]} | more, headers=headers)


def rows(databases: ServiceDatabases, table: str) -> int:
    with psycopg.connect(databases.app) as database:
        count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
        return int(database.execute(count).fetchone()[0])  # type: ignore[index]


def dump(url: str) -> str:
    """Everything in a database, as text."""
    with psycopg.connect(url) as database:
        tables = database.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace"
        ).fetchall()
        return "\n".join(
            str(row)
            for (table,) in tables
            for row in database.execute(
                sql.SQL("SELECT t::text FROM {} t").format(sql.Identifier(table))
            )
        )


def test_a_report_gives_a_receipt_whose_code_tells_its_progress(gateway: TestClient) -> None:
    answer = send(gateway, uuid4(), note="een woord")
    assert answer.status_code == 201
    receipt = answer.json()
    assert (receipt["occurrence_count"], receipt["address_count"]) == (1, 1)

    status = gateway.post("/api/reports/status", json={"code": receipt["code"]})
    assert status.status_code == 200
    assert set(status.json()) == {"progress", "received_on"}
    assert status.json()["progress"] == "received"


@pytest.mark.requirement("IN-2")
def test_a_code_that_is_none_is_not_found(gateway: TestClient) -> None:
    answer = gateway.post("/api/reports/status", json={"code": "0000-0000"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.requirement("SEC-R3")
def test_the_same_key_gives_the_same_receipt_and_one_report(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    key = uuid4()
    first, second = send(gateway, key), send(gateway, key)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (rows(databases, "report"), rows(databases, "outbox")) == (1, 1)


@pytest.mark.requirement("SEC-R3")
@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "idempotency_key_missing"), ("not-a-uuid", "idempotency_key_malformed")],
)
def test_without_a_proper_key_nothing_is_taken(
    gateway: TestClient, databases: ServiceDatabases, key: object, code: str
) -> None:
    answer = send(gateway, key)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert rows(databases, "report") == 0


@pytest.mark.requirement("SEC-R3")
def test_a_key_with_another_body_is_refused(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    key = uuid4()
    send(gateway, key)
    answer = send(gateway, key, note="iets anders")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert rows(databases, "report") == 1


@pytest.mark.requirement("SEC-R3")
def test_a_report_that_is_sent_four_times_at_once_is_one_report(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    key, together = uuid4(), Barrier(4)

    def one(_: int) -> Response:
        together.wait(10)
        return send(gateway, key)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(one, range(4)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {a.json()["code"] for a in answers if a.status_code == 409} <= {"request_in_flight"}
    assert len({answer.text for answer in answers if answer.status_code == 201}) == 1
    assert rows(databases, "report") == 1


@pytest.mark.requirement("SEC-R3")
def test_a_refused_report_may_be_sent_again_with_its_key(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    key = uuid4()
    refused = send(gateway, key, addresses=["ftp://forum.example/"])
    assert (refused.status_code, refused.json()["code"]) == (422, "scheme_not_supported")
    assert rows(databases, "idempotency_key") == 0
    assert send(gateway, key).status_code == 201


@pytest.mark.requirement("SEC-P1")
@pytest.mark.requirement("IN-1")
def test_nothing_of_who_sent_it_is_in_the_database(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    headers = {
        "X-Forwarded-For": CANARY_IP,
        "Forwarded": f"for={CANARY_IP}",
        "X-Real-IP": CANARY_IP,
        "User-Agent": CANARY_BROWSER,
        "Referer": "https://canary.example/",
        "Idempotency-Key": str(uuid4()),
    }
    answer = gateway.post("/api/reports", json={"addresses": [ONE]}, headers=headers)
    assert answer.status_code == 201
    stored = dump(databases.owner) + dump(databases.keys)
    assert "forum.example" in stored
    for canary in (CANARY_IP, CANARY_BROWSER, "canary.example", "testclient"):
        assert canary not in stored


@pytest.mark.requirement("SEC-P2")
def test_what_was_typed_about_a_person_is_nowhere_in_plain(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    send(gateway, uuid4(), note="canary-note", contact_email="canary@site.example", anonymous=False)
    stored = dump(databases.owner) + dump(databases.keys)
    for word in ("canary", "site.example"):
        assert word not in stored
        assert word.encode().hex() not in stored


@pytest.mark.requirement("SEC-P2")
def test_a_receipt_code_is_kept_as_a_hash_only(
    gateway: TestClient, databases: ServiceDatabases
) -> None:
    code = send(gateway, uuid4()).json()["code"]
    stored = dump(databases.owner)
    assert code not in stored
    assert code.replace("-", "") not in stored
    assert code.encode().hex() not in stored


@pytest.mark.requirement("SEC-S9")
@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer nonsense",
        f"Bearer {token_of('helpline', 'hotline')}",
        f"Bearer {token_of('gateway', 'helpline')}",
    ],
    ids=["none", "nonsense", "another service", "for another service"],
)
def test_only_the_gateway_hands_in_reports(
    app: FastAPI, gateway: TestClient, databases: ServiceDatabases, authorization: str
) -> None:
    gateway.headers["Authorization"] = authorization
    assert send(gateway, uuid4()).status_code in {401, 403}
    assert gateway.post("/api/reports/status", json={"code": "x"}).status_code in {401, 403}
    assert rows(databases, "report") == 0


@pytest.mark.requirement("UR-5")
def test_fifty_addresses_of_the_longest_kind_fit_into_one_report(gateway: TestClient) -> None:
    longest = [f"https://forum.example/{number:02}" + "a" * 8000 for number in range(50)]
    answer = send(gateway, uuid4(), addresses=longest)
    assert (answer.status_code, answer.json()["address_count"]) == (201, 50)
    assert send(gateway, uuid4(), addresses=[*longest, ONE]).status_code == 422
