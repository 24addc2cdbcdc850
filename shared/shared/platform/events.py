"""Events between services: delivered by the sender's outbox, counted once by the receiver.

The receiver writes UNIQUE(source, event_id) in the transaction of the handler, so an event that
arrives again changes nothing and is answered the same.

    handlers = EventHandlers()                                # receiver, in tasks.py or api/
    handlers.on("hash.candidate", HashCandidate)(take_candidate)
    app.include_router(events_router(handlers, get_work, [service("hotline")]))

    announce(tasks, "hash.candidate", "hashcheck", build, peer)  # sender, in tasks.py
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends
from fastapi.params import Depends as Dependency
from pydantic import ValidationError
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from shared.contracts.contract import Contract
from shared.contracts.event import EventEnvelope, EventTaken
from shared.domain.actor import ActorKind
from shared.domain.errors import Invalid, NotPermitted
from shared.platform.delivery import TaskSet
from shared.platform.outbox import DONE_ROWS_ARE_KEPT
from shared.platform.tables import InboxEvent
from shared.platform.unit_of_work import UnitOfWork, announcement

EVENTS_PATH = "/internal/events"

Payload = TypeVar("Payload", bound=Contract)
Answer = TypeVar("Answer", bound=Contract)


class EventPeer(Protocol):
    """The receiving service, as a client (`shared.platform.peer`)."""

    def post(self, path: str, body: Contract, answer: type[Answer], /) -> Answer:
        """Raises Unavailable when the peer does not answer."""
        ...


@dataclass(frozen=True)
class _Handler:
    payload: type[Contract]
    handle: Callable[[UnitOfWork, Any], None]


class EventHandlers:
    """What a service does with the events it takes."""

    def __init__(self) -> None:
        self._handlers: dict[str, _Handler] = {}

    def on(
        self, event: str, payload: type[Payload]
    ) -> Callable[[Callable[[UnitOfWork, Payload], None]], Callable[[UnitOfWork, Payload], None]]:
        def register(
            handle: Callable[[UnitOfWork, Payload], None],
        ) -> Callable[[UnitOfWork, Payload], None]:
            if event in self._handlers:
                raise ValueError(f"{event} has a handler already")
            self._handlers[event] = _Handler(payload, handle)
            return handle

        return register

    def take(self, work: UnitOfWork, envelope: EventEnvelope) -> EventTaken:
        """Handle an event in this transaction, once.

        Raises NotPermitted when another service speaks than the envelope says, and Invalid for an
        event that is unknown here or has another content.
        """
        if work.actor.kind is not ActorKind.SERVICE or work.actor.name != envelope.source:
            raise NotPermitted
        handler = self._handlers.get(envelope.type)
        if handler is None:
            raise Invalid("unknown_event", fields=("type",))
        payload = _payload(handler, envelope)
        if _is_new(work, envelope):
            handler.handle(work, payload)
        return EventTaken(event_id=envelope.event_id)


def _payload(handler: _Handler, envelope: EventEnvelope) -> Contract:
    try:
        # As JSON, where strict contracts take the text form of enums and dates.
        return handler.payload.model_validate_json(json.dumps(envelope.payload))
    except ValidationError:
        raise Invalid("bad_event", fields=("payload",)) from None


def _is_new(work: UnitOfWork, envelope: EventEnvelope) -> bool:
    """A second arrival waits here until the first has committed or failed."""
    taken = insert(InboxEvent).values(
        source=envelope.source,
        event_id=envelope.event_id,
        event=envelope.type,
        handled_at=work.now,
    )
    # What the insert returns tells it; such a statement has no count of rows.
    put = taken.on_conflict_do_nothing().returning(col(InboxEvent.event_id))
    return work.session.exec(put).first() is not None


def events_router(
    handlers: EventHandlers,
    get_work: Callable[..., Any],
    access: Sequence[Dependency],
) -> APIRouter:
    """`POST /internal/events`; `access` says which services may speak."""
    router = APIRouter(dependencies=access)

    @router.post(EVENTS_PATH)
    def take_event(
        envelope: EventEnvelope,
        work: Annotated[UnitOfWork, Depends(get_work, scope="function")],
    ) -> EventTaken:
        return handlers.take(work, envelope)

    return router


@dataclass(frozen=True)
class Ending:
    """What the sender notes about its own row: the receiver has it, or does not take it."""

    delivered: Callable[[UnitOfWork, UUID], None]
    given_up: Callable[[UnitOfWork, UUID], None]


def announce(
    tasks: TaskSet[Any],
    event: str,
    destination: str,
    build: Callable[[UnitOfWork, UUID], Contract | None],
    peer: Callable[[], EventPeer],
    ending: Ending | None = None,
) -> None:
    """Deliver what `UnitOfWork.announce(event, destination, …)` promised.

    `build` makes the content from ids when it is sent; None means there is nothing to say any
    more. Another request for the same row is another event.
    """

    def claim(work: UnitOfWork, subject: UUID) -> EventEnvelope | None:
        content = build(work, subject)
        return None if content is None else _envelope(work, tasks.service, event, content)

    def send(envelope: EventEnvelope) -> EventTaken:
        return peer().post(EVENTS_PATH, envelope, EventTaken)

    def settle(work: UnitOfWork, subject: UUID, _: EventTaken) -> None:
        work.record("event.delivered", subject, event=event, destination=destination)
        if ending:
            ending.delivered(work, subject)

    tasks.delivery(
        announcement(event, destination),
        claim=claim,
        send=send,
        settle=settle,
        give_up=ending.given_up if ending else None,
    )


def _envelope(work: UnitOfWork, source: str, event: str, content: Contract) -> EventEnvelope | None:
    if work.run is None:
        return None
    return EventEnvelope(
        source=source,
        event_id=uuid5(work.run.outbox_id, str(work.run.request)),
        type=event,
        occurred_at=work.now,
        payload=content.model_dump(mode="json"),
    )


def forget_old_events(work: UnitOfWork) -> None:
    """Delete inbox rows that no sender can repeat any more: its own rows are gone by then."""
    too_old = work.now - DONE_ROWS_ARE_KEPT
    work.session.exec(delete(InboxEvent).where(col(InboxEvent.handled_at) < too_old))
