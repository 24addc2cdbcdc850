"""Pictures that still have to be seen, sealed in the volatile store and nowhere else.

The key exists in the memory of this process only: a copy of the store, or the store after a
restart of this process, holds nothing that anybody can read. One fetcher process belongs to one
volatile store. A picture leaves at `forget`, after LONGEST at the latest, and earlier when the
store is full: the oldest goes first, and is fetched again when somebody needs it.
"""

import os
from datetime import timedelta
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from redis.asyncio import Redis
from redis.exceptions import RedisError
from shared.domain.errors import NotFound, Unavailable

LONGEST: Final = timedelta(days=7)
MOST_BYTES: Final = 256 * 1024 * 1024

_NONCE_BYTES = 12  # source: NIST SP 800-38D §8.2
_PREFIX = "imagery:"
_ORDER = "imagery-order"
_SIZES = "imagery-sizes"

# In one step, so that two pictures arriving together cannot both believe there is room.
# KEYS: order, sizes. ARGV: prefix, id, sealed bytes, most bytes, longest seconds.
_KEEP = """
local now = tonumber(redis.call('TIME')[1])
local function drop(id)
  redis.call('DEL', ARGV[1] .. id)
  redis.call('ZREM', KEYS[1], id)
  redis.call('HDEL', KEYS[2], id)
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now - ARGV[5])) do drop(id) end
drop(ARGV[2])
local total = #ARGV[3]
for _, size in ipairs(redis.call('HVALS', KEYS[2])) do total = total + tonumber(size) end
while total > tonumber(ARGV[4]) do
  local id = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not id then return 0 end
  total = total - tonumber(redis.call('HGET', KEYS[2], id))
  drop(id)
end
redis.call('SET', ARGV[1] .. ARGV[2], ARGV[3], 'EX', ARGV[5])
redis.call('ZADD', KEYS[1], now, ARGV[2])
redis.call('HSET', KEYS[2], ARGV[2], #ARGV[3])
return 1
"""


class SealedImagery:
    def __init__(
        self, redis: Redis, *, most_bytes: int = MOST_BYTES, longest: timedelta = LONGEST
    ) -> None:
        self._redis = redis
        self._most_bytes = most_bytes
        self._longest = longest
        self._box = AESGCM(AESGCM.generate_key(bit_length=256))
        self._keep = redis.register_script(_KEEP)

    async def start(self) -> None:
        """Throw away what an earlier process sealed: nobody has its key any more."""
        async for name in self._redis.scan_iter(match=f"{_PREFIX}*", count=1000):
            await self._redis.delete(name)
        await self._redis.delete(_ORDER, _SIZES)

    async def keep(self, imagery_id: UUID, content: bytes) -> bool:
        """False when there is no room or no store; the picture can be fetched again later."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._box.encrypt(nonce, content, imagery_id.bytes)
        seconds = int(self._longest.total_seconds())
        arguments: list[str | bytes | int] = [
            _PREFIX,
            str(imagery_id),
            sealed,
            self._most_bytes,
            seconds,
        ]
        try:
            return bool(await self._keep(keys=[_ORDER, _SIZES], args=arguments))
        except RedisError:
            return False

    async def open(self, imagery_id: UUID) -> bytes:
        """Raises NotFound `imagery_gone` when it is no longer there or cannot be unsealed."""
        try:
            sealed = await self._redis.get(f"{_PREFIX}{imagery_id}")
        except RedisError:
            raise Unavailable("imagery_store_unavailable") from None
        if not isinstance(sealed, bytes):
            raise NotFound("imagery_gone")
        nonce, body = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._box.decrypt(nonce, body, imagery_id.bytes)
        except InvalidTag:
            raise NotFound("imagery_gone") from None

    async def forget(self, imagery_id: UUID) -> None:
        try:
            async with self._redis.pipeline(transaction=True) as pipe:
                pipe.delete(f"{_PREFIX}{imagery_id}")
                pipe.zrem(_ORDER, str(imagery_id))
                pipe.hdel(_SIZES, str(imagery_id))
                await pipe.execute()
        except RedisError:
            raise Unavailable("imagery_store_unavailable") from None
