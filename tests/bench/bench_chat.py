"""How fast a message reaches the other end, with many conversations at once: `make bench-chat`.

The whole platform runs on this machine, together with both ends of every conversation. Each end
says something every `PAUSE_SECONDS`, so 200 conversations are 20 messages a second. A delivery is
the time from sending to having it: from the visitor by mutation to the desk's hanging question, and
from the desk's form to the visitor's subscription over WebSocket.
"""

import asyncio
import os
import random
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.ports import free_base, port_plan
from infra.startup import Platform, running_platform
from infra.state import throw_away_state
from infra.story.lines import takes_next
from infra.story.staff import signed_in
from infra.story.visitor import Visitor
from tests.bench.chatting import (
    Arrivals,
    Conversation,
    WorkerBrowser,
    begin,
    browser,
    browser_of,
    cancelled,
)
from tests.bench.process_time import processor_seconds, used_between

GROWTH = tuple(int(size) for size in os.environ.get("AT_ONCE", "25 50 100 200").split())
PAUSE_SECONDS = 20.0
MEASURED_SECONDS = 60.0
MOST_SECONDS = 0.3
# A busy machine may take so much; more than that is a miss.
NOISE = 1.25
LARGEST = 5


@dataclass(frozen=True)
class Delivered:
    """Seconds per message, of both directions together and one by one."""

    conversations: int
    to_worker: list[float]
    to_visitor: list[float]
    lost: int
    refused: int
    used: Mapping[str, float]

    @property
    def p95(self) -> float:
        return percentile([*self.to_worker, *self.to_visitor], 95)


def percentile(seconds: list[float], rank: int) -> float:
    return statistics.quantiles(seconds, n=100)[rank - 1]


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    logs: Path = tmp_path_factory.mktemp("logs")
    ports = port_plan(free_base())
    with running_platform(throw_away_state(), ports, logs, throw_away=True) as platform:
        yield platform


@pytest.fixture(scope="module")
def growth(platform: Platform) -> list[Delivered]:
    url = platform.installation.public_url
    with signed_in(url("helpline"), "hanna", platform.credentials) as hanna:
        return asyncio.run(measure(url("gateway"), hanna))


async def measure(gateway: str, hanna: Visitor) -> list[Delivered]:
    found, conversations = [], list[Conversation]()
    worker = browser_of(hanna)
    listeners: list[asyncio.Task[None]] = []
    for most in GROWTH:
        while len(conversations) < most:
            new = await asyncio.to_thread(begun, gateway, hanna, worker, len(conversations))
            conversations.append(new)
            listeners.append(asyncio.create_task(new.visitor_listens()))
            listeners.append(asyncio.create_task(new.worker_listens()))
        found.append(await talked(conversations))
        sys.stdout.write(row(found[-1]))
    await cancelled(listeners)
    for one in conversations:
        await one.closed()
    return found


def begun(gateway: str, hanna: Visitor, worker: WorkerBrowser, number: int) -> Conversation:
    secret = begin(gateway, number)
    desk = takes_next(hanna).path.replace("helpline.localhost", "127.0.0.1")
    desktop = browser(worker.headers)
    return Conversation(gateway, desk, secret, worker, desktop, browser(), Arrivals(), Arrivals())


async def talked(conversations: list[Conversation]) -> Delivered:
    """All of them talk at their own moments, for as long as is measured."""
    for one in conversations:
        one.to_worker, one.to_visitor = Arrivals(), Arrivals()
    before = processor_seconds()
    await asyncio.gather(*(talk(one) for one in conversations))
    await asyncio.sleep(2)
    used = used_between(before, processor_seconds())
    return Delivered(
        len(conversations),
        [took for one in conversations for took in one.to_worker.took],
        [took for one in conversations for took in one.to_visitor.took],
        sum(len(one.to_worker.sent) + len(one.to_visitor.sent) for one in conversations),
        sum(one.to_worker.refused + one.to_visitor.refused for one in conversations),
        used,
    )


async def talk(conversation: Conversation) -> None:
    async def one_end(says: str) -> None:
        await asyncio.sleep(random.uniform(0, PAUSE_SECONDS))  # noqa: S311  no secret
        for _ in range(round(MEASURED_SECONDS / PAUSE_SECONDS)):
            await getattr(conversation, says)()
            await asyncio.sleep(PAUSE_SECONDS)

    await asyncio.gather(one_end("visitor_says"), one_end("worker_says"))


def row(one: Delivered) -> str:
    both = [*one.to_worker, *one.to_visitor]
    ranks = "  ".join(f"p{rank} {percentile(both, rank) * 1000:6.0f} ms" for rank in (50, 95, 99))
    return (
        f"\n{one.conversations:4} conversations, {len(both):5} messages,"
        f" {one.lost} lost, {one.refused} refused: {ranks}"
        f"  (p95 to the desk {percentile(one.to_worker, 95) * 1000:.0f} ms,"
        f" to the visitor {percentile(one.to_visitor, 95) * 1000:.0f} ms)\n"
        f"     CPU per message: {', '.join(shares(one))}\n"
    )


def shares(one: Delivered) -> Iterator[str]:
    """The largest users, in milliseconds per message; what ran anyway is in it."""
    messages = len(one.to_worker) + len(one.to_visitor)
    largest = sorted(one.used.items(), key=lambda used: -used[1])[:LARGEST]
    for name, seconds in largest:
        yield f"{name} {seconds / messages * 1000:.1f} ms"


@pytest.mark.requirement("PF-CHAT-SPEED-1")
def test_nothing_is_lost_or_refused_however_many_talk(growth: list[Delivered]) -> None:
    assert [(one.lost, one.refused) for one in growth] == [(0, 0)] * len(GROWTH)


@pytest.mark.requirement("PF-CHAT-SPEED-1")
def test_two_hundred_conversations_at_once_are_delivered_in_time(growth: list[Delivered]) -> None:
    assert growth[-1].conversations == 200
    assert growth[-1].p95 <= MOST_SECONDS * NOISE
