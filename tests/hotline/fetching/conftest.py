"""An empty volatile store, and the image worker, started once."""

from collections.abc import Iterator

import pytest
import redis
from imaging import ImageWorker


@pytest.fixture
def store_url(volatile_redis: redis.Redis, volatile_url: str) -> str:
    """Empty, and used by no other test process."""
    assert volatile_redis.dbsize() == 0
    return volatile_url


@pytest.fixture(scope="session")
def image_worker() -> Iterator[ImageWorker]:
    with ImageWorker() as worker:
        yield worker
