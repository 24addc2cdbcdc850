"""Keys are looked at in memory for a second, and for five while the database is away."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, cast

import pytest
from hashcheck.adapters.key_ring import FRESH_SECONDS, LONGEST_SECONDS, KeyRing
from hashcheck.domain.role import CLIENT_MANAGER
from hashcheck.use_cases.client import add_client, issue_key, revoke_key
from shared.domain.errors import NotAuthenticated, Unavailable
from shared.platform.api_key import ClientDesk
from shared.platform.database import Sessions
from shared.platform.unit_of_work import UnitOfWork

from tests.hashcheck.lists import Interrupted, Lists, person

T = TypeVar("T")


class Ring:
    """A key of a client, a ring that knows it, and a clock of its own."""

    def __init__(self, lists: Lists) -> None:
        self.lists, self.now = lists, 0.0
        self.database = Interrupted(lists.sessions)
        desk = ClientDesk(cast(Sessions, self.database), lists.clock)
        self.manager, self.desk = person(CLIENT_MANAGER), ClientDesk(lists.sessions, lists.clock)
        self.client_id = self.do(lambda work: add_client(work, self.desk, "A hoster"))
        self.key = self.do(lambda work: issue_key(work, self.desk, self.client_id))
        self.ring = KeyRing(desk, seconds=lambda: self.now)

    def do(self, act: Callable[[UnitOfWork], T]) -> T:
        return self.lists.do(self.manager, act)

    def revoke(self) -> None:
        key_id = self.key.split("_")[1]
        self.do(lambda work: revoke_key(work, self.desk, self.client_id, key_id))

    def knows(self) -> bool:
        try:
            return asyncio.run(self.ring.client_of(self.key)).id == self.client_id
        except NotAuthenticated:
            return False


@pytest.fixture
def ring(lists: Lists) -> Ring:
    return Ring(lists)


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_a_revoked_key_is_nobodys_after_a_second(ring: Ring) -> None:
    assert ring.knows()
    ring.revoke()
    ring.now += FRESH_SECONDS + 0.01
    assert not ring.knows()
    ring.now -= FRESH_SECONDS
    assert not ring.knows()


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_a_known_key_outlives_an_outage_by_five_seconds_and_not_longer(ring: Ring) -> None:
    assert ring.knows()
    ring.database.away = True
    for _ in range(4):
        ring.now += FRESH_SECONDS + 0.1
        assert ring.knows()
    ring.now = LONGEST_SECONDS + 0.01
    with pytest.raises(Unavailable):
        ring.knows()
    ring.database.away = False
    assert ring.knows()


@pytest.mark.requirement("HC-KEY-1")
def test_an_unknown_key_is_asked_for_every_time_and_is_nobodys(ring: Ring) -> None:
    ring.key = ring.key[:-1] + ("0" if ring.key[-1] != "0" else "1")
    assert not ring.knows()
    assert not ring.knows()
