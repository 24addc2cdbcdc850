"""Quotas: counted in memory, within a second the same for all processes."""

from datetime import UTC, datetime, timedelta

import pytest
from hashcheck.adapters.ledger import Ledger
from hashcheck.domain.key_terms import Quota, end_of_day, networks_in, quota_of
from hashcheck.tables import KeyUse
from shared.domain.errors import Invalid, TooMany, Unavailable
from sqlmodel import select

from tests.hashcheck.lists import Interrupted, Lists

KEY, OTHER = "abcdefghij", "klmnpqrstu"
QUOTA = Quota(per_day=100, per_minute=30)


def ledger_of(lists: Lists) -> Ledger:
    return Ledger(lists.sessions, clock=lists.clock)


def refusal(ledger: Ledger, count: int, quota: Quota = QUOTA) -> TooMany:
    with pytest.raises(TooMany) as refused:
        ledger.take(KEY, quota, count)
    return refused.value


@pytest.mark.requirement("HC-QUOTA-1")
def test_the_quota_of_a_minute_comes_back_with_the_next_minute(lists: Lists) -> None:
    lists.clock.now = datetime(2026, 6, 1, 12, 0, 15, tzinfo=UTC)
    ledger = ledger_of(lists)
    ledger.take(KEY, QUOTA, 30)
    told = refusal(ledger, 1)
    assert (told.code, told.status) == ("quota_minute_used", 429)
    assert told.retry_after
    assert timedelta(seconds=45) <= told.retry_after <= timedelta(seconds=46)
    ledger.take(OTHER, QUOTA, 30)
    lists.clock.now += told.retry_after
    ledger.take(KEY, QUOTA, 30)


@pytest.mark.requirement("HC-QUOTA-1")
def test_the_quota_of_a_day_comes_back_at_midnight_in_amsterdam(lists: Lists) -> None:
    lists.clock.now = datetime(2026, 6, 1, 21, 50, tzinfo=UTC)
    ledger = ledger_of(lists)
    ledger.take(KEY, Quota(100, 100), 100)
    told = refusal(ledger, 1)
    assert told.code == "quota_day_used"
    assert told.retry_after
    assert timedelta(minutes=10) <= told.retry_after <= timedelta(minutes=10, seconds=1)
    lists.clock.now += told.retry_after
    ledger.take(KEY, Quota(100, 100), 100)


@pytest.mark.requirement("HC-QUOTA-1")
def test_what_is_refused_does_not_count(lists: Lists) -> None:
    ledger = ledger_of(lists)
    refusal(ledger, 31)
    ledger.take(KEY, QUOTA, 30)


@pytest.mark.requirement("HC-QUOTA-1")
def test_processes_share_a_quota_and_a_key_has_one_row_a_day(lists: Lists) -> None:
    processes = [ledger_of(lists) for _ in range(3)]
    for ledger in processes:
        for _ in range(10):
            ledger.take(KEY, QUOTA, 1)
    for ledger in processes:
        ledger.flush()
    assert refusal(processes[2], 1).code == "quota_minute_used"
    # The first one wrote before the others did, and learns of them with its next second.
    processes[0].take(KEY, QUOTA, 1)
    processes[0].flush()
    assert refusal(processes[0], 1).code == "quota_minute_used"
    assert refusal(processes[0], 70).code == "quota_day_used"
    with lists.sessions() as session:
        [row] = session.exec(select(KeyUse).where(KeyUse.key_id == KEY))
    assert (row.count, row.minute_count) == (31, 31)


@pytest.mark.requirement("HC-QUOTA-1")
def test_counting_goes_on_without_the_database_and_is_written_later(lists: Lists) -> None:
    database = Interrupted(lists.sessions)
    ledger = Ledger(database, clock=lists.clock)
    database.away = True
    ledger.take(KEY, QUOTA, 20)
    with pytest.raises(Unavailable):
        ledger.flush()
    refusal(ledger, 11)
    database.away = False
    ledger.flush()
    ledger.flush()
    with lists.sessions() as session:
        assert session.exec(select(KeyUse.count).where(KeyUse.key_id == KEY)).one() == 20


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.parametrize("text", ["192.0.2.1/24", "300.1.1.1", "example.org", "192.0.2.0/33"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="network_invalid"):
        networks_in(text)


@pytest.mark.requirement("HC-QUOTA-1")
def test_networks_are_read_however_they_are_parted_and_kept_once() -> None:
    typed = "192.0.2.1, 2001:DB8::/32\n192.0.2.1/32\t"
    assert networks_in(typed) == ["192.0.2.1/32", "2001:db8::/32"]
    assert networks_in(" ") == []
    with pytest.raises(Invalid, match="too_many_networks"):
        networks_in(" ".join(f"192.0.2.{n}" for n in range(21)))


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.parametrize(("day", "minute"), [(0, 1), (1, 0), (-1, 5), (10**13, 1)])
def test_a_quota_allows_something_and_not_everything(day: int, minute: int) -> None:
    with pytest.raises(Invalid, match="quota_invalid"):
        quota_of(day, minute)


@pytest.mark.requirement("HC-QUOTA-1")
def test_a_day_ends_at_midnight_in_amsterdam_when_the_clocks_change_too() -> None:
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert end_of_day(before) == datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
