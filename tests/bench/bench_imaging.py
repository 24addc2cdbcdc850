"""Hashing beside the plain way of the libraries, in one run: `make bench-imaging`.

Figures are CPU time of this process, the same picture by each way in turn, so that noise of the
machine meets all alike. Only ratios mean something elsewhere.
"""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import pytest
from imaging import ImageHashes, hash_image
from imaging.isolated import worker_environment

from tests.bench.oracle import REFERENCE, plain_hashes, reference
from tests.bench.photos import photos
from tests.imaging.pictures import encoded, scene

PICTURES = 200
LEAST_RATIO = 4.5
# A busy machine may take this much of a target.
NOISE = 0.8
# Isolation may cost a batch a quarter of its hashing.
MOST_FOR_A_BATCH = 1.25
ROUNDING_BITS = 6
FAST_DRIFT_BITS = 22

Answer = TypeVar("Answer")


@dataclass
class Measured:
    plain: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    fast: list[float] = field(default_factory=list)
    pdq_bits: list[int] = field(default_factory=list)
    phash_bits: list[int] = field(default_factory=list)
    quality_steps: list[int] = field(default_factory=list)
    fast_pdq_bits: list[int] = field(default_factory=list)
    fast_phash_bits: list[int] = field(default_factory=list)
    file_hashes_differ: int = 0


def timed(seconds: list[float], work: Callable[[bytes], Answer], data: bytes) -> Answer:
    started = time.process_time()
    answer = work(data)
    seconds.append(time.process_time() - started)
    return answer


def bits_between(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def measure(count: int) -> Measured:
    seen = Measured()
    for data in photos(count):
        plain = timed(seen.plain, plain_hashes, data)
        own = timed(seen.own, hash_image, data)
        fast = timed(seen.fast, partial(hash_image, fast=True), data)
        compare(seen, plain, own)
        seen.fast_pdq_bits.append(bits_between(fast.pdq, own.pdq))
        seen.fast_phash_bits.append(bits_between(fast.phash, own.phash))
    return seen


def compare(seen: Measured, plain: tuple[str, str, str, str, str, int], own: ImageHashes) -> None:
    seen.file_hashes_differ += plain[:3] != (own.md5, own.sha1, own.sha256)
    seen.phash_bits.append(bits_between(plain[3], own.phash))
    seen.pdq_bits.append(bits_between(plain[4], own.pdq))
    seen.quality_steps.append(abs(plain[5] - own.quality))


def drift(bits: list[int]) -> str:
    most_of_them = sorted(bits)[len(bits) * 95 // 100]
    return f"mean {statistics.mean(bits):.1f}, 95 % {most_of_them}, most {max(bits)}"


def ratio(seen: Measured, way: list[float]) -> float:
    """How many pictures it hashes while the plain way hashes one."""
    return sum(seen.plain) / sum(way)


def rows(seen: Measured) -> Iterator[str]:
    yield f"{len(seen.plain)} photographs, milliseconds of one core for each, times the plain way"
    ways = {
        "Pillow, imagehash, pdqhash, hashlib": seen.plain,
        "hash_image": seen.own,
        "hash_image, fast": seen.fast,
    }
    for name, way in ways.items():
        yield f"  {name:36} {statistics.mean(way) * 1e3:7.1f}  {ratio(seen, way):5.1f} x"
    yield f"  PDQ from pdqhash, bits               {drift(seen.pdq_bits)}"
    yield f"  quality from pdqhash, steps          {drift(seen.quality_steps)}"
    yield f"  pHash from imagehash, bits           {drift(seen.phash_bits)}"
    yield f"  fast: PDQ drifts by bits             {drift(seen.fast_pdq_bits)}"
    yield f"  fast: pHash drifts by bits           {drift(seen.fast_phash_bits)}"


@pytest.mark.requirement("HM-SPEED-1")
@pytest.mark.requirement("HM-PDQ-1")
@pytest.mark.requirement("HM-HASH-3")
def test_hashing_is_several_times_as_fast_as_the_libraries() -> None:
    hash_image(encoded(scene(64, 64, 0), "PNG"))
    seen = measure(PICTURES)
    sys.stdout.write("\n" + "\n".join(rows(seen)) + "\n")

    assert seen.file_hashes_differ == 0
    assert max(seen.pdq_bits) <= ROUNDING_BITS
    assert max(seen.fast_pdq_bits) <= FAST_DRIFT_BITS
    assert ratio(seen, seen.own) >= LEAST_RATIO * NOISE


@pytest.mark.requirement("HM-SPEED-1")
def test_isolation_costs_a_batch_a_quarter_at_most() -> None:
    command = [sys.executable, "-m", "tests.bench.isolation"]
    done = subprocess.run(command, env=worker_environment(), capture_output=True, check=True)  # noqa: S603
    seconds = json.loads(done.stdout)
    plain = seconds["in one process"]
    told = [
        f"  {name:36} {each * 1e3:7.1f}  {each / plain:5.2f} x" for name, each in seconds.items()
    ]
    sys.stdout.write("\nhash_image with the walls around it\n" + "\n".join(told) + "\n")

    assert seconds["in a fork by eight"] <= MOST_FOR_A_BATCH / NOISE * plain


@pytest.mark.requirement("HM-PDQ-1")
def test_the_committed_reference_is_what_the_oracle_says_today() -> None:
    """`python -m tests.bench.oracle` writes it again."""
    assert json.loads(REFERENCE.read_text()) == reference()
