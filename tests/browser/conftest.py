"""The whole platform and Debian's Chromium, for tests that look at pages as people do.

Without Chromium these tests are skipped, aloud; with CI=true the skip is a failure.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from infra.startup import Platform
from tests.browser.chromium import FLAGS, chromium_or_skip
from tests.browser.family import Family
from tests.browser.inspection import Inspection, inspect
from tests.browser.people import People
from tests.browser.stage import Stage
from tests.whole_platform import WholePlatform


@pytest.fixture(scope="package")
def chromium_binary() -> str:
    return chromium_or_skip()


@pytest.fixture(scope="package")
def browser(chromium_binary: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_binary, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def platform(chromium_binary: str, request: pytest.FixtureRequest) -> Platform:
    """Asked for only when there is a browser to look at it."""
    whole: WholePlatform = request.getfixturevalue("shared_platform")
    return whole.platform


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
