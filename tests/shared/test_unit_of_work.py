from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from shared.domain.actor import PUBLIC, SYSTEM, Actor, ActorKind
from shared.domain.errors import Conflict, NotPermitted
from shared.platform.database import Sessions
from shared.platform.tables import AuditEvent, InboxEvent, Outbox
from shared.platform.unit_of_work import open_work
from sqlalchemy import func, select

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def rows(sessions: Sessions, table: type) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.mark.requirement("PF-UOW-1")
def test_effect_audit_and_outbox_commit_together(platform_sessions: Sessions) -> None:
    report = uuid4()

    with open_work(platform_sessions, SYSTEM, clock=lambda: NOW) as work:
        work.record("report.received", report, urls=3)
        work.enqueue("hotline.fetch_url", report)

    with platform_sessions() as session:
        event = session.scalars(select(AuditEvent)).one()
        task = session.scalars(select(Outbox)).one()
    assert (event.action, event.object_id, event.facts) == ("report.received", report, {"urls": 3})
    assert (task.task, task.subject, task.next_at) == ("hotline.fetch_url", report, NOW)


@pytest.mark.requirement("PF-UOW-1")
def test_a_failure_leaves_neither_audit_nor_outbox(platform_sessions: Sessions) -> None:
    class Interrupted(Exception): ...

    def interrupted() -> None:
        with open_work(platform_sessions, SYSTEM) as work:
            work.record("report.received", uuid4())
            work.enqueue("hotline.fetch_url", uuid4())
            work.session.flush()
            raise Interrupted

    with pytest.raises(Interrupted):
        interrupted()
    assert (rows(platform_sessions, AuditEvent), rows(platform_sessions, Outbox)) == (0, 0)


@pytest.mark.requirement("PF-OUTBOX-1")
def test_the_same_open_task_for_the_same_subject_is_put_once(platform_sessions: Sessions) -> None:
    subject = uuid4()
    with open_work(platform_sessions, SYSTEM, clock=lambda: NOW) as work:
        work.enqueue("hotline.fetch_url", subject)
        work.enqueue("hotline.fetch_url", subject, next_at=NOW + timedelta(hours=1))
    with open_work(platform_sessions, SYSTEM) as work:
        work.enqueue("hotline.fetch_url", subject)
    assert rows(platform_sessions, Outbox) == 1


@pytest.mark.requirement("PF-OUTBOX-1")
def test_a_finished_task_can_be_put_again(platform_sessions: Sessions) -> None:
    subject = uuid4()
    for _ in range(2):
        with open_work(platform_sessions, SYSTEM, clock=lambda: NOW) as work:
            work.enqueue("hotline.fetch_url", subject)
        with platform_sessions() as session, session.begin():
            for task in session.scalars(select(Outbox)):
                task.done_at = NOW
    assert rows(platform_sessions, Outbox) == 2


def test_who_lacks_a_permission_is_refused(platform_sessions: Sessions) -> None:
    analyst = Actor(ActorKind.STAFF, "ada", uuid4(), frozenset({"decide"}))
    with open_work(platform_sessions, analyst) as work:
        work.require("decide")
        with pytest.raises(NotPermitted):
            work.require("export")


@pytest.mark.requirement("SEC-P4")
def test_a_database_error_carries_no_value(platform_sessions: Sessions) -> None:
    event_id = uuid4()

    def insert_twice() -> None:
        for _ in range(2):
            with open_work(platform_sessions, PUBLIC) as work:
                work.session.add(
                    InboxEvent(source="canary-4711", event_id=event_id, event="x", handled_at=NOW)
                )

    with pytest.raises(Conflict) as caught:
        insert_twice()
    assert "canary" not in repr(caught.value)
    assert caught.value.__cause__ is None
