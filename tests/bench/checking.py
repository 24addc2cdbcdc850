"""Asks a service over many connections, as a small process of its own that costs little.

Reads a Load as JSON on standard input, writes what became of it as JSON. Without a `rate` every
connection asks again as soon as it is answered; with one, questions are due at that rate, and the
time of an answer counts from when its question was due, not from when it could be sent.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from random import Random
from time import perf_counter, process_time
from typing import cast

import uvloop

DISTINCT_SINGLE, DISTINCT_BATCHES = 4_096, 48
PDQ_IN_BYTES, GOOD = 5, 100


@dataclass(frozen=True)
class Load:
    """`form` is json, packed or peer; `size` hashes are asked at once; `ports` in turn."""

    ports: list[int]
    form: str
    size: int
    connections: int
    requests: int
    key: str = ""
    rate: float = 0.0


def digests(size: int, seed: int) -> Iterator[list[bytes]]:
    chance = Random(seed)  # noqa: S311  invented hashes
    while True:
        yield [chance.randbytes(32) for _ in range(size)]


def requests(load: Load) -> list[bytes]:
    distinct = DISTINCT_SINGLE if load.size == 1 else DISTINCT_BATCHES
    batches = islice(digests(load.size, seed=load.requests), distinct)
    return [request(load, batch) for batch in batches]


def request(load: Load, batch: list[bytes]) -> bytes:
    host = f"hashcheck.localhost:{load.ports[0]}"
    if load.form == "peer":
        [only] = batch
        return f"GET /m/raw_lookup?signal={only.hex()} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode()
    kind = "application/json"
    if load.form == "packed":
        kind = "application/vnd.offlimits.hashes"
        head = bytes(8) + bytes([PDQ_IN_BYTES]) + len(batch).to_bytes(2)
        body = head + b"".join(bytes([GOOD]) + each for each in batch)
    else:
        items = [{"type": "pdq", "value": each.hex(), "quality": GOOD} for each in batch]
        body = json.dumps({"items": items}).encode()
    head = (
        f"POST /v1/check HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {load.key}\r\n"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    return head + body


class Asking:
    """What is to be asked, and what was answered."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._requests = cycle(requests(load))
        self._left = load.requests
        self._began = 0.0
        self.seconds: list[float] = []
        self.statuses: Counter[str] = Counter()
        self.ended: asyncio.Future[None]
        self._open = load.connections

    async def run(self) -> dict[str, object]:
        loop = asyncio.get_running_loop()
        self.ended = loop.create_future()
        self._began = perf_counter()
        for number in range(self._load.connections):
            port = self._load.ports[number % len(self._load.ports)]
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
        cpu = process_time()
        await self.ended
        took = sorted(self.seconds)
        return {
            "seconds": perf_counter() - self._began,
            "client_seconds": process_time() - cpu,
            "answers": len(took),
            "statuses": dict(self.statuses),
            "p50": took[len(took) // 2],
            "p99": took[len(took) * 99 // 100],
        }

    def next(self) -> tuple[float, bytes] | None:
        """When the next question is due, and the question; None after the last."""
        if not self._left:
            return None
        self._left -= 1
        place = self._load.requests - self._left - 1
        now = perf_counter()
        due = self._began + place / self._load.rate if self._load.rate else now
        return due, next(self._requests)

    def close(self) -> None:
        self._open -= 1
        if not self._open and not self.ended.done():
            self.ended.set_result(None)


class Connection(asyncio.Protocol):
    def __init__(self, asking: Asking) -> None:
        self._asking = asking
        self._received = bytearray()
        self._due = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._received[:end]).lower()
        length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(self._received) < end + 4 + length:
            return
        self._asking.seconds.append(perf_counter() - self._due)
        self._asking.statuses[head[9:12].decode()] += 1
        self._received.clear()
        self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        if error:
            self._asking.statuses["cut off"] += 1
        self._asking.close()

    def _ask(self) -> None:
        following = self._asking.next()
        if following is None:
            self._transport.close()
            return
        self._due, content = following
        wait = self._due - perf_counter()
        if wait > 0:
            asyncio.get_running_loop().call_later(wait, self._transport.write, content)
        else:
            self._transport.write(content)


def main() -> None:
    load = Load(**json.load(sys.stdin))
    json.dump(uvloop.run(Asking(load).run()), sys.stdout)


if __name__ == "__main__":
    main()
