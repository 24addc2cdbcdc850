"""The whole platform and Debian's Chromium, for tests that look at pages as people do.

Without Chromium these tests are skipped, aloud; with CI=true the skip is a failure.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from infra.ports import free_base, port_plan
from infra.startup import Platform, running_platform
from infra.state import throw_away_state
from tests.browser.chromium import FLAGS, NO_CHROMIUM, chromium_path
from tests.browser.family import Family
from tests.browser.inspection import Inspection, inspect
from tests.browser.people import People
from tests.browser.stage import Stage

HERE = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep these tests together: a browser's event loop must be gone before other tests go on.

    While it stands, `asyncio.run` refuses in the whole process.
    """
    items.sort(key=lambda item: item.path.is_relative_to(HERE))


@pytest.fixture(scope="package")
def chromium_binary() -> str:
    path = chromium_path()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail(NO_CHROMIUM)
    if path is None:
        pytest.skip(NO_CHROMIUM)
    return path


@pytest.fixture(scope="package")
def browser(chromium_binary: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def platform(chromium_binary: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """Started only when there is a browser to look at it."""
    logs = tmp_path_factory.mktemp("logs")
    ports = port_plan(free_base())
    with running_platform(throw_away_state(), ports, logs, throw_away=True) as platform:
        yield platform


@pytest.fixture(scope="package")
def people(browser: Browser, platform: Platform) -> Iterator[People]:
    people = People(browser, platform)
    yield people
    people.close()


@pytest.fixture(scope="package")
def stage(platform: Platform, people: People) -> Stage:
    return Stage(platform, people)


@pytest.fixture(scope="package")
def inspected(stage: Stage) -> Callable[[Family], Inspection]:
    """Each page is opened and measured once, by the test that asks first."""
    known: dict[Family, Inspection] = {}

    def of(family: Family) -> Inspection:
        if family not in known:
            known[family] = inspect(stage, family)
        return known[family]

    return of
