"""Sends damaged pictures to the isolated worker: each is hashed or refused, none hurts it.

Promised: the process that forks never dies, and no picture takes longer than three seconds.
`python -m tests.drills.imaging --pictures 20000`
"""

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from imaging import ImageRefused, ImageWorker

from tests.imaging.pictures import animated, encoded, picture

LONGEST_SECONDS = 3.0
PICTURES = 20_000
AT_A_TIME = 500


@dataclass
class Count:
    """What became of the pictures."""

    outcomes: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0
    deaths: int = 0

    @property
    def faults_found(self) -> list[str]:
        """What was promised and not kept, one line each."""
        found = {
            "the worker died": self.deaths > 0,
            "a picture held it up": self.slowest > LONGEST_SECONDS,
            "nothing was hashed": self.outcomes["hashed"] == 0,
            "nothing was refused": self.outcomes["image_unreadable"] == 0,
        }
        return [complaint for complaint, is_so in found.items() if is_so]

    def lines(self) -> list[str]:
        return [
            *(f"{name:24} {number}" for name, number in sorted(self.outcomes.items())),
            f"{'slowest, in seconds':24} {self.slowest:.2f}",
            f"{'deaths of the worker':24} {self.deaths}",
        ]


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Generated pictures with bytes changed, cut out, repeated or cut off."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    whole = _whole_pictures()
    for _ in range(count):
        data = bytearray(chance.choice(whole))
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        at, length = chance.randrange(len(data)), chance.randint(1, 40)
        match chance.randrange(4):
            case 0:
                del data[at : at + length]
            case 1:
                data[at:at] = data[at : at + length]
            case 2:
                del data[at:]
        yield bytes(data)


def _whole_pictures() -> list[bytes]:
    image = picture(90, 70)
    return [
        encoded(image, "JPEG"),
        encoded(image, "JPEG", progressive=True),
        encoded(image.convert("CMYK"), "JPEG"),
        encoded(image, "PNG"),
        encoded(image.convert("P"), "PNG"),
        encoded(image, "WEBP"),
        encoded(image, "WEBP", lossless=True),
        encoded(image, "GIF"),
        animated("GIF", 4),
        animated("PNG", 4),
        animated("WEBP", 4),
    ]


def drill(pictures: int, seed: int) -> Count:
    """Two pictures at a time on two processors, and so on."""
    count = Count()
    at_once = os.cpu_count() or 1
    with ImageWorker(at_once) as worker, ThreadPoolExecutor(at_once) as threads:
        pid = worker.pid
        for start in range(0, pictures, AT_A_TIME):
            batch = mutants(min(AT_A_TIME, pictures - start), seed + start)
            for outcome, seconds in threads.map(lambda data: _tried(worker, data), batch):
                count.outcomes[outcome] += 1
                count.slowest = max(count.slowest, seconds)
        count.deaths = int(worker.pid != pid)
    return count


def _tried(worker: ImageWorker, data: bytes) -> tuple[str, float]:
    started = time.monotonic()
    try:
        worker.hash_image(data)
    except ImageRefused as refusal:
        return refusal.code, time.monotonic() - started
    return "hashed", time.monotonic() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="drill-imaging")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--seed", type=int, default=None, help="repeat a drill")
    wanted = parser.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(10**6)  # noqa: S311
    sys.stdout.write(f"{wanted.pictures} damaged pictures, seed {seed}\n")
    count = drill(wanted.pictures, seed)
    faults = count.faults_found
    sys.stdout.write("\n".join([*count.lines(), *(f"BROKEN: {fault}" for fault in faults), ""]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
