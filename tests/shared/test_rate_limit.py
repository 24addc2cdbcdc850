import asyncio
import os
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import redis
from shared.domain.errors import TooMany, Unavailable
from shared.platform.rate_limit import AddressPacer, Limit

from tests.fakes import FrozenClock

HOUR = timedelta(hours=1)
LIMITS = {"report": Limit(3, HOUR), "export": Limit(3, HOUR, fail_open=False)}
NOBODY = "redis://127.0.0.1:1/0"


@asynccontextmanager
async def pacing(url: str, clock: FrozenClock) -> AsyncIterator[AddressPacer]:
    pacer = AddressPacer(url, LIMITS, clock=clock)
    try:
        yield pacer
    finally:
        await pacer.close()


def run(
    url: str, clock: FrozenClock, act: Callable[[AddressPacer], Coroutine[Any, Any, None]]
) -> None:
    async def with_pacer() -> None:
        async with pacing(url, clock) as pacer:
            await act(pacer)

    asyncio.run(with_pacer())


async def times(pacer: AddressPacer, count: int, address: str, name: str = "report") -> None:
    for _ in range(count):
        await pacer.pace_of(address)(name)


def names_in(store: redis.Redis) -> list[str]:
    return [os.fsdecode(name) for name in store.scan_iter()]


@pytest.mark.requirement("PF-RATE-1")
def test_what_is_over_the_limit_waits_and_then_goes_on(
    volatile_redis: redis.Redis, volatile_url: str, clock: FrozenClock
) -> None:
    async def act(pacer: AddressPacer) -> None:
        await times(pacer, 3, "192.0.2.7")
        with pytest.raises(TooMany) as refused:
            await times(pacer, 1, "192.0.2.7")
        assert refused.value.retry_after == HOUR / 3
        clock.advance(HOUR / 3)
        await times(pacer, 1, "192.0.2.7")
        with pytest.raises(TooMany):
            await times(pacer, 1, "192.0.2.7")

    run(volatile_url, clock, act)


@pytest.mark.requirement("PF-RATE-1")
def test_neighbours_share_a_bucket_and_strangers_do_not(
    volatile_redis: redis.Redis, volatile_url: str, clock: FrozenClock
) -> None:
    async def act(pacer: AddressPacer) -> None:
        await times(pacer, 2, "192.0.2.7")
        await times(pacer, 1, "192.0.2.200")
        with pytest.raises(TooMany):
            await times(pacer, 1, "192.0.2.7")
        await times(pacer, 3, "198.51.100.7")
        await times(pacer, 3, "2001:db8:0:1::1")
        with pytest.raises(TooMany):
            await times(pacer, 1, "2001:db8:0:2::1")
        await times(pacer, 3, "192.0.2.7", "export")

    run(volatile_url, clock, act)


@pytest.mark.requirement("PF-RATE-1")
def test_callers_of_the_old_protocol_at_a_socket_of_the_new_one_have_buckets_of_their_own(
    volatile_redis: redis.Redis, volatile_url: str, clock: FrozenClock
) -> None:
    async def act(pacer: AddressPacer) -> None:
        await times(pacer, 3, "::ffff:192.0.2.7")
        await times(pacer, 3, "::ffff:198.51.100.7")
        with pytest.raises(TooMany):
            await times(pacer, 1, "192.0.2.9")

    run(volatile_url, clock, act)


@pytest.mark.requirement("SEC-P1")
def test_the_store_knows_no_address_and_forgets_its_key(
    volatile_redis: redis.Redis, volatile_url: str, clock: FrozenClock
) -> None:
    run(volatile_url, clock, lambda pacer: times(pacer, 1, "192.0.2.7"))
    names = names_in(volatile_redis)
    assert len(names) == 2
    assert not any("192.0.2" in name or "c00002" in name for name in names)
    key = next(name for name in names if name.startswith("rate:key:"))
    assert 0 < volatile_redis.ttl(key) <= 25 * 3600
    bucket = next(name for name in names if name.startswith("rate:report:"))
    assert 0 < volatile_redis.pttl(bucket) <= 20 * 60 * 1000


@pytest.mark.requirement("SEC-P1")
def test_the_next_day_has_another_bucket_for_the_same_address(
    volatile_redis: redis.Redis, volatile_url: str, clock: FrozenClock
) -> None:
    run(volatile_url, clock, lambda pacer: times(pacer, 1, "192.0.2.7"))
    clock.advance(timedelta(days=1))
    run(volatile_url, clock, lambda pacer: times(pacer, 1, "192.0.2.7"))
    assert len([n for n in names_in(volatile_redis) if n.startswith("rate:report:")]) == 2


@pytest.mark.requirement("SEC-R5")
def test_without_the_store_a_report_goes_through_and_an_export_does_not(
    clock: FrozenClock,
) -> None:
    async def act(pacer: AddressPacer) -> None:
        await times(pacer, 10, "192.0.2.7")
        with pytest.raises(Unavailable):
            await times(pacer, 1, "192.0.2.7", "export")

    run(NOBODY, clock, act)
