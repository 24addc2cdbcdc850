"""What isolation costs: CPU time of a picture in this process, alone in a fork, and in a batch.

Run by bench_imaging in a process with the environment of the worker; prints JSON.
"""

import json
import os
import sys
from collections.abc import Sequence

from imaging.sandbox import enter_sandbox
from imaging.wire import HASH
from imaging.worker import answer, warm_up

from tests.bench.photos import photos

PICTURES = 48
BATCH = 8


def forked(batch: Sequence[bytes]) -> float:
    """Seconds of a child that hashes them behind the walls, and of forking it."""
    before = sum(os.times()[:2])
    child = os.fork()
    if child == 0:
        enter_sandbox()
        for data in batch:
            answer(HASH, data)
        os._exit(0)
    _, status, used = os.wait4(child, 0)
    if status:
        sys.exit("a child did not end well")
    return used.ru_utime + used.ru_stime + sum(os.times()[:2]) - before


def within(batch: Sequence[bytes]) -> float:
    before = sum(os.times()[:2])
    for data in batch:
        answer(HASH, data)
    return sum(os.times()[:2]) - before


def main() -> None:
    warm_up()
    pictures = list(photos(PICTURES))
    batches = [pictures[at : at + BATCH] for at in range(0, PICTURES, BATCH)]
    seconds = {
        "in one process": sum(within(batch) for batch in batches),
        "alone in a fork": sum(forked([data]) for data in pictures),
        "in a fork by eight": sum(forked(batch) for batch in batches),
    }
    print(json.dumps({name: total / PICTURES for name, total in seconds.items()}))  # noqa: T201


if __name__ == "__main__":
    main()
