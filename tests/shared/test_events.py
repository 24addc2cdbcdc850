from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from shared.contracts.contract import Contract, Day
from shared.contracts.event import EventEnvelope, EventTaken
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.errors import Conflict, Invalid, NotPermitted, Unavailable
from shared.platform.access import service
from shared.platform.database import Sessions
from shared.platform.delivery import TaskSet
from shared.platform.events import (
    EVENTS_PATH,
    Answer,
    EventHandlers,
    announce,
    events_router,
    forget_old_events,
)
from shared.platform.outbox import DONE_ROWS_ARE_KEPT, OutboxRules, Outcome
from shared.platform.service_token import TokenVerifier
from shared.platform.tables import AuditEvent, InboxEvent, Outbox
from shared.platform.unit_of_work import UnitOfWork, announcement, open_work
from shared.platform.web import WebParts, create_service
from shared.platform.work import get_work
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import public_key_of, token_of
from tests.fakes import MONDAY_MORNING, FrozenClock

HOTLINE = Actor(ActorKind.SERVICE, "hotline")
EVENT = "letter.posted"


class Posted(Contract):
    number: int
    on: Day


def envelope(**changes: object) -> EventEnvelope:
    usual = {
        "source": "hotline",
        "event_id": uuid4(),
        "type": EVENT,
        "occurred_at": MONDAY_MORNING,
        "payload": {"number": 7, "on": "2026-03-02"},
    }
    return EventEnvelope.model_validate(usual | changes)


@pytest.fixture
def handlers() -> EventHandlers:
    handlers = EventHandlers()

    @handlers.on(EVENT, Posted)
    def take(work: UnitOfWork, posted: Posted) -> None:
        work.record(EVENT, number=posted.number)
        work.session.flush()
        if posted.number == 13:
            raise Conflict("not_this_one")

    return handlers


def taken(sessions: Sessions) -> int:
    with sessions() as session:
        return len(session.exec(select(AuditEvent).where(AuditEvent.action == EVENT)).all())


def take(
    sessions: Sessions, handlers: EventHandlers, event: EventEnvelope, actor: Actor = HOTLINE
) -> EventTaken:
    with open_work(sessions, actor) as work:
        return handlers.take(work, event)


@pytest.mark.requirement("PF-EVENTS-1")
def test_an_event_that_arrives_again_counts_once_and_is_answered_the_same(
    platform_sessions: Sessions, handlers: EventHandlers
) -> None:
    event = envelope()
    answers = {take(platform_sessions, handlers, event).event_id for _ in range(3)}
    assert answers == {event.event_id}
    assert taken(platform_sessions) == 1


@pytest.mark.requirement("PF-EVENTS-1")
def test_the_same_id_of_another_source_is_another_event(
    platform_sessions: Sessions, handlers: EventHandlers
) -> None:
    event = envelope()
    take(platform_sessions, handlers, event)
    other = Actor(ActorKind.SERVICE, "helpline")
    take(platform_sessions, handlers, envelope(source="helpline", event_id=event.event_id), other)
    assert taken(platform_sessions) == 2


@pytest.mark.requirement("PF-EVENTS-1")
def test_an_event_whose_handling_failed_is_handled_when_it_comes_again(
    platform_sessions: Sessions, handlers: EventHandlers
) -> None:
    event_id = uuid4()
    with pytest.raises(Conflict):
        take(
            platform_sessions,
            handlers,
            envelope(event_id=event_id, payload={"number": 13, "on": "2026-03-02"}),
        )
    assert taken(platform_sessions) == 0
    take(platform_sessions, handlers, envelope(event_id=event_id))
    assert taken(platform_sessions) == 1


@pytest.mark.requirement("PF-EVENTS-2")
@pytest.mark.parametrize(
    "actor",
    [Actor(ActorKind.SERVICE, "helpline"), Actor(ActorKind.STAFF, "hotline"), SYSTEM],
)
def test_nobody_speaks_for_another_service(
    platform_sessions: Sessions, handlers: EventHandlers, actor: Actor
) -> None:
    with pytest.raises(NotPermitted):
        take(platform_sessions, handlers, envelope(), actor)


