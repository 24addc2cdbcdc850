from pathlib import Path

import pytest

from tests.browser.chromium import NO_CHROMIUM, chromium_or_skip


@pytest.mark.requirement("PF-RUN-6")
@pytest.mark.parametrize(
    ("ci", "outcome"),
    [("", pytest.skip.Exception), ("true", pytest.fail.Exception)],
    ids=["here", "in CI"],
)
def test_without_chromium_the_tests_are_skipped_and_in_ci_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=NO_CHROMIUM):
        chromium_or_skip()
