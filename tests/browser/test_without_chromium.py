import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.state import CHECKOUT
from tests.browser.chromium import NO_CHROMIUM

pytestmark = pytest.mark.timeout(300)


@pytest.mark.requirement("PF-RUN-6")
@pytest.mark.parametrize(
    ("ci", "code", "word"), [("", 0, "skipped"), ("true", 1, "error")], ids=["here", "in CI"]
)
def test_without_chromium_the_tests_are_skipped_and_in_ci_that_fails(
    tmp_path: Path, ci: str, code: int, word: str
) -> None:
    one = "tests/browser/test_quick_exit.py::test_one_click_leaves"
    run = subprocess.run(  # noqa: S603  this very interpreter
        [sys.executable, "-m", "pytest", "-q", "-rs", "-n", "0", "-p", "no:cacheprovider", one],
        cwd=CHECKOUT,
        env=os.environ | {"PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == code, run.stdout
    assert NO_CHROMIUM in run.stdout
    assert f"1 {word}" in run.stdout