@pytest.mark.requirement("PF-EVENTS-2")
@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type": "letter.burnt"}, "unknown_event"),
        ({"payload": {}}, "bad_event"),
        ({"payload": {"number": "7", "on": "2026-03-02"}}, "bad_event"),
        ({"payload": {"number": 7, "on": "2026-03-02", "canary": 1}}, "bad_event"),
    ],
)
def test_an_event_that_is_not_understood_is_refused_and_not_counted(
    platform_sessions: Sessions, handlers: EventHandlers, changes: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        take(platform_sessions, handlers, envelope(**changes))
    assert refused.value.code == code
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
    with platform_sessions() as session:
        assert session.exec(select(InboxEvent)).all() == []


def test_an_event_has_one_handler(handlers: EventHandlers) -> None:
    with pytest.raises(ValueError, match=EVENT):
        handlers.on(EVENT, Posted)(lambda work, posted: None)


@pytest.fixture
def client(platform_sessions: Sessions, handlers: EventHandlers) -> Iterator[TestClient]:
    trusted = {name: public_key_of(name) for name in ("hotline", "helpline")}
    app: FastAPI = create_service(
        WebParts(
            name="example",
            public_url="http://example.localhost:8001",
            sessions=platform_sessions,
            token_verifier=TokenVerifier("example", trusted),
            routers=[events_router(handlers, get_work, [service("hotline")])],
        )
    )
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def post(client: TestClient, event: EventEnvelope, token: str) -> int:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return client.post(EVENTS_PATH, content=event.model_dump_json(), headers=headers).status_code


@pytest.mark.requirement("PF-EVENTS-2")
def test_events_come_in_at_one_door_from_the_services_that_may_speak(
    client: TestClient, platform_sessions: Sessions
) -> None:
    event = envelope()
    for _ in range(2):
        assert post(client, event, token_of("hotline", "example")) == 200
    assert taken(platform_sessions) == 1
    assert post(client, envelope(source="helpline"), token_of("helpline", "example")) == 403
    assert post(client, envelope(source="helpline"), token_of("hotline", "example")) == 403
    assert post(client, envelope(), token_of("hotline", "hashcheck")) == 401


class Receiver:
    """The receiving service; `fault` is raised with the next event, after it was taken."""

    def __init__(self) -> None:
        self.got: list[EventEnvelope] = []
        self.fault: Exception | None = None

    def post(self, path: str, body: Contract, answer: type[Answer], /) -> Answer:
        assert isinstance(body, EventEnvelope)
        self.got.append(body)
        fault, self.fault = self.fault, None
        if fault:
            raise fault
        return answer.model_validate({"event_id": body.event_id})


class Post:
    """A sender with one kind of event; `content` is what it says, None when there is nothing."""

    def __init__(self, sessions: Sessions, clock: FrozenClock) -> None:
        self.sessions, self.clock, self.receiver = sessions, clock, Receiver()
        self.content: Posted | None = Posted(number=7, on=date(2026, 3, 2))
        self.tasks: TaskSet[None] = TaskSet("hotline")
        self.tasks.bind(sessions, None, clock=clock, rules=OutboxRules())
        announce(self.tasks, EVENT, "example", self._build, lambda: self.receiver)

    def say(self, subject: UUID) -> None:
        with open_work(self.sessions, SYSTEM, clock=self.clock) as work:
            work.announce(EVENT, "example", subject)

    def deliver(self, subject: UUID) -> Outcome:
        with self.sessions() as session:
            row = session.exec(
                select(Outbox.id).where(Outbox.subject == subject, Outbox.done_at == None)  # noqa: E711
            ).one()
        return self.tasks.execute(row)

    def _build(self, work: UnitOfWork, subject: UUID) -> Posted | None:
        return self.content


@pytest.mark.requirement("PF-EVENTS-1")
def test_an_event_that_is_sent_again_has_the_same_id(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    sender, subject = Post(platform_sessions, clock), uuid4()
    sender.say(subject)
    sender.receiver.fault = Unavailable("service_unavailable")
    assert sender.deliver(subject) is Outcome.LATER
    clock.advance(timedelta(hours=6))
    assert sender.deliver(subject) is Outcome.REPEATED
    first, second = sender.receiver.got
    assert first.event_id == second.event_id
    assert (first.source, first.type) == ("hotline", EVENT)
    assert first.payload == {"number": 7, "on": "2026-03-02"}


@pytest.mark.requirement("PF-EVENTS-1")
def test_what_is_announced_again_later_is_another_event(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    sender, subject = Post(platform_sessions, clock), uuid4()
    for _ in range(2):
        sender.say(subject)
        assert sender.deliver(subject) is Outcome.DONE
    first, second = sender.receiver.got
    assert first.event_id != second.event_id


@pytest.mark.requirement("PF-EVENTS-1")
def test_nothing_is_sent_when_there_is_nothing_to_say_any_more(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    sender, subject = Post(platform_sessions, clock), uuid4()
    sender.content = None
    sender.say(subject)
    assert sender.deliver(subject) is Outcome.DONE
    assert sender.receiver.got == []


def test_an_announcement_is_named_after_event_and_destination() -> None:
    assert announcement(EVENT, "example") == "announce:letter.posted:example"


@pytest.mark.requirement("SEC-P10")
def test_events_are_remembered_for_as_long_as_a_sender_may_repeat_them(
    platform_sessions: Sessions, handlers: EventHandlers, clock: FrozenClock
) -> None:
    event = envelope()
    with open_work(platform_sessions, HOTLINE, clock=clock) as work:
        handlers.take(work, event)
    for wait, remembered in ((DONE_ROWS_ARE_KEPT, 1), (timedelta(seconds=1), 0)):
        clock.advance(wait)
        with open_work(platform_sessions, SYSTEM, clock=clock) as work:
            forget_old_events(work)
            assert len(work.session.exec(select(InboxEvent)).all()) == remembered
