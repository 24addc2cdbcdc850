"""Damaged pictures are refused or hashed; none crashes or holds up the service."""

import random
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from imaging import ImageRefused, ImageWorker

from tests.imaging.pictures import animated, encoded, picture

MUTANTS = 300
LONGEST_SECONDS = 4


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Generated pictures with bytes changed, cut out, repeated or cut off."""
    rng = random.Random(seed)  # noqa: S311 - reproducible, not secret
    whole = [
        encoded(picture(90, 70), "JPEG"),
        encoded(picture(90, 70), "JPEG", progressive=True),
        encoded(picture(90, 70), "PNG"),
        encoded(picture(90, 70).convert("P"), "PNG"),
        encoded(picture(90, 70), "WEBP"),
        encoded(picture(90, 70), "WEBP", lossless=True),
        encoded(picture(90, 70), "GIF"),
        animated("GIF", 4),
        animated("PNG", 4),
        animated("WEBP", 4),
    ]
    for _ in range(count):
        data = bytearray(rng.choice(whole))
        for _ in range(rng.randint(1, 12)):
            data[rng.randrange(len(data))] = rng.randrange(256)
        at, length = rng.randrange(len(data)), rng.randint(1, 40)
        match rng.randrange(4):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = data[at : at + length]
            case 2:
                del data[at:]
        yield bytes(data)


@pytest.mark.requirement("SEC-S2")
def test_mutated_pictures_crash_nothing_and_hold_up_nothing() -> None:
    outcomes: Counter[str] = Counter()
    with ImageWorker() as worker:
        before = worker.pid
        for data in mutants(MUTANTS, seed=2026):
            started = time.monotonic()
            try:
                worker.hash_image(data)
                outcomes["hashed"] += 1
            except ImageRefused as refusal:
                outcomes[refusal.code] += 1
            assert time.monotonic() - started < LONGEST_SECONDS
        after = worker.pid

    assert after == before
    assert outcomes.total() == MUTANTS
    assert outcomes["hashed"] > 0
    assert outcomes["image_unreadable"] > 0
