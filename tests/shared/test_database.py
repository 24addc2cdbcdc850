import threading
from uuid import uuid4

import psycopg
import pytest
from shared.domain.actor import SYSTEM
from shared.domain.errors import Conflict, DomainError, Invalid, Unavailable
from shared.platform.database import (
    POOL_WAIT_SECONDS,
    DatabaseFault,
    Sessions,
    database_engine,
    plain_database_errors,
    session_factory,
)
from shared.platform.tables import InboxEvent
from shared.platform.unit_of_work import open_work
from sqlalchemy import text

from tests.canary import text_canary
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, engine_on
from tests.fakes import MONDAY_MORNING
from tests.shared.example.tables import Letter

CANARY = text_canary()


def does(sessions: Sessions, statement: str, **values: object) -> None:
    with plain_database_errors(), sessions() as session, session.begin():
        session.connection().execute(text(statement), values)


@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("INSERT INTO letter (id, state, arrivals) VALUES (:id, NULL, 0)", "23502"),
        ("SELECT cast(:canary AS integer)", "22P02"),
        ("SELECT 1 / 0", "22012"),
        ("SELECT * FROM nowhere", "42P01"),
        (
            "INSERT INTO audit_event (at, actor_kind, actor_name, action, reason, facts)"
            " VALUES (now(), '', '', '', repeat(:canary, 9), '{}')",
            "23514",
        ),
    ],
)
def test_a_fault_tells_the_state_and_never_a_value(
    platform_sessions: Sessions, statement: str, state: str
) -> None:
    with pytest.raises(DatabaseFault) as fault:
        does(platform_sessions, statement, canary=CANARY, id=uuid4())
    assert fault.value.sqlstate == state
    assert CANARY not in repr(fault.value)
    assert fault.value.__cause__ is None
    assert fault.value.__suppress_context__


@pytest.mark.requirement("SEC-P4")
def test_the_driver_itself_would_have_told_the_value(own_database: OwnDatabase) -> None:
    with (
        psycopg.connect(own_database(EXAMPLE).app) as connection,
        pytest.raises(psycopg.errors.InvalidTextRepresentation) as fault,
    ):
        connection.execute("SELECT cast(%s AS integer)", [CANARY])
    assert CANARY in str(fault.value)


@pytest.mark.requirement("SEC-S1")
def test_a_text_that_cannot_be_stored_is_the_callers_fault(platform_sessions: Sessions) -> None:
    with pytest.raises(Invalid) as refused:
        does(platform_sessions, "SELECT cast(:text AS text)", text="a\0b")
    assert refused.value.code == "bad_characters"


def test_what_must_be_unique_is_a_conflict(platform_sessions: Sessions) -> None:
    letter = uuid4()

    def insert() -> None:
        with open_work(platform_sessions, SYSTEM) as work:
            work.session.add(Letter(id=letter))

    insert()
    with pytest.raises(Conflict) as refused:
        insert()
    assert refused.value.code == "already_exists"


@pytest.mark.requirement("SEC-R9")
@pytest.mark.parametrize(
    "statement",
    [
        "SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)",
        "SET LOCAL lock_timeout = 20; LOCK TABLE letter IN ACCESS EXCLUSIVE MODE",
    ],
)
def test_a_statement_that_takes_too_long_is_told_to_come_back(
    own_database: OwnDatabase, statement: str
) -> None:
    databases = own_database(EXAMPLE)
    with engine_on(databases.owner) as engine, psycopg.connect(databases.owner) as other:
        other.execute("LOCK TABLE letter IN ACCESS SHARE MODE")
        with pytest.raises(Unavailable) as refused:
            does(session_factory(engine), statement)
    assert refused.value.code == "busy"
    assert refused.value.retry_after


@pytest.mark.requirement("SEC-R9")
def test_a_pool_that_is_used_up_is_told_quickly(own_database: OwnDatabase) -> None:
    engine = database_engine(own_database(EXAMPLE).app, pool_size=1)
    sessions, free = session_factory(engine), threading.Event()
    with sessions() as session, plain_database_errors():
        session.connection()
        waited = threading.Timer(20 * POOL_WAIT_SECONDS, free.set)
        waited.start()
        with pytest.raises(Unavailable) as refused:
            does(sessions, "SELECT 1")
        waited.cancel()
    engine.dispose()
    assert not free.is_set()
    assert (refused.value.code, refused.value.retry_after is not None) == ("busy", True)


@pytest.mark.requirement("SEC-R9")
@pytest.mark.parametrize("url", ["postgresql://nobody:x@127.0.0.1:1/nowhere"])
def test_a_database_that_is_not_there_is_unavailable(url: str) -> None:
    with engine_on(url) as engine, pytest.raises(Unavailable) as refused:
        does(session_factory(engine), "SELECT 1")
    assert refused.value.code == "database_unavailable"


@pytest.mark.requirement("SEC-R9")
def test_a_connection_that_the_server_ended_is_unavailable_and_then_replaced(
    own_database: OwnDatabase, postgres: str
) -> None:
    with engine_on(own_database(EXAMPLE).app) as engine:
        sessions = session_factory(engine)

        def cut_off() -> None:
            with plain_database_errors(), sessions() as session, session.begin():
                number = session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one()
                with psycopg.connect(postgres, autocommit=True) as superuser:
                    superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [number])
                session.connection().execute(text("SELECT 1"))

        with pytest.raises(Unavailable) as refused:
            cut_off()
        assert refused.value.code == "database_unavailable"
        does(sessions, "SELECT 1")


@pytest.mark.requirement("SEC-R9")
def test_a_connection_that_the_server_ended_while_idle_is_replaced_before_use(
    own_database: OwnDatabase, postgres: str
) -> None:
    with engine_on(own_database(EXAMPLE).app) as engine:
        sessions = session_factory(engine)
        ended = [process_of(sessions) for _ in range(2)]
        assert ended[0] == ended[1]
        with psycopg.connect(postgres, autocommit=True) as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s, 5000)", [ended[0]])
        assert process_of(sessions) != ended[0]


def process_of(sessions: Sessions) -> int:
    with plain_database_errors(), sessions() as session, session.begin():
        return int(session.connection().execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_what_the_domain_refuses_is_not_translated(platform_sessions: Sessions) -> None:
    def refuse() -> None:
        with open_work(platform_sessions, SYSTEM) as work:
            work.session.add(InboxEvent(source="a", event_id=uuid4(), event="x", handled_at=NOW))
            raise Conflict("own_reason")

    with pytest.raises(DomainError) as refused:
        refuse()
    assert refused.value.code == "own_reason"


NOW = MONDAY_MORNING
