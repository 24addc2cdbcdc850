"""Following a conversation: the stream of the gateway and the hanging question of the desk."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from datetime import time as clock_time
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.settings import HelplineSettings
from shared.contracts.chat import ChatSend, ChatStart
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.conversation import Channel, ClosedBy
from shared.domain.opening_hours import Rule
from shared.platform.contact import conversation, queue
from shared.platform.contact.opening import plan_opening
from shared.platform.contact.tables import Conversation
from shared.platform.unit_of_work import UnitOfWork, open_work

from tests.applications import settings_for, token_of
from tests.conftest import OwnDatabase
from tests.journeys.edges.wire import serving
from tests.shared.contact.statements import statements_of

WORKER = Actor(ActorKind.STAFF, "worker", uuid4())


@dataclass(frozen=True)
class Line:
    app: FastAPI
    url: str

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        state = self.app.state
        with open_work(state.sessions, WORKER, vault=state.vault) as work:
            yield work

    def start(self) -> str:
        parts = self.app.state.contact
        with self.work() as work:
            return conversation.start(work, ChatStart(), parts.policy, parts.codes).secret

    def accept(self) -> UUID:
        with self.work() as work:
            taken = queue.take_next(work)
            assert taken
            return taken.id

    def write(self, conversation_id: UUID, text: str) -> None:
        with self.work() as work:
            conversation.send_as_worker(work, conversation_id, uuid4(), text)

    def say(self, secret: str, text: str) -> None:
        with self.work() as work:
            sent = ChatSend(secret=secret, client_id=uuid4(), text=text)
            conversation.send_as_visitor(work, sent)

    def shorter(self, **seconds: float) -> None:
        self.app.state.contact = replace(self.app.state.contact, **seconds)

    @contextmanager
    def follow(self, secret: str, **seen: Any) -> Iterator[Iterator[str]]:
        """The lines as they come."""
        headers = {"Authorization": f"Bearer {token_of('gateway', 'helpline')}"}
        address = f"{self.url}/api/chat/follow"
        body = {"secret": secret} | seen
        with (
            httpx2.Client(trust_env=False, timeout=10) as client,
            client.stream("POST", address, json=body, headers=headers) as answer,
        ):
            assert answer.status_code == 200, answer.read()
            yield answer.iter_lines()


@pytest.fixture
def line(own_database: OwnDatabase) -> Iterator[Line]:
    app = create_app(settings_for(HelplineSettings, own_database("helpline"), service="helpline"))
    with open_work(app.state.sessions, SYSTEM) as work:
        for weekday in range(7):
            rule = Rule(weekday, clock_time(0), clock_time(23, 59, 59), date(2026, 1, 1))
            plan_opening(work, Channel.CHAT, rule, "plan")
    with serving(app) as (host, port):
        yield Line(app, f"http://{host}:{port}")


@pytest.mark.requirement("H-05")
def test_a_follower_is_told_what_is_new_when_it_is(line: Line) -> None:
    secret = line.start()
    with line.follow(secret) as lines:
        assert json.loads(next(lines))["position"] == 1
        conversation_id = line.accept()
        assert json.loads(next(lines))["state"] == "active"
        line.write(conversation_id, "Dag")
        assert [m["text"] for m in json.loads(next(lines))["messages"]] == ["Dag"]
        line.say(secret, "Hoi")
        told = json.loads(next(lines))
        assert [(m["seq"], m["text"]) for m in told["messages"]] == [(2, "Hoi")]
        with line.work() as work:
            conversation.close_as_worker(work, conversation_id)
        assert json.loads(next(lines))["state"] == "closed"
        assert list(lines) == []


@pytest.mark.requirement("PF-CHAT-LOSS-1")
def test_who_follows_again_gets_what_was_said_meanwhile_and_nothing_twice(line: Line) -> None:
    secret = line.start()
    conversation_id = line.accept()
    line.write(conversation_id, "een")
    with line.follow(secret) as lines:
        seen = json.loads(next(lines))
    for text in ("twee", "drie"):
        line.write(conversation_id, text)
    with line.follow(secret, after_seq=seen["last_seq"], known=seen["known"]) as lines:
        told = json.loads(next(lines))
    assert [(m["seq"], m["text"]) for m in told["messages"]] == [(2, "twee"), (3, "drie")]


@pytest.mark.requirement("PF-CHAT-WAIT-1")
def test_nothing_is_asked_of_the_database_while_nothing_happens(line: Line) -> None:
    secret = line.start()
    conversation_id = line.accept()
    with line.follow(secret) as lines:
        next(lines)
        time.sleep(0.2)
        with statements_of(line.app) as asked:
            time.sleep(0.5)
            assert asked == []
            line.write(conversation_id, "Dag")
            next(lines)
        assert asked


def test_a_silent_stream_gives_signs_of_life(line: Line) -> None:
    line.shorter(silence_seconds=0.2)
    secret = line.start()
    with line.follow(secret) as lines:
        assert next(lines)
        assert [next(lines) for _ in range(3)] == [""] * 3


@pytest.mark.requirement("SEC-S3")
def test_a_stream_ends_so_that_a_fresh_token_is_shown(line: Line) -> None:
    line.shorter(silence_seconds=0.1, healing_seconds=0.2, stream_seconds=0.3)
    with line.follow(line.start()) as lines:
        told = list(lines)
    assert told[0]
    assert set(told[1:]) == {""}


@pytest.mark.requirement("SEC-P6")
def test_who_has_no_secret_follows_nothing(line: Line) -> None:
    headers = {"Authorization": f"Bearer {token_of('gateway', 'helpline')}"}
    answer = httpx2.post(
        f"{line.url}/api/chat/follow", json={"secret": "x" * 43}, headers=headers, trust_env=False
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "chat_unknown")


def test_a_word_that_was_lost_costs_a_wait_and_no_message(line: Line) -> None:
    """It changes in the tables and nobody says so."""
    line.shorter(healing_seconds=0.5)
    secret = line.start()
    conversation_id = line.accept()
    line.write(conversation_id, "een")
    with line.follow(secret) as lines:
        assert json.loads(next(lines))["last_seq"] == 1
        time.sleep(0.2)
        with line.work() as work:
            found = work.session.get_one(Conversation, conversation_id)
            found.closed_by = ClosedBy.SYSTEM
        assert json.loads(next(told for told in lines if told))["closed_by"] == "system"


@pytest.mark.requirement("PF-CHAT-WAIT-1")
def test_in_a_rush_everybody_waits_their_turn_and_nobody_is_refused(line: Line) -> None:
    secrets = [line.start() for _ in range(10)]

    def send(number: int) -> int:
        headers = {"Authorization": f"Bearer {token_of('gateway', 'helpline')}"}
        sent = {"secret": secrets[number % 10], "client_id": str(uuid4()), "text": "Dag"}
        address = f"{line.url}/api/chat/messages"
        with httpx2.Client(trust_env=False, timeout=60) as client:
            return client.post(address, json=sent, headers=headers).status_code

    with ThreadPoolExecutor(60) as pool:
        assert set(pool.map(send, range(60))) == {201}
