"""The whole platform and Debian's Chromium, for tests that look at pages as people do.

Without Chromium these tests are skipped, aloud; with CI=true the skip is a failure.
"""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from infra.ports import free_base, port_plan
from infra.startup import Platform, running_platform
from infra.state import throw_away_state
from tests.browser.chromium import FLAGS, chromium_path

NO_CHROMIUM = "there is no Chromium: apt-get install chromium"


@pytest.fixture(scope="session")
def chromium_binary() -> str:
    path = chromium_path()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(NO_CHROMIUM)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    return path


@pytest.fixture(scope="session")
def browser(chromium_binary: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def platform(chromium_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Started only when there is a browser to look at it."""
    logs = tmp_path_factory.mktemp("logs")
    ports = port_plan(free_base())
    with running_platform(throw_away_state(), ports, logs, throw_away=True) as platform:
        yield platform


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own, with JavaScript, in Dutch."""
    context = browser.new_context(locale="nl-NL")
    yield context
    context.close()


@pytest.fixture
def plain_context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of its own in which JavaScript is off."""
    context = browser.new_context(locale="nl-NL", java_script_enabled=False)
    yield context
    context.close()
