"""Where Chromium is, how it starts without asking the internet anything, and what axe finds."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from playwright.sync_api import Page

NO_CHROMIUM = "there is no Chromium: apt-get install chromium-headless-shell"
# The first does without what only a window needs, at a third of the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No page elsewhere is ever reached, whatever leads there.
    "--host-resolver-rules=MAP * ~NOTFOUND"
    ", EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
]
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # What is right need not be described.
    "resultTypes": ["violations"],
}
# What colours and the width of a page can change; the rest of it stays as it was.
RULES_OF_LOOKS = {**RULES, "runOnly": ["color-contrast", "link-in-text-block", "target-size"]}
FAULTS = """async (rules) => (await axe.run(document, rules)).violations.flatMap(
    (fault) => fault.nodes.map((node) => `${fault.id}: ${[node.target[0]].flat().join(" ")}`))"""


def chromium_path() -> str | None:
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def chromium_or_skip() -> str:
    """Where Chromium is; without it the test is skipped, and with CI=true it fails."""
    path = chromium_path()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(NO_CHROMIUM)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    return path


def accessibility_faults(page: Page, rules: Mapping[str, Any] = RULES) -> list[str]:
    """One line for each fault that axe finds; the page's own content policy stays in force."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text())
    found: list[str] = page.evaluate(FAULTS, dict(rules))
    return found
