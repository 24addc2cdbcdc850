from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
from uuid import UUID, uuid4

import pytest
from shared.domain.actor import SYSTEM, ActorKind
from shared.domain.errors import Conflict, NotFound
from shared.platform.account_tables import ApiClient, ApiKey
from shared.platform.api_key import ClientDesk
from shared.platform.database import Sessions
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlmodel import select

from tests.fakes import FrozenClock

T = TypeVar("T")
SCOPE = "hash:check"


class Desk:
    def __init__(self, sessions: Sessions, clock: FrozenClock) -> None:
        self.sessions = sessions
        self.clock = clock
        self.clients = ClientDesk(sessions, clock)
        self.client_id: UUID = self.do(lambda work: self.clients.create_client(work, "A hoster"))

    def do(self, act: Callable[[UnitOfWork], T]) -> T:
        with open_work(self.sessions, SYSTEM, clock=self.clock) as work:
            return act(work)

    def key(self) -> str:
        return self.do(lambda work: self.clients.issue_key(work, self.client_id, SCOPE))


@pytest.fixture
def desk(platform_sessions: Sessions, clock: FrozenClock) -> Desk:
    return Desk(platform_sessions, clock)


@pytest.mark.requirement("SEC-S10")
def test_a_key_stands_for_its_client_within_its_scope(desk: Desk) -> None:
    key = desk.key()
    found = desk.clients.client_of(key, SCOPE)
    assert found
    assert (found.kind, found.name, found.id) == (ActorKind.CLIENT, "A hoster", desk.client_id)
    assert desk.clients.client_of(key, "hash:list") is None


@pytest.mark.requirement("SEC-S10")
def test_the_database_holds_nothing_that_could_be_used(desk: Desk) -> None:
    key = desk.key()
    secret = key.split("_", 2)[2][:43]
    with desk.sessions() as session:
        row = session.exec(select(ApiKey)).one()
    assert secret not in repr(row.model_dump())
    assert len(row.secret_hash) == 32


@pytest.mark.requirement("SEC-S10")
def test_a_changed_key_is_nobodys(desk: Desk) -> None:
    key = desk.key()
    for place in range(len(key)):
        other = "b" if key[place] == "a" else "a"
        assert desk.clients.client_of(key[:place] + other + key[place + 1 :], SCOPE) is None


@pytest.mark.requirement("SEC-S10")
def test_two_keys_live_so_that_one_can_be_replaced(desk: Desk) -> None:
    first, second = desk.key(), desk.key()
    with pytest.raises(Conflict, match="two_keys_live"):
        desk.key()
    desk.do(lambda work: desk.clients.revoke_key(work, first.split("_")[1]))
    assert desk.clients.client_of(first, SCOPE) is None
    assert desk.clients.client_of(second, SCOPE)
    assert desk.clients.client_of(desk.key(), SCOPE)


@pytest.mark.requirement("SEC-S10")
def test_a_key_works_for_a_year_and_then_makes_room_for_another(desk: Desk) -> None:
    first, second = desk.key(), desk.key()
    desk.clock.advance(timedelta(days=365) - timedelta(seconds=1))
    assert desk.clients.client_of(first, SCOPE)
    desk.clock.advance(timedelta(seconds=1))
    assert desk.clients.client_of(first, SCOPE) is None
    assert desk.clients.client_of(second, SCOPE) is None
    assert desk.clients.client_of(desk.key(), SCOPE)


def test_a_client_that_was_stopped_has_no_access(desk: Desk) -> None:
    key = desk.key()

    def stop(work: UnitOfWork) -> None:
        work.session.get_one(ApiClient, desk.client_id).disabled_at = work.now

    desk.do(stop)
    assert desk.clients.client_of(key, SCOPE) is None


def test_a_name_is_taken_once_and_an_unknown_client_gets_no_key(desk: Desk) -> None:
    with pytest.raises(Conflict, match="name_taken"):
        desk.do(lambda work: desk.clients.create_client(work, "A hoster"))
    with pytest.raises(NotFound):
        desk.do(lambda work: desk.clients.issue_key(work, uuid4(), SCOPE))
    with pytest.raises(NotFound):
        desk.do(lambda work: desk.clients.revoke_key(work, "unknown"))
