"""Keys are looked at in memory for a second, and for five while the database is away."""

import asyncio
from collections.abc import Callable
from typing import TypeVar, cast

import pytest
from hashcheck.adapters.key_ring import FRESH_SECONDS, LONGEST_SECONDS, Holder, KeyRing
from hashcheck.adapters.ledger import Ledger
from hashcheck.domain.key_terms import Quota, networks_in
from hashcheck.domain.role import CLIENT_MANAGER
from hashcheck.use_cases.check import Asked
from hashcheck.use_cases.client import add_client, issue_key, revoke_key, set_key_terms
from shared.domain.content_hash import HashType
from shared.domain.errors import NotAuthenticated, NotPermitted, TooMany, Unavailable
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
        self.ledger = Ledger(lists.sessions, clock=lists.clock)
        self.ring = KeyRing(desk, self.ledger, seconds=lambda: self.now)

    def do(self, act: Callable[[UnitOfWork], T]) -> T:
        return self.lists.do(self.manager, act)

    def revoke(self) -> None:
        key_id = self.key.split("_")[1]
        self.do(lambda work: revoke_key(work, self.desk, self.client_id, key_id))

    def agree(self, networks: str = "", per_day: int = 1_000) -> None:
        key_id, allowed = self.key.split("_")[1], networks_in(networks)
        quota = Quota(per_day, 100)
        self.do(lambda work: set_key_terms(work, self.client_id, key_id, allowed, quota))
        self.now += FRESH_SECONDS + 0.01

    def holder(self, address: str = "192.0.2.1") -> Holder:
        return asyncio.run(self.ring.holder_of(self.key, address))

    def knows(self) -> bool:
        try:
            return self.holder().actor.id == self.client_id
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


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.parametrize("address", ["198.51.100.7", "::ffff:198.51.100.7", "2001:db8:5::1"])
def test_a_key_works_from_the_agreed_addresses(ring: Ring, address: str) -> None:
    ring.agree("198.51.100.0/24, 2001:db8::/32")
    assert ring.holder(address).actor.id == ring.client_id


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.parametrize("address", ["198.51.101.7", "2001:db9::1", "", "testclient"])
def test_a_key_works_from_nowhere_else(ring: Ring, address: str) -> None:
    ring.agree("198.51.100.0/24, 2001:db8::/32")
    with pytest.raises(NotPermitted, match="address_not_allowed"):
        ring.holder(address)


@pytest.mark.requirement("HC-QUOTA-1")
def test_what_was_asked_before_a_process_began_counts_in_it(ring: Ring) -> None:
    ring.agree(per_day=100)
    ring.ledger.take(ring.holder().key_id, Quota(100, 100), 60)
    ring.ledger.flush()
    fresh = Ledger(ring.lists.sessions, clock=ring.lists.clock)
    ring.ring = KeyRing(ring.desk, fresh, seconds=lambda: ring.now)
    holder, asked = ring.holder(), Asked()
    for _ in range(41):
        asked.add_poor(HashType.PDQ)
    with pytest.raises(TooMany, match="quota_day_used"):
        holder.take(asked)
