"""How each client asks, looked at beside the checks: counts, and a sample of PDQs in memory.

Per client and second at most 256 PDQs are compared with the newest of that client, to see
variants of one picture. They are in memory only and soon replaced: no hash that did not match is
written anywhere. What is written is counts, from which every process together judges.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from shared.domain.actor import Actor, ActorKind
from shared.domain.content_hash import HashType
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions
from shared.platform.unit_of_work import open_work

from hashcheck.adapters.matcher import Answered
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.listed import Found
from hashcheck.domain.probing import Asking, is_variant
from hashcheck.use_cases.check import Asked, Checked, Snapshot
from hashcheck.use_cases.probing import judge_asking

SAMPLE = RECENT = 256
PDQ_BYTES = 32
MOST_CLIENTS = 1_000
IS_VARIANT = np.array([is_variant(bits) for bits in range(PDQ_BYTES * 8 + 1)])
CLIENT = "client:"
WATCHER = Actor(ActorKind.SYSTEM, "hashcheck")

Digests = NDArray[np.uint64]


@dataclass(slots=True)
class _Second:
    """What one client asked since the last look."""

    checked: int = 0
    matched: int = 0
    invalid: int = 0
    was_near: bool = False
    sample: bytearray = field(default_factory=bytearray)


class Watch:
    """Thread-safe; `flush` is called by one thread."""

    def __init__(self, sessions: Sessions, *, clock: Clock = utc_now) -> None:
        self._sessions = sessions
        self._clock = clock
        self._lock = threading.Lock()
        self._seconds: dict[str, _Second] = {}
        self._recent: dict[str, Digests] = {}

    def add(self, answered: Iterable[Answered]) -> None:
        """Who matches test entries only has nothing to find out; a service of ours neither."""
        with self._lock:
            for caller, asked, checked in answered:
                if caller.startswith(CLIENT) and not asked.is_sandbox:
                    self._add(caller, asked, checked)

    def _add(self, caller: str, asked: Asked, checked: Checked) -> None:
        second = self._seconds.get(caller)
        if second is None:
            second = self._seconds[caller] = _Second()
        second.checked += len(asked)
        second.invalid += len(checked.codes)
        found = [hits for hits in checked.found.values() if _tells(checked.snapshot, hits)]
        second.matched += len(found)
        second.was_near |= any(_is_near(hits) for hits in found)
        if len(second.sample) < SAMPLE * PDQ_BYTES:
            pdqs = _pdqs_to_look_at(asked, checked)
            second.sample += pdqs[: SAMPLE * PDQ_BYTES - len(second.sample)]

    def flush(self) -> None:
        """Judge what was seen. What cannot be written is seen no more: an alarm may be late."""
        with self._lock:
            seconds, self._seconds = self._seconds, {}
        if not seconds:
            return
        if len(self._recent) > MOST_CLIENTS:
            self._recent.clear()
        # In one order for all processes, so that two of them never wait for each other.
        seen = {caller: self._asking(caller, seconds[caller]) for caller in sorted(seconds)}
        with open_work(self._sessions, WATCHER, clock=self._clock) as work:
            for caller, asking in seen.items():
                client_id = UUID(caller.removeprefix(CLIENT))
                judge_asking(work, client_id, asking, was_near=seconds[caller].was_near)

    def _asking(self, caller: str, second: _Second) -> Asking:
        sample = np.frombuffer(bytes(second.sample), dtype=np.uint64).reshape(-1, 4)
        recent = self._recent.get(caller, sample[:0])
        self._recent[caller] = np.concatenate((recent, sample))[-RECENT:]
        return Asking(
            checked=second.checked,
            matched=second.matched,
            invalid=second.invalid,
            sampled=len(sample),
            variants=variants_in(sample, recent),
        )


def _pdqs_to_look_at(asked: Asked, checked: Checked) -> bytes:
    """Without those that match test entries only: everybody may try as much as they like."""
    pdqs = bytes(asked.digests.get(HashType.PDQ, b""))
    tests = {place for place, hits in checked.found.items() if not _tells(checked.snapshot, hits)}
    if not pdqs or not tests:
        return pdqs
    kept = (at for at, place in enumerate(asked.places[HashType.PDQ]) if place not in tests)
    return b"".join(pdqs[at * PDQ_BYTES : (at + 1) * PDQ_BYTES] for at in kept)


def variants_in(sample: Digests, recent: Digests) -> int:
    """How many are nearly, but not quite, equal to one of `recent` or to one before them."""
    earlier = np.concatenate((recent, sample))
    bits = np.bitwise_count(sample[:, None] ^ earlier).sum(axis=2, dtype=np.int64)
    is_before = np.tri(len(sample), len(earlier), len(recent) - 1, dtype=np.bool_)
    return int((IS_VARIANT[bits] & is_before).any(axis=1).sum())


def _tells(snapshot: Snapshot, hits: Sequence[Found]) -> bool:
    """Whether something was matched that not everybody may know of."""
    return any(snapshot.lists[hit.list_id].list_class is not ListClass.TEST for hit in hits)


def _is_near(hits: Sequence[Found]) -> bool:
    return any(hit.type is HashType.PDQ and hit.distance for hit in hits)
