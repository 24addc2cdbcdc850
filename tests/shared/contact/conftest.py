"""A line with conversations on real databases: who works, at what time, by which rules."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, time
from uuid import UUID, uuid4

import pytest
from shared.contracts.chat import ChatStart
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.conversation import Channel
from shared.domain.opening_hours import Rule
from shared.platform.contact import conversation, queue
from shared.platform.contact.opening import plan_opening
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.return_code import ReturnCodes
from shared.platform.encryption import CaseVault
from shared.platform.unit_of_work import UnitOfWork, open_work

from tests.applications import fixed_key
from tests.conftest import DatabaseOf
from tests.fakes import FrozenClock

WorkAs = Callable[..., AbstractContextManager[UnitOfWork]]
Starts = Callable[..., str]

GATEWAY = Actor(ActorKind.SERVICE, "gateway")


def worker(number: int = 1) -> Actor:
    return Actor(ActorKind.STAFF, f"worker-{number}", UUID(int=number), frozenset({"plan"}))


@pytest.fixture
def policy() -> ContactPolicy:
    return ContactPolicy("helpline", frozenset({"prevention"}))


@pytest.fixture
def work_as(database_of: DatabaseOf, keys_of: DatabaseOf, clock: FrozenClock) -> WorkAs:
    """Opens a transaction in the name of somebody, on a line of this name."""

    def opened(
        actor: Actor = GATEWAY, line: str = "helpline"
    ) -> AbstractContextManager[UnitOfWork]:
        vault = CaseVault(keys_of(line), fixed_key(f"{line} master"), line, clock=clock)
        return open_work(database_of(line), actor, clock=clock, vault=vault)

    return opened


@pytest.fixture
def codes(database_of: DatabaseOf) -> ReturnCodes:
    return ReturnCodes(database_of("helpline"), fixed_key("helpline master"))


@pytest.fixture
def is_open(work_as: WorkAs) -> None:
    """Open every day until just before midnight."""
    for weekday in range(7):
        with work_as(worker()) as work:
            rule = Rule(weekday, time(0, 0), time(23, 59), date(2026, 1, 1))
            plan_opening(work, Channel.CHAT, rule, "plan")


@pytest.fixture
def starts(work_as: WorkAs, policy: ContactPolicy, codes: ReturnCodes, is_open: None) -> Starts:
    """Puts a visitor in the queue and gives their secret."""

    def start(**wish: str) -> str:
        with work_as() as work:
            return conversation.start(work, ChatStart(**wish), policy, codes).secret

    return start


@pytest.fixture
def answered(starts: Starts, work_as: WorkAs) -> tuple[str, UUID]:
    """A conversation that worker 1 accepted: its secret and its id."""
    secret = starts()
    with work_as(worker()) as work:
        found = queue.take_next(work)
        assert found
        return secret, found.id


def new_id() -> UUID:
    return uuid4()


__all__ = ["GATEWAY", "SYSTEM", "Starts", "WorkAs", "new_id", "worker"]
