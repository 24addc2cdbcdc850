"""The real relay, the real broker and the real worker, each in a process of its own."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import redis
from celery import Celery
from shared.domain.actor import SYSTEM
from shared.platform.celery import create_celery, publisher
from shared.platform.database import Sessions, session_factory
from shared.platform.outbox import USUAL_RULES, OutboxRules
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from infra.databases import ServiceDatabases
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, DatabaseCopies, engine_on
from tests.shared.example.tables import Letter
from tests.shared.example.tasks import DELIVER, STAMP
from tests.shared.processes import environment, figures, process, wait_until

LETTERS = 20
Told = dict[str, str]


@pytest.fixture(scope="module")
def broker_here(broker_url: str, worker_number: int) -> str:
    """A database of the broker that no other test process uses."""
    return f"{broker_url.rsplit('/', 1)[0]}/{worker_number % 16}"


@pytest.fixture(scope="module")
def databases(database_copies: DatabaseCopies, worker_number: int) -> Iterator[ServiceDatabases]:
    with database_copies.copy(EXAMPLE, f"w{worker_number}_celery") as databases:
        yield databases


@pytest.fixture(scope="module")
def sessions(databases: ServiceDatabases) -> Iterator[Sessions]:
    with engine_on(databases.app) as engine:
        yield session_factory(engine)


@pytest.fixture(scope="module")
def told(
    databases: ServiceDatabases, broker_here: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Told, Told]:
    """What the worker and the relay are told."""
    folder = tmp_path_factory.mktemp("checkpoints")
    worker = environment(databases, folder, BROKER_URL=broker_here, SEND_SECONDS="1.5")
    return worker, environment(databases, folder, BROKER_URL=broker_here)


@pytest.fixture(scope="module")
def worker(told: tuple[Told, Told]) -> Iterator[Told]:
    with process(told[0], "worker"), process(told[1], "relay"):
        wait_until(lambda: figures(told[0]))
        yield told[0]


def put(sessions: Sessions, task: str, count: int) -> list[UUID]:
    letters = [uuid4() for _ in range(count)]
    with open_work(sessions, SYSTEM) as work:
        work.session.add_all([Letter(id=letter) for letter in letters])
        work.session.flush()
        for letter in letters:
            work.enqueue(task, letter)
    return letters


def letters_of(sessions: Sessions, ids: list[UUID]) -> list[tuple[str, int]]:
    with sessions() as session:
        rows = session.exec(select(Letter).where(Letter.id.in_(ids)))  # type: ignore[attr-defined]
        return [(row.state, row.arrivals) for row in rows]


def counted(told: Told, task: str, outcome: str) -> float:
    labels = f'{{outcome="{outcome}",service="example",task="{task}"}}'
    return figures(told).get(f"offlimits_task_seconds_count{labels}", 0)


@pytest.mark.requirement("SEC-R2")
@pytest.mark.requirement("PF-METRICS-1")
def test_what_was_committed_is_done_once_by_another_process_and_counted(
    worker: Told, sessions: Sessions, told: tuple[Told, Told]
) -> None:
    before = counted(worker, STAMP, "done")
    letters = put(sessions, STAMP, LETTERS)
    wait_until(lambda: letters_of(sessions, letters) == [("waiting", 1)] * LETTERS)
    wait_until(lambda: counted(worker, STAMP, "done") - before == LETTERS)
    wait_until(lambda: figures(told[1])['offlimits_outbox_open{service="example"}'] == 0)


@pytest.mark.requirement("SEC-R5")
def test_a_send_under_way_outlives_the_connection_to_the_broker(
    worker: Told, sessions: Sessions, broker_here: str
) -> None:
    (letter,) = put(sessions, DELIVER, 1)
    wait_until(lambda: letters_of(sessions, [letter]) == [("sending", 1)])
    with redis.Redis.from_url(broker_here) as broker:
        ours = [c for c in broker.client_list() if c["db"] == broker_here.rsplit("/", 1)[1]]
        cut = [c for c in ours if int(c["id"]) != broker.client_id()]
        for client in cut:
            broker.client_kill_filter(_id=client["id"])
    assert cut
    wait_until(lambda: letters_of(sessions, [letter]) == [("delivered", 1)])
    assert counted(worker, DELIVER, "lost") == counted(worker, DELIVER, "repeated") == 0
    # And the worker goes on with what comes after.
    put(sessions, STAMP, 1)
    before = counted(worker, STAMP, "done")
    wait_until(lambda: counted(worker, STAMP, "done") >= before)


@pytest.mark.requirement("SEC-R8")
def test_a_worker_that_is_told_to_stop_ends_what_it_sends_and_then_itself(
    own_database: OwnDatabase, broker_url: str, worker_number: int, tmp_path: Path
) -> None:
    databases = own_database(EXAMPLE)
    broker = f"{broker_url.rsplit('/', 1)[0]}/{(worker_number + 8) % 16}"
    told = environment(databases, tmp_path, BROKER_URL=broker, SEND_SECONDS="1.5")
    no_figures = {"EXAMPLE_METRICS_BIND": ""}
    with (
        engine_on(databases.app) as engine,
        process(told, "worker") as stopping,
        process(told | no_figures, "relay") as relay,
    ):
        sessions = session_factory(engine)
        (letter,) = put(sessions, DELIVER, 1)
        wait_until(lambda: letters_of(sessions, [letter]) == [("sending", 1)])
        for running in (stopping, relay):
            os.kill(running.pid, signal.SIGTERM)
        endings = (stopping.wait(), relay.wait())
        assert letters_of(sessions, [letter]) == [("delivered", 1)]
    assert endings == (0, 0)


@pytest.mark.requirement("PF-CELERY-1")
def test_the_settings_that_lost_nothing_are_set() -> None:
    conf = create_celery("example", "redis://127.0.0.1:1/0", USUAL_RULES).conf
    assert conf.task_acks_late is True
    assert conf.task_reject_on_worker_lost is True
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_ignore_result is True
    assert conf.accept_content == ["json"]
    assert conf.task_serializer == "json"
    transport = conf.broker_transport_options
    assert transport["unacked_restore_interval"] == 5
    assert transport["unacked_restore_throttle"] == 1
    assert transport["socket_timeout"]
    assert transport["socket_keepalive"] is True
    assert transport["global_keyprefix"] == "example:"
    assert conf.task_default_queue == "example"


@pytest.mark.requirement("PF-CELERY-1")
@pytest.mark.parametrize("seconds", [12, 30, 120, 900])
def test_an_attempt_ends_before_its_claim_and_its_message_comes_back_in_between(
    seconds: int,
) -> None:
    rules = OutboxRules(claim=USUAL_RULES.claim * seconds / 120)
    conf = create_celery("example", "redis://127.0.0.1:1/0", rules).conf
    visible_again = conf.broker_transport_options["visibility_timeout"]
    limits = [0, conf.task_soft_time_limit, conf.task_time_limit, visible_again, seconds]
    assert limits == sorted(set(limits))


@pytest.mark.requirement("PF-CELERY-1")
def test_a_message_carries_the_id_of_its_row_and_nothing_else(broker_here: str) -> None:
    celery: Celery = create_celery("nobody_listens", broker_here, USUAL_RULES)
    row = uuid4()
    with redis.Redis.from_url(broker_here) as broker:
        try:
            publisher(celery)("nobody_listens.task", row)
            (message,) = broker.lrange("nobody_listens:nobody_listens", 0, -1)
        finally:
            broker.delete("nobody_listens:nobody_listens")
    assert str(row).encode() in message
    assert b"application/json" in message
    assert b"python-serialize" not in message
