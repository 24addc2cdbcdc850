"""With compiled kernels and without: the same answers, and no compilation inside a call."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hashcheck.matching import Index

from tests.hashcheck.matching.shapes import LENGTH, SHAPES, asked

SHAPE = {"pdq": "natural", "phash": "clustered"}

# Answers the questions in a folder, in a process in which numba cannot be imported.
PLAINLY = """
import sys
sys.modules["numba"] = None
import numpy as np
from pathlib import Path
from hashcheck.matching import Index, warm
from hashcheck.matching.intrinsics import COMPILED
assert not COMPILED
warm()
folder = Path(sys.argv[1])
for questions in folder.glob("*.questions.npy"):
    kind = questions.name.split(".")[0]
    asked = np.load(questions)
    for name, index in {
        "mapped": Index.open(folder / kind),
        "built": Index.build(kind, np.load(folder / f"{kind}.rows.npy")),
    }.items():
        np.save(folder / f"{kind}.{name}.npy", np.stack(index.search(asked)))
"""

# Uses everything in every way after warming, and compares which kernels there are for which types.
WARMED = """
import sys
import numpy as np
from pathlib import Path
from hashcheck.matching import AmendedIndex, Index, warm
from hashcheck.matching import build_kernel, candidate_kernel, equal_kernel, near_kernel

def kernels():
    return {
        kernel: list(kernel.signatures)
        for module in (build_kernel, candidate_kernel, equal_kernel, near_kernel)
        for kernel in vars(module).values()
        if hasattr(kernel, "signatures")
    }

warm()
warmed = kernels()
assert sum(map(len, warmed.values()))
folder = Path(sys.argv[1])
for kind, length in {"md5": 16, "sha1": 20, "sha256": 32, "pdq": 32, "phash": 8}.items():
    rows = np.random.default_rng(6).integers(0, 256, (1500, length), np.uint8)
    index = Index.build(kind, rows)
    index.save(folder / kind)
    mapped = Index.install(folder / kind, folder / (kind + "-installed"))
    amended = AmendedIndex(mapped).amended(rows[:40].tobytes(), [1])
    for size in (1, 700):
        packed = rows[:size].tobytes()
        unaligned = memoryview(b"x" + packed)[1:]
        for given in (rows[:size], packed, bytearray(packed), unaligned, rows[:size:2]):
            amended.search(given)
            index.search(given)
assert kernels() == warmed
"""


@pytest.mark.requirement("HM-PLAIN-1")
def test_without_numba_the_answers_are_the_same(tmp_path: Path) -> None:
    random = np.random.default_rng(5)
    expected = {}
    for kind, length in LENGTH.items():
        rows = SHAPES[SHAPE.get(kind, "clustered")](random, 1_500, length)
        questions = asked(random, rows, 200, 31 if kind == "pdq" else 0)
        index = Index.build(kind, rows)
        index.save(tmp_path / kind)
        np.save(tmp_path / f"{kind}.rows.npy", rows)
        np.save(tmp_path / f"{kind}.questions.npy", questions)
        expected[kind] = np.stack(index.search(questions))

    subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", PLAINLY, str(tmp_path)], check=True, timeout=100
    )

    for kind, answer in expected.items():
        assert answer.size
        assert np.array_equal(np.load(tmp_path / f"{kind}.mapped.npy"), answer)
        assert np.array_equal(np.load(tmp_path / f"{kind}.built.npy"), answer)


@pytest.mark.requirement("HM-KERNEL-1")
def test_after_warming_no_call_compiles(tmp_path: Path) -> None:
    subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", WARMED, str(tmp_path)], check=True, timeout=110
    )
