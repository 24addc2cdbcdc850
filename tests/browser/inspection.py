"""What is measured on a page, once, for all tests that ask about it."""

from dataclasses import dataclass

from playwright.sync_api import Page, ViewportSize

from tests.browser.chromium import RULES_OF_LOOKS, accessibility_faults
from tests.browser.family import Family
from tests.browser.stage import Stage

WIDE: ViewportSize = {"width": 1280, "height": 800}
NARROW: ViewportSize = {"width": 390, "height": 844}
# Whom people reach by telephone, and at night.
CALLERS_FACES = ("website",)

STICKS_OUT = """() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll("body *")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .filter((element) => !element.closest(".table, .places"))
        .map((element) => `${element.tagName} ${element.className}`)
        .slice(0, 5)
        .concat(`page is ${document.documentElement.scrollWidth} wide`);
}"""
# Chromium shows the focus of what a script focuses when the keyboard was used last.
NO_FOCUS = """() => {
    const ring = (element) => {
        const style = getComputedStyle(element);
        return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 3;
    };
    const sees = (element) => element.checkVisibility({visibilityProperty: true});
    const all = document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']");
    return [...all].filter((element) => sees(element) && !element.disabled)
        .filter((element) => {
            element.focus();
            return !ring(element) && !ring(element.closest(".choice") ?? element);
        })
        .map((element) => element.outerHTML.slice(0, 120));
}"""
MOVES = """() => [...document.querySelectorAll("*")]
    .filter((element) => {
        const style = getComputedStyle(element);
        return [style.transitionDuration, style.animationDuration]
            .some((durations) => durations.split(",").some((one) => parseFloat(one) > 0));
    })
    .map((element) => element.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Inspection:
    """Lists of faults, each empty on a page that is as it should be."""

    address: str
    accessibility: list[str]
    sticking_out: list[str]
    without_focus_ring: list[str]
    moving: list[str]
    complaints: list[str]
    foreign_requests: list[str]
    cookies: list[str]


def inspect(stage: Stage, family: Family) -> Inspection:
    page = family.open(stage)
    page.set_viewport_size(WIDE)
    accessibility = accessibility_faults(page)
    page.set_viewport_size(NARROW)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    if family.face in CALLERS_FACES:
        accessibility += accessibility_faults(page, RULES_OF_LOOKS)
    found = Inspection(
        address=page.url,
        accessibility=accessibility,
        sticking_out=page.evaluate(STICKS_OUT),
        without_focus_ring=_without_focus_ring(page),
        moving=page.evaluate(MOVES),
        complaints=stage.people.watch.complaints.pop(page, []),
        foreign_requests=stage.people.watch.foreign_requests.pop(page, []),
        cookies=[cookie.get("name", "") for cookie in page.context.cookies()],
    )
    page.close()
    return found


def _without_focus_ring(page: Page) -> list[str]:
    page.keyboard.press("Tab")
    found: list[str] = page.evaluate(NO_FOCUS)
    return found
