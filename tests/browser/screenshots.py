"""`make screenshots`: a picture of every page, narrow and wide, light and dark.

The platform starts for the occasion with nothing in it. First come the pages that are worth a look
while they are empty, then it is filled with long names and long lists, then come all pages, and at
last those of a platform of which one part does not answer.
"""

import argparse
import html
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Literal

from playwright.sync_api import FloatRect, Page, sync_playwright

from infra.ports import free_base, port_plan
from infra.startup import aloud, running_platform
from infra.state import CHECKOUT, CannotStart, throw_away_state
from tests.browser.all_families import ALL
from tests.browser.chromium import FLAGS, NO_CHROMIUM, chromium_path
from tests.browser.crowd import fill
from tests.browser.family import Family
from tests.browser.people import People
from tests.browser.stage import Stage

FOLDER = CHECKOUT / ".dev" / "screenshots"
LOGS = CHECKOUT / ".dev" / "logs" / "screenshots"
SCREENS = ((390, 844), (1280, 800))
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Chromium cannot paint a page that is higher than this.
TALLEST = 12_000
# A chart has a file for each scheme and width. The old one stays until the new one has come.
PAINTED = """() => [...document.querySelectorAll("picture")].every((picture) => {
    const image = picture.querySelector("img");
    const source = [...picture.querySelectorAll("source")].find(
        (one) => matchMedia(one.media).matches);
    const wanted = new URL(source ? source.srcset : image.src, document.baseURI).href;
    return image.complete && image.currentSrc === wanted;
})"""
STYLE = (
    "body{font:16px system-ui;margin:2rem;background:#888}img{max-width:100%;vertical-align:top}"
    "section{display:grid;grid-template-columns:1fr 1fr 3fr 3fr;gap:1rem;align-items:start}"
)


def take_pictures(stage: Stage, families: Sequence[Family], folder: Path, mark: str = "") -> None:
    for family in families:
        page = family.open(stage)
        for width, height in SCREENS:
            page.set_viewport_size({"width": width, "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.wait_for_function(PAINTED)
                path = folder / f"{family}{mark}--{width}-{scheme}.png"
                page.screenshot(path=path, full_page=True, clip=_whole(page))
        aloud(f"  {family}{mark}")
        page.close()


def _whole(page: Page) -> FloatRect:
    """The whole page, or what of a very long one can be painted; what sticks out is seen too."""
    width, height = page.evaluate("""() => {
        const root = document.documentElement;
        return [root.scrollWidth, root.scrollHeight];
    }""")
    return {"x": 0, "y": 0, "width": width, "height": min(height, TALLEST)}


def write_index(folder: Path) -> Path:
    """One page with all pictures, those of one family in a row."""
    names = sorted(path.name for path in folder.glob("*.png"))
    rows = [
        f"<h2>{html.escape(family)}</h2><section>"
        + "".join(f'<a href="{name}"><img loading="lazy" alt="" src="{name}"></a>' for name in row)
        + "</section>"
        for family, row in groupby(names, key=lambda name: name.rpartition("--")[0])
    ]
    index = folder / "index.html"
    index.write_text(f"<!doctype html><title>Pages</title><style>{STYLE}</style>{''.join(rows)}")
    return index


def _chosen(words: Sequence[str]) -> Iterator[Family]:
    return (family for family in ALL if not words or any(word in str(family) for word in words))


def main() -> int | str:
    """Returns what went wrong, as one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("word", nargs="*", help="only the families with this in their name")
    families = list(_chosen(parser.parse_args().word))
    binary, started = chromium_path(), time.monotonic()
    if binary is None:
        return NO_CHROMIUM
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        with (
            running_platform(
                throw_away_state(), port_plan(free_base()), LOGS, throw_away=True
            ) as platform,
            sync_playwright() as playwright,
            playwright.chromium.launch(executable_path=binary, args=FLAGS) as browser,
        ):
            stage = Stage(platform, People(browser, platform))
            empty = [family for family in families if family.empty_too]
            take_pictures(stage, empty, FOLDER, "-empty")
            fill(stage)
            take_pictures(stage, families, FOLDER)
    except CannotStart as problem:
        return str(problem)
    count = len(list(FOLDER.glob("*.png")))
    aloud(f"{count} pictures in {time.monotonic() - started:.0f} s: {write_index(FOLDER)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
