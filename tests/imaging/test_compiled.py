"""Kernels are there whatever happened to the place where compiled code is kept."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from imaging.compiled import compiled
from numba import types

PROGRAM = """
from numba import types
from imaging.compiled import compiled

@compiled(types.int64(types.int64))
def doubled(number):
    return 2 * number

print(doubled(21), len(doubled.stats.cache_hits))
"""


def run(script: Path, kept: Path) -> str:
    environment = os.environ | {"NUMBA_CACHE_DIR": str(kept)}
    command = [sys.executable, str(script)]
    return subprocess.run(  # noqa: S603 - our own
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.requirement("HM-KERNEL-1")
def test_compiled_code_is_kept_and_damage_to_it_is_survived(tmp_path: Path) -> None:
    script, kept = tmp_path / "doubled.py", tmp_path / "kept"
    script.write_text(PROGRAM)

    assert run(script, kept) == "42 0"
    assert run(script, kept) == "42 1"
    for path in kept.rglob("*.nb?"):
        path.write_bytes(b"damaged")
    assert run(script, kept) == "42 0"


@pytest.mark.requirement("HM-KERNEL-1")
def test_where_nothing_can_be_kept_it_is_compiled_all_the_same() -> None:
    # A function without a file has no place for its compiled code.
    names: dict[str, object] = {}
    exec("def tripled(number):\n    return 3 * number", names)  # noqa: S102
    tripled = compiled(types.int64(types.int64))(names["tripled"])  # type: ignore[type-var]

    assert tripled(14) == 42  # type: ignore[operator]


@pytest.mark.requirement("HM-KERNEL-1")
def test_a_fault_in_a_kernel_is_not_hidden() -> None:
    def faulty(number: int) -> int:
        return number + "one"  # type: ignore[operator]

    with pytest.raises(Exception, match="add"):
        compiled(types.int64(types.int64))(faulty)
