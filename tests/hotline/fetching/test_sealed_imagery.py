"""Pictures that wait for a decision: sealed, short-lived, bounded, and on no disk."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hotline.fetching.sealed_imagery import LONGEST, SealedImagery
from redis.asyncio import Redis
from shared.domain.errors import NotFound, Unavailable

pytestmark = pytest.mark.requirement("UR-10", "SEC-P8")

CANARY = b"canary-" + os.urandom(16).hex().encode()
Use = Callable[[SealedImagery, Redis], Awaitable[None]]


def with_store(store_url: str, use: Use, most_bytes: int = 10_000_000) -> None:
    async def run() -> None:
        redis = Redis.from_url(store_url)
        imagery = SealedImagery(redis, most_bytes=most_bytes)
        try:
            await imagery.start()
            await use(imagery, redis)
        finally:
            await redis.aclose()

    asyncio.run(run())


async def is_there(imagery: SealedImagery, imagery_id: UUID) -> bool:
    try:
        await imagery.open(imagery_id)
    except NotFound:
        return False
    return True


def test_a_kept_picture_opens_until_it_is_forgotten(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        imagery_id = uuid4()
        assert await imagery.keep(imagery_id, CANARY)
        assert await imagery.open(imagery_id) == CANARY
        await imagery.forget(imagery_id)
        await imagery.forget(imagery_id)
        assert not await is_there(imagery, imagery_id)
        assert await redis.dbsize() == 0

    with_store(store_url, use)


def test_the_store_never_holds_a_readable_picture(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        imagery_id = uuid4()
        await imagery.keep(imagery_id, CANARY)
        stored = await redis.get(f"imagery:{imagery_id}")
        assert isinstance(stored, bytes)
        assert CANARY not in stored
        assert len(stored) == len(CANARY) + 12 + 16

    with_store(store_url, use)


def test_another_process_cannot_open_what_this_one_sealed(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        imagery_id = uuid4()
        await imagery.keep(imagery_id, CANARY)
        assert not await is_there(SealedImagery(redis), imagery_id)

    with_store(store_url, use)


def test_a_sealed_picture_cannot_pass_for_another(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        one, other = uuid4(), uuid4()
        await imagery.keep(one, CANARY)
        await redis.copy(f"imagery:{one}", f"imagery:{other}")
        assert not await is_there(imagery, other)

    with_store(store_url, use)


def test_a_restart_throws_away_what_nobody_can_read(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        await imagery.keep(uuid4(), CANARY)
        await SealedImagery(redis).start()
        assert await redis.dbsize() == 0

    with_store(store_url, use)


def test_nothing_outlives_seven_days(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        imagery_id = uuid4()
        await imagery.keep(imagery_id, CANARY)
        assert timedelta(days=7) >= LONGEST
        left = await redis.ttl(f"imagery:{imagery_id}")
        assert 0 < left <= LONGEST.total_seconds()

    with_store(store_url, use)


def test_an_expired_picture_is_gone(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        short = SealedImagery(redis, longest=timedelta(seconds=1))
        imagery_id = uuid4()
        await short.keep(imagery_id, CANARY)
        assert await is_there(short, imagery_id)
        await asyncio.sleep(1.2)
        assert not await is_there(short, imagery_id)

    with_store(store_url, use)


def test_a_full_store_lets_the_oldest_go_first(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        ids = [uuid4() for _ in range(4)]
        begin = int(time.time()) - 100
        for age, imagery_id in enumerate(ids):
            assert await imagery.keep(imagery_id, bytes(300))
            await redis.zadd("imagery-order", {str(imagery_id): begin + age})
            # The order is by whole seconds; the test sets them apart.
        present = [await is_there(imagery, imagery_id) for imagery_id in ids]
        assert present == [False, True, True, True]
        assert sum(int(size) for size in await redis.hvals("imagery-sizes")) <= 1_000

    with_store(store_url, use, most_bytes=1_000)


def test_a_picture_that_can_never_fit_is_not_kept(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        imagery_id = uuid4()
        assert not await imagery.keep(imagery_id, bytes(2_000))
        assert not await is_there(imagery, imagery_id)

    with_store(store_url, use, most_bytes=1_000)


def test_keeping_twice_takes_the_room_of_one(store_url: str) -> None:
    async def use(imagery: SealedImagery, redis: Redis) -> None:
        imagery_id = uuid4()
        for _ in range(5):
            assert await imagery.keep(imagery_id, bytes(300))
        assert await redis.zcard("imagery-order") == 1
        assert await redis.hvals("imagery-sizes") == [b"328"]

    with_store(store_url, use)


def test_without_a_store_nothing_is_kept_and_showing_says_so() -> None:
    async def run() -> None:
        redis = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
        imagery = SealedImagery(redis)
        assert not await imagery.keep(uuid4(), CANARY)
        with pytest.raises(Unavailable):
            await imagery.open(uuid4())
        with pytest.raises(Unavailable):
            await imagery.forget(uuid4())
        await redis.aclose()

    asyncio.run(run())
