import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from fastapi import APIRouter
from shared.contracts.contract import Contract
from shared.domain.actor import PUBLIC, Actor, ActorKind
from shared.domain.errors import Conflict, DomainError, Invalid
from shared.platform.access import public
from shared.platform.database import Sessions
from shared.platform.encryption import Unreadable
from shared.platform.idempotency import (
    ANSWERS_ARE_KEPT,
    Request,
    RequiredKey,
    StoredAnswers,
    forget_old_answers,
)
from shared.platform.service_token import TokenVerifier
from shared.platform.tables import AuditEvent, IdempotencyKey
from shared.platform.unit_of_work import UnitOfWork, open_work
from shared.platform.web import WebParts, create_service
from shared.platform.work import Work
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import fixed_key
from tests.canary import forms_of_text, found_in, text_canary
from tests.fakes import FrozenClock

MASTER_KEY = fixed_key("answers")
answers = StoredAnswers(MASTER_KEY)
A_NUMBER = UUID("2f1c8a52-6c0e-4f3b-9a1d-7b5e0c9d4e21")


class Order(Contract):
    text: str
    count: int = 1


class Receipt(Contract):
    number: UUID


def order(work: UnitOfWork) -> Receipt:
    number = uuid4()
    work.record("order.placed", number)
    return Receipt(number=number)


def asked(key: UUID, *, text: str = "a", route: str = "orders") -> Request:
    return Request(route, key, Order(text=text))


def place(
    sessions: Sessions,
    clock: FrozenClock,
    request: Request,
    *,
    actor: Actor = PUBLIC,
    act: Callable[[UnitOfWork], Receipt] = order,
) -> Receipt:
    with open_work(sessions, actor, clock=clock) as work:
        return answers.once(work, request, Receipt, lambda: act(work))


def placed(sessions: Sessions) -> int:
    with sessions() as session:
        return len(session.exec(select(AuditEvent.id)).all())


