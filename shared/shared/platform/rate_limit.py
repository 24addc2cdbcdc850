"""Limits on how often a caller may act, without keeping who the caller is.

A caller is a bucket: 8 bytes of HMAC-SHA-256 over the network prefix of the address (/24 of IPv4,
/56 of IPv6) with a random key of the day. The key lives in the volatile store for 25 hours; after
that nobody can link a bucket to an address, ourselves included. Buckets follow the generic cell
rate algorithm (ITU-T I.371): one moment per bucket, no list of acts.

Without the store a limit lets everybody through (`fail_open`) or nobody. The limits that guard
accounts are counted in PostgreSQL (`shared.platform.staff`) and do not depend on this.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

import redis
import redis.asyncio

from shared.domain.errors import TooMany, Unavailable
from shared.platform.clock import Clock, utc_now

KEY_LIFE = timedelta(hours=25)
KEY_BYTES = 32
BUCKET_BYTES = 8
IPV4_PREFIX, IPV6_PREFIX = 24, 56
STORE_SECONDS = 0.2

Pace = Callable[[str], Awaitable[None]]
"""Counts one act under the name of its limit. Raises TooMany, or Unavailable when fail-closed."""

# KEYS[1] bucket; ARGV: now, step between acts and burst, in milliseconds. Answers 0 when the act is
# let through, otherwise for how many milliseconds to wait. Stores the moment at which the bucket is
# empty again, and forgets it then.
_COUNT = """
local now, step, burst = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local empty_at = math.max(tonumber(redis.call('GET', KEYS[1]) or 0), now)
local wait = empty_at + step - burst - now
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], empty_at + step, 'PX', math.ceil(empty_at + step - now))
return 0
"""


@dataclass(frozen=True, slots=True)
class Limit:
    """`acts` per `period`, all of them at once if need be."""

    acts: int
    period: timedelta
    fail_open: bool = True

    @property
    def step_ms(self) -> float:
        return self.period / timedelta(milliseconds=1) / self.acts

    @property
    def burst_ms(self) -> float:
        return self.period / timedelta(milliseconds=1)


class AddressPacer:
    """Counts acts by address in the volatile store."""

    def __init__(self, url: str, limits: Mapping[str, Limit], *, clock: Clock = utc_now) -> None:
        self._store = redis.asyncio.Redis.from_url(
            url, socket_timeout=STORE_SECONDS, socket_connect_timeout=STORE_SECONDS
        )
        self._count = self._store.register_script(_COUNT)
        self._limits = limits
        self._clock = clock

    async def close(self) -> None:
        await self._store.aclose()

    def pace_of(self, address: str) -> Pace:
        """How fast the caller at `address` goes; the address is not kept."""

        async def pace(name: str) -> None:
            await self._count_act(name, _prefix_of(address))

        return pace

    async def _count_act(self, name: str, prefix: bytes) -> None:
        limit = self._limits[name]
        now_ms = self._clock().timestamp() * 1000
        try:
            bucket = bucket_of(await self._day_key(), name, prefix)
            key = f"rate:{name}:{bucket.hex()}"
            wait = await self._count(keys=[key], args=[now_ms, limit.step_ms, limit.burst_ms])
        except redis.RedisError:
            if limit.fail_open:
                return
            raise Unavailable("limit_unavailable") from None
        if int(wait) > 0:
            raise TooMany(retry_after=timedelta(milliseconds=int(wait)))

    async def _day_key(self) -> bytes:
        """The same for all processes; whoever needs it first makes it."""
        name = f"rate:key:{self._clock():%Y-%m-%d}"
        known = await self._store.get(name)
        if isinstance(known, bytes):
            return known
        await self._store.set(name, secrets.token_bytes(KEY_BYTES), nx=True, ex=KEY_LIFE)
        made = await self._store.get(name)
        if not isinstance(made, bytes):
            raise redis.RedisError
        return made


def bucket_of(day_key: bytes, name: str, prefix: bytes) -> bytes:
    digest = hmac.digest(day_key, name.encode() + b"\x00" + prefix, hashlib.sha256)
    return digest[:BUCKET_BYTES]


def _prefix_of(address: str) -> bytes:
    """The network of an address; an unreadable one shares a bucket with its like."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return b""
    # An IPv4 caller at a socket of both kinds; otherwise all of them would share one bucket.
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    bits = IPV4_PREFIX if parsed.version == 4 else IPV6_PREFIX  # noqa: PLR2004  the IP version
    return ip_network((parsed, bits), strict=False).network_address.packed
