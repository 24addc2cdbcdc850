"""What the shared index costs as the list grows: `python -m tests.bench.growth 100000 1000000`.

Random PDQ hashes, misses, other queries each time; CPU time of one thread.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from hashcheck.domain.check import RADIUS
from hashcheck.matching import warm
from hashcheck.use_cases.known_hashes import KnownHashes, Packed
from shared.domain.content_hash import HashType

from tests.bench.timing import Way, timed

SIZES = (1, 64, 1_024)
QUERIES = 16_384
PDQ_BYTES, ID_BYTES, VERSION_BYTES = 32, 16, 8
ROUNDS = 3


def columns(rows: int) -> Packed:
    chance = np.random.default_rng(rows)
    return Packed(
        digests=chance.bytes(rows * PDQ_BYTES),
        entry_ids=chance.bytes(rows * ID_BYTES),
        list_ids=bytes(rows * ID_BYTES),
        versions=bytes(rows * VERSION_BYTES),
    )


def asking(known: KnownHashes, size: int) -> Way:
    chance = np.random.default_rng(size)
    number = max(1, (QUERIES if size > 1 else QUERIES // 8) // size)

    def ask() -> None:
        for _ in range(number):
            known.hits(HashType.PDQ, chance.bytes(size * PDQ_BYTES))

    return Way(ask, number * size)


def report(rows: int) -> str:
    packed = columns(rows)
    began = time.process_time()
    made = KnownHashes({HashType.PDQ: packed}, RADIUS)
    built = time.process_time() - began
    with tempfile.TemporaryDirectory(dir="/dev/shm") as name:
        folder = Path(name) / "base"
        began = time.process_time()
        made.save(folder)
        saved = time.process_time() - began
        del made, packed
        began = time.process_time()
        known = KnownHashes.open(folder, RADIUS)
        opened = time.process_time() - began
        size = sum(each.stat().st_size for each in folder.rglob("*.bin"))
        rates = timed({str(each): asking(known, each) for each in SIZES}, ROUNDS)
    told = ", ".join(f"{each} a call {rates[str(each)].rate:,.0f}" for each in SIZES)
    return (
        f"{rows:>11,} rows: build {built:.2f} s, save {saved:.2f} s, verify and open"
        f" {opened:.2f} s, {size / rows:.1f} bytes a row; per CPU second: {told}"
    )


def main() -> None:
    warm()
    sys.stdout.write(f"{os.cpu_count()} cores\n")
    for rows in map(int, sys.argv[1:]):
        sys.stdout.write(report(rows) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