@pytest.mark.requirement("SEC-R3")
def test_a_repeat_gets_the_same_answer_and_changes_nothing(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    key = uuid4()
    receipts = {place(platform_sessions, clock, asked(key)).number for _ in range(5)}
    assert len(receipts) == 1
    assert placed(platform_sessions) == 1


@pytest.mark.requirement("SEC-R3")
def test_the_same_key_with_another_body_is_refused(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    key = uuid4()
    place(platform_sessions, clock, asked(key, text="a"))
    with pytest.raises(Invalid) as refused:
        place(platform_sessions, clock, asked(key, text="b"))
    assert refused.value.code == "idempotency_key_reused"
    assert placed(platform_sessions) == 1


@pytest.mark.requirement("SEC-R3")
def test_other_keys_other_routes_and_other_callers_are_other_requests(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    key = uuid4()
    place(platform_sessions, clock, asked(key))
    place(platform_sessions, clock, asked(uuid4()))
    place(platform_sessions, clock, asked(key, route="complaints"))
    place(platform_sessions, clock, asked(key), actor=Actor(ActorKind.SERVICE, "gateway"))
    place(platform_sessions, clock, asked(key), actor=Actor(ActorKind.CLIENT, "hoster", uuid4()))
    assert placed(platform_sessions) == 5


@pytest.mark.requirement("SEC-R3")
def test_the_same_key_in_parallel_has_one_effect(
    committed_sessions: Sessions, clock: FrozenClock
) -> None:
    key, gate, results = uuid4(), threading.Barrier(6), Counter[object]()

    def send() -> None:
        gate.wait()
        try:
            results[place(committed_sessions, clock, asked(key)).number] += 1
        except DomainError as refusal:
            results[refusal.code] += 1

    senders = [threading.Thread(target=send) for _ in range(6)]
    for thread in senders:
        thread.start()
    for thread in senders:
        thread.join()
    assert placed(committed_sessions) == 1
    assert len([result for result in results if isinstance(result, UUID)]) == 1
    assert set(results) <= {"request_in_flight", *(r for r in results if isinstance(r, UUID))}
    again = place(committed_sessions, clock, asked(key))
    assert results[again.number] >= 1


@pytest.mark.requirement("SEC-R3")
def test_while_the_first_request_runs_a_repeat_is_told_to_come_back(
    committed_sessions: Sessions, clock: FrozenClock
) -> None:
    key = uuid4()

    def with_a_repeat_meanwhile(work: UnitOfWork) -> Receipt:
        with pytest.raises(Conflict) as refused:
            place(committed_sessions, clock, asked(key))
        assert refused.value.code == "request_in_flight"
        assert refused.value.retry_after
        return order(work)

    place(committed_sessions, clock, asked(key), act=with_a_repeat_meanwhile)
    assert placed(committed_sessions) == 1


@pytest.mark.requirement("SEC-R6")
def test_a_request_that_failed_may_be_repeated_and_then_succeeds(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    key = uuid4()

    def fail(work: UnitOfWork) -> Receipt:
        order(work)
        work.session.flush()
        raise Conflict("sold_out")

    with pytest.raises(Conflict, match="sold_out"):
        place(platform_sessions, clock, asked(key), act=fail)
    assert placed(platform_sessions) == 0
    place(platform_sessions, clock, asked(key))
    assert placed(platform_sessions) == 1


@pytest.mark.requirement("SEC-P10")
def test_answers_are_forgotten_after_a_day(platform_sessions: Sessions, clock: FrozenClock) -> None:
    key = uuid4()
    first = place(platform_sessions, clock, asked(key))
    for wait, same in ((ANSWERS_ARE_KEPT, True), (timedelta(seconds=1), False)):
        clock.advance(wait)
        with open_work(platform_sessions, PUBLIC, clock=clock) as work:
            forget_old_answers(work)
        assert (place(platform_sessions, clock, asked(key)) == first) is same


@pytest.mark.requirement("SEC-P2")
def test_neither_body_nor_answer_is_stored_readable(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    text = text_canary()
    receipt = place(platform_sessions, clock, asked(uuid4(), text=text))
    with platform_sessions() as session:
        stored = session.exec(select(IdempotencyKey)).one()
    everything = stored.fingerprint + stored.sealed_answer + stored.route.encode()
    assert found_in(everything, forms_of_text(text)) == []
    assert found_in(everything, forms_of_text(str(receipt.number))) == []


@pytest.mark.requirement("SEC-P2")
def test_an_answer_that_was_moved_to_another_key_does_not_open(
    platform_sessions: Sessions, clock: FrozenClock
) -> None:
    key = uuid4()
    place(platform_sessions, clock, asked(key))
    with platform_sessions() as session, session.begin():
        row = session.exec(select(IdempotencyKey)).one()
        moved = IdempotencyKey(**row.model_dump() | {"key": uuid4()})
        session.add(moved)
    with pytest.raises(Unreadable):
        place(platform_sessions, clock, asked(moved.key))


router = APIRouter()


@router.post("/api/orders", dependencies=[public()], status_code=201)
def post_order(body: Order, key: RequiredKey, work: Work) -> Receipt:
    return answers.once(work, Request("orders", key, body), Receipt, lambda: order(work))


@pytest.mark.requirement("SEC-R3")
@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_missing"),
        ("1", "idempotency_key_malformed"),
        ("x" * 36, "idempotency_key_malformed"),
        (A_NUMBER.hex, "idempotency_key_malformed"),
        (f"{{{A_NUMBER}}}", "idempotency_key_malformed"),
    ],
)
def test_a_write_without_a_proper_key_is_refused(
    platform_sessions: Sessions, key: str | None, code: str
) -> None:
    verifier = TokenVerifier("example", {})
    parts = WebParts("example", "http://a.localhost", platform_sessions, verifier, [router])
    headers = {} if key is None else {"Idempotency-Key": key}
    with TestClient(create_service(parts)) as client:
        answer = client.post("/api/orders", json={"text": "a"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, code)
        sound = {"Idempotency-Key": str(uuid4())}
        bodies = {
            client.post("/api/orders", json={"text": "a"}, headers=sound).content for _ in range(3)
        }
    assert len(bodies) == 1
    assert placed(platform_sessions) == 1
