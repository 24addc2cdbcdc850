"""Commands of the example service: python -m tests.shared.example."""

from pathlib import Path
from uuid import UUID

from celery import Celery
from fastapi import FastAPI
from shared.domain.actor import SYSTEM
from shared.platform.celery import create_celery, serve
from shared.platform.commands import ServiceCommands, run
from shared.platform.composition import desk_of, rules_of, sessions_of, verifier_of
from shared.platform.migrations import service_schema
from shared.platform.staff import StaffDesk
from shared.platform.unit_of_work import open_work
from shared.platform.web import WebParts, create_service

from tests.shared.example.settings import ExampleSettings
from tests.shared.example.tables import Letter, Table
from tests.shared.example.tasks import Receiver, slowly, tasks


def create_app(settings: ExampleSettings) -> FastAPI:
    return create_service(
        WebParts(
            name="example",
            public_url=settings.public_url,
            sessions=sessions_of(settings),
            token_verifier=verifier_of(settings, "example"),
            routers=[],
        )
    )


def create_worker(settings: ExampleSettings) -> Celery:
    rules = rules_of(settings)
    outside = slowly(receiver_at(settings), settings.send_seconds)
    tasks.bind(sessions_of(settings), outside, rules=rules)
    celery = create_celery("example", settings.broker_url, rules)
    serve(celery, tasks)
    return celery


def receiver_at(settings: ExampleSettings) -> Receiver:
    sessions = sessions_of(settings)

    def receive(letter_id: UUID) -> None:
        with open_work(sessions, SYSTEM) as work:
            work.session.get_one(Letter, letter_id, with_for_update=True).arrivals += 1

    return receive


def create_desk(settings: ExampleSettings) -> StaffDesk:
    return desk_of(settings, "example", {"admin": frozenset()}, sessions_of(settings))


COMMANDS = ServiceCommands(
    name="example",
    settings=ExampleSettings,
    app=create_app,
    schema=service_schema("example", Path(__file__).parent, Table.metadata),
    worker=create_worker,
    desk=create_desk,
)

if __name__ == "__main__":
    run(COMMANDS)
