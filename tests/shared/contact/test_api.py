"""The questions of the gateway, on a running application with real notifications."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import date
from datetime import time as clock_time
from time import sleep
from uuid import uuid4

import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.settings import HelplineSettings
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.conversation import Channel
from shared.domain.opening_hours import Rule
from shared.platform.contact import conversation, queue
from shared.platform.contact.opening import plan_opening
from shared.platform.contact.tables import Conversation
from shared.platform.database import Sessions
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlalchemy import text
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, token_of
from tests.conftest import OwnDatabase

WORKER = Actor(ActorKind.STAFF, "worker", uuid4())


@pytest.fixture
def client(own_database: OwnDatabase) -> Iterator[TestClient]:
    settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
    app = kept(create_app, settings)
    with open_work(app.state.sessions, SYSTEM) as work:
        for weekday in range(7):
            rule = Rule(weekday, clock_time(0), clock_time(23, 59, 59), date(2026, 1, 1))
            plan_opening(work, Channel.CHAT, rule, "plan")
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def ask(client: TestClient, path: str, **body: object) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {token_of('gateway', 'helpline')}"}
    if path == "start":
        headers["Idempotency-Key"] = str(uuid4())
    answer = client.post(f"/api/chat/{path}", json=body, headers=headers)
    assert answer.is_success, answer.text
    return dict(answer.json())


def as_worker(client: TestClient) -> AbstractContextManager[UnitOfWork]:
    assert isinstance(client.app, FastAPI)
    state = client.app.state
    return open_work(state.sessions, WORKER, vault=state.vault)


def accept(client: TestClient) -> Conversation:
    with as_worker(client) as work:
        taken = queue.take_next(work)
        assert taken
        return taken


@pytest.mark.requirement("SEC-R3")
def test_whoever_sends_at_the_same_time_loses_nothing(client: TestClient) -> None:
    """Two hundred messages over eight connections, each sent twice."""
    secret = ask(client, "start")["secret"]
    taken = accept(client)
    ids = [str(uuid4()) for _ in range(40)]
    stop = threading.Event()

    def send(client_id: str) -> int:
        return int(
            str(ask(client, "messages", secret=secret, client_id=client_id, text="x")["seq"])
        )

    def answer() -> None:
        while not stop.is_set():
            with as_worker(client) as work:
                conversation.send_as_worker(work, taken.id, uuid4(), "ja")

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            first = list(pool.map(send, ids))
            assert list(pool.map(send, ids)) == first
    finally:
        stop.set()
        thread.join()
    news = ask(client, "news", secret=secret)
    messages = news["messages"]
    assert isinstance(messages, list)
    assert [message["seq"] for message in messages] == list(range(1, len(messages) + 1))
    assert {m["client_id"] for m in messages if m["author"] == "visitor"} == set(ids)


@pytest.mark.requirement("H-05")
def test_who_waits_is_taken_while_they_are_just_being_offered(client: TestClient) -> None:
    """A worker who asks for the next one at that moment must not hear that nobody waits."""
    ask(client, "start")
    with as_worker(client) as work:
        queue.be_present(work, available=True)
    assert isinstance(client.app, FastAPI)
    state = client.app.state
    with ThreadPoolExecutor(1) as pool:
        with open_work(state.sessions, SYSTEM) as work:
            queue.offer_due(work, state.contact.policy)
            work.session.flush()
            taken = pool.submit(accept, client)
            while not taken.done() and not somebody_waits_for_a_lock(state.sessions):
                sleep(0.01)
        assert taken.result().worker_id == WORKER.id


def somebody_waits_for_a_lock(sessions: Sessions) -> bool:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    with sessions() as session:
        return bool(session.execute(text(f"{waits} AND datname = current_database()")).scalar())


@pytest.mark.requirement("SEC-P5")
def test_only_the_gateway_may_ask(client: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token_of('hotline', 'helpline')}"}
    assert client.get("/api/chat/desk", headers=headers).status_code in {401, 403}
    assert client.get("/api/chat/desk").status_code == 401
