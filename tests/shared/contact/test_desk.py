"""The desk of a line through its pages, as a worker uses it without script."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time
from time import monotonic, sleep
from uuid import uuid4

import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.settings import HelplineSettings
from httpx2 import Response
from selectolax.lexbor import LexborHTMLParser
from shared.contracts.chat import ChatLeave, ChatSend, ChatStart
from shared.domain.actor import SYSTEM
from shared.domain.conversation import Channel
from shared.domain.opening_hours import Rule
from shared.platform.contact import conversation
from shared.platform.contact.opening import plan_opening
from shared.platform.contact.tables import OpeningRuleRow
from shared.platform.tables import AuditEvent
from shared.platform.unit_of_work import open_work
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, signed_in
from tests.conftest import OwnDatabase
from tests.shared.contact.statements import statements_of

HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
WORDS = "Kijk op <b>example.org</b>"


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
    app = kept(create_app, settings)
    with open_work(app.state.sessions, SYSTEM) as work:
        for weekday in range(7):
            rule = Rule(weekday, time(0), time(23, 59, 59), date(2026, 1, 1))
            plan_opening(work, Channel.CHAT, rule, "plan_opening")
    return app


@pytest.fixture
def desk(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "worker") as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def secret(app: FastAPI, desk: TestClient) -> str:
    """A visitor who waits and has written something; starting needs the running application."""
    contact = app.state.contact
    with open_work(app.state.sessions, SYSTEM, vault=app.state.vault) as work:
        begun = conversation.start(work, ChatStart(topic="images"), contact.policy, contact.codes)
    with open_work(app.state.sessions, SYSTEM, vault=app.state.vault) as work:
        message = ChatSend(secret=begun.secret, client_id=uuid4(), text=WORDS)
        conversation.send_as_visitor(work, message)
    return begun.secret


def taken(desk: TestClient) -> str:
    answer = desk.post("/chats/next")
    assert answer.status_code == 303
    return answer.headers["location"]


def texts(page: str) -> list[str]:
    return [node.text(strip=True) for node in LexborHTMLParser(page).css(".message .typed")]


@pytest.mark.requirement("H-05")
def test_a_worker_takes_answers_and_ends_a_conversation(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    assert desk.post("/chats/presence", data={"available": "true"}).status_code == 303
    place = taken(desk)
    page = desk.get(place).text
    assert texts(page) == [WORDS]
    assert WORDS not in page
    client_id = str(uuid4())
    for _ in range(2):
        answer = desk.post(f"{place}/messages", data={"text": "Dag!", "client_id": client_id})
        assert answer.status_code == 303
    assert texts(desk.get(place).text) == [WORDS, "Dag!"]
    ended = desk.post(f"{place}/close")
    assert ended.headers["location"].startswith(f"{place}/registration?")
    assert 'name="text"' not in desk.get(place).text


@pytest.mark.requirement("SEC-S5")
def test_reading_is_written_down_before_the_text_is_shown(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    place = taken(desk)
    desk.get(place)
    with app.state.sessions() as session:
        read = select(AuditEvent).where(AuditEvent.action == "conversation.read")
        event = session.exec(read).one()
    assert str(event.object_id) == place.rpartition("/")[2]


@pytest.mark.requirement("SEC-P5")
def test_a_colleague_cannot_open_write_or_end_it(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    place = taken(desk)
    with signed_in(app, "worker", "another") as other:
        other.headers.update(HTML)
        assert other.get(place).status_code == 404
        assert other.get(f"{place}/news").status_code == 404
        data = {"text": "x", "client_id": str(uuid4())}
        assert other.post(f"{place}/messages", data=data).status_code == 404
        assert other.post(f"{place}/close").status_code == 409


def test_an_empty_or_late_message_says_why_and_keeps_what_was_typed(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    place = taken(desk)
    blank = desk.post(f"{place}/messages", data={"text": " ", "client_id": str(uuid4())})
    assert (blank.status_code, "error-summary" in blank.text) == (422, True)
    with open_work(app.state.sessions, SYSTEM, vault=app.state.vault) as work:
        conversation.leave(work, ChatLeave(secret=secret, by_exit=True))
    late = desk.post(f"{place}/messages", data={"text": "ben je er", "client_id": str(uuid4())})
    assert late.status_code == 409


@pytest.mark.requirement("N-01")
def test_a_hand_over_is_proposed_and_its_answer_is_waited_for(
    desk: TestClient, secret: str
) -> None:
    place = taken(desk)
    refused = desk.post(f"{place}/handover", data={"line": "prevention", "scope": "summary"})
    assert refused.status_code == 422
    proposed = desk.post(f"{place}/handover", data={"line": "prevention", "scope": "none"})
    assert proposed.status_code == 303
    page = LexborHTMLParser(desk.get(place).text)
    assert page.css_first("form[action$='/handover']") is None


def test_the_list_and_the_messages_come_as_pieces(desk: TestClient, secret: str) -> None:
    listed = desk.get("/chats/list/news")
    assert len(LexborHTMLParser(listed.text).css("ol .row")) == 1
    assert "<html" not in listed.text
    place = taken(desk)
    news = desk.get(f"{place}/news", params={"after": 0}).json()
    assert [message["text"] for message in news["messages"]] == [WORDS]
    assert desk.get(f"{place}/news", params={"after": 1}).json()["messages"] == []


@pytest.mark.requirement("H-04")
def test_a_coordinator_plans_hours_and_exceptions(app: FastAPI) -> None:
    with signed_in(app, "coordinator") as client:
        client.headers.update(HTML)
        rule = {"weekday": "2", "opens": "09:00", "closes": "17:00", "valid_from": "2026-03-01"}
        assert client.post("/opening/rules", data=rule).status_code == 303
        wrong = client.post("/opening/rules", data=rule | {"closes": "08:00"})
        assert (wrong.status_code, "error-summary" in wrong.text) == (422, True)
        day = {"day": "2099-12-25", "reason": "holiday", "opens": "", "closes": ""}
        assert client.post("/opening/exceptions", data=day).status_code == 303
        page = client.get("/opening").text
        assert re.search("2099", page)
        with app.state.sessions() as session:
            rows = session.exec(select(OpeningRuleRow)).all()
        ended = next(row for row in rows if row.opens == time(9))
        assert client.post(f"/opening/rules/{ended.id}/end").status_code == 303
        assert str(ended.id) not in client.get("/opening").text


@pytest.mark.requirement("H-03")
def test_the_ledger_of_who_was_not_helped_is_for_who_may_read_it(app: FastAPI) -> None:
    with signed_in(app, "coordinator") as client:
        assert client.get("/missed", headers=HTML).status_code == 200
    with signed_in(app, "worker") as client:
        assert client.get("/missed", headers=HTML).status_code == 403


@pytest.mark.requirement("PF-CHAT-WAIT-1")
def test_a_page_that_knows_the_latest_waits_without_a_question_to_the_database(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    place = taken(desk)

    def asked(after: int, known: str) -> Response:
        return desk.get(f"{place}/news", params={"after": after, "known": known})

    first = asked(0, "")
    known = first.headers["X-Known"]
    with ThreadPoolExecutor() as pool, statements_of(app) as statements:
        waiting = pool.submit(asked, 1, known)
        sleep(0.3)
        before = len(statements)
        sleep(0.3)
        assert not waiting.done()
        assert len(statements) == before
        assert not any("message" in statement for statement in statements)
        with open_work(app.state.sessions, SYSTEM, vault=app.state.vault) as work:
            message = ChatSend(secret=secret, client_id=uuid4(), text="Ben je er?")
            conversation.send_as_visitor(work, message)
        told = waiting.result(5)
    assert [message["text"] for message in told.json()["messages"]] == ["Ben je er?"]
    assert told.headers["X-Known"] != known


@pytest.mark.requirement("PF-CHAT-LOSS-1")
def test_what_was_said_before_the_page_asked_again_is_told_at_once(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    place = taken(desk)
    known = desk.get(f"{place}/news", params={"after": 0}).headers["X-Known"]
    with open_work(app.state.sessions, SYSTEM, vault=app.state.vault) as work:
        message = ChatSend(secret=secret, client_id=uuid4(), text="Hallo?")
        conversation.send_as_visitor(work, message)
    begun = monotonic()
    told = desk.get(f"{place}/news", params={"after": 1, "known": known}).json()
    assert [message["text"] for message in told["messages"]] == ["Hallo?"]
    assert monotonic() - begun < 5


@pytest.mark.requirement("PF-CHAT-SPEED-1")
def test_a_message_is_read_once_for_all_who_wait_for_it(
    app: FastAPI, desk: TestClient, secret: str
) -> None:
    place = taken(desk)
    known = desk.get(f"{place}/news", params={"after": 0}).headers["X-Known"]

    def asked() -> Response:
        return desk.get(f"{place}/news", params={"after": 1, "known": known})

    with ThreadPoolExecutor() as pool, statements_of(app) as statements:
        waiting = [pool.submit(asked) for _ in range(3)]
        sleep(0.3)
        with open_work(app.state.sessions, SYSTEM, vault=app.state.vault) as work:
            message = ChatSend(secret=secret, client_id=uuid4(), text="Ben je er?")
            conversation.send_as_visitor(work, message)
        told = [one.result(5).json()["messages"] for one in waiting]
    assert [[message["text"] for message in messages] for messages in told] == [["Ben je er?"]] * 3
    assert sum("message.sealed_text" in statement for statement in statements) == 1
