"""The platform with people before it, and what has to exist before some pages can be looked at.

Everything is made through the pages that people use, once, by whoever needs it first.
"""

import secrets
from datetime import datetime, timedelta
from functools import cached_property
from uuid import uuid4

from playwright.sync_api import Page
from shared.ui.formats import HOUSE_ZONE

from infra.peers.pictures import EXACTLY_KNOWN, NEARLY_KNOWN
from infra.peers.site import HOST, PICTURES_PATH
from infra.startup import Platform
from infra.story import citizen
from infra.story.telling import wait_for
from infra.story.visitor import Visitor
from tests.browser.people import DUTCH, People, origin_of
from tests.whole_platform import forget_limit

# How often one network may report before it is asked to wait.
REPORTS_AT_ONCE = 30
# Of the site; its pictures are there, whoever took down others before.
FOLDER = "browser"
NOTE = "De tweede foto staat halverwege de pagina, onder het kopje met de datum."
SECONDS_TO_FETCH = 60


class Stage:
    def __init__(self, platform: Platform, people: People) -> None:
        self.platform = platform
        self.people = people
        self.website = origin_of(platform, "website")
        self.site = f"http://{HOST}:{platform.installation.ports['site']}/{FOLDER}"
        self._open_lines: set[str] = set()

    def visit(self, face: str, path: str, *, language: str = DUTCH) -> Page:
        """What a visitor without any standing sees at `path`."""
        page = self.people.visitor(language)
        page.goto(origin_of(self.platform, face) + path)
        return page

    def work(self, face: str, name: str, path: str) -> Page:
        """What `name` sees at `path`, signed in."""
        page = self.people.staff(face, name)
        page.goto(origin_of(self.platform, face) + path)
        return page

    def new_address_of(self, picture: str) -> str:
        """An address nobody has reported; the site gives the same picture whatever the query."""
        return f"{self.site}{PICTURES_PATH}{picture}?seen={secrets.token_hex(4)}"

    @cached_property
    def known(self) -> str:
        """Decided by the hash list as soon as it is fetched; its removal begins by itself."""
        return self.new_address_of(EXACTLY_KNOWN)

    @cached_property
    def undecided(self) -> str:
        """Waits for a person, with some answers filled in."""
        return self.new_address_of(NEARLY_KNOWN)

    @cached_property
    def receipt(self) -> citizen.Receipt:
        """Of the report that names both."""
        return citizen.report(self.website, [self.known, self.undecided], NOTE)

    @cached_property
    def held(self) -> str:
        """The path of an address with a picture that Bram holds."""
        self._entry("bram", "/urls", self.undecided)
        page = self.work("hotline", "bram", "/urls")
        for _ in range(SECONDS_TO_FETCH):
            page.locator('form[action="/urls/next"] button').click()
            if self.undecided.rpartition("=")[2] in page.locator("h1").inner_text():
                break
            page.keyboard.press("g")
            page.keyboard.press("s")
            page.wait_for_url("**/urls?told=*")
        path = page.url.removeprefix(origin_of(self.platform, "hotline"))
        page.close()
        return path.partition("?")[0]

    @cached_property
    def removal(self) -> str:
        """The path of the removal of what the hash list knew."""
        return self._entry("daan", "/removals?show=open", self.known)

    @cached_property
    def report(self) -> str:
        """The path of the report, for staff."""
        assert self.receipt
        page = self.work("hotline", "noor", "/reports")
        link = page.locator("tbody tr a").first.get_attribute("href")
        page.close()
        assert link
        return link

    def open_line(self, line: str) -> None:
        """Its chat is open today and tomorrow, and somebody is there to answer."""
        if line in self._open_lines:
            return
        self._open_lines.add(line)
        page = self.work(line, "coordinator", "/opening")
        today = datetime.now(HOUSE_ZONE).date()
        for day in (today, today + timedelta(days=1)):
            form = page.locator("form[action='/opening/rules']")
            form.locator("[name=weekday]").select_option(str(day.weekday()))
            form.locator("[name=opens]").fill("00:00")
            form.locator("[name=closes]").fill("23:59")
            form.locator("button").click()
            page.wait_for_url("**/opening?told=*")
        page.close()
        page = self.work(line, "worker", "/chats")
        page.locator("form[action='/chats/presence'] button").click()
        page.wait_for_url("**/chats?told=present")
        page.close()

    def _entry(self, name: str, path: str, address: str) -> str:
        """The page of the row of a list of the hotline that names `address`, once it is there."""
        assert self.receipt
        page = self.work("hotline", name, path)
        row = page.locator("tbody tr", has_text=address.rpartition("=")[2])

        def look() -> str | None:
            page.reload()
            return row.locator("a").first.get_attribute("href") if row.count() else None

        found = wait_for(f"{address} on {path}", look, SECONDS_TO_FETCH)
        page.close()
        return found

    def use_up_reports(self) -> None:
        """Report the same under one key until the website asks to wait."""
        fields = {
            "key": str(uuid4()),
            "danger": "no",
            "addresses": self.known,
            "contact": "anonymous",
        }
        with Visitor(self.website) as visitor:
            for _ in range(REPORTS_AT_ONCE):
                visitor.client.post("/report", data=fields)

    def forget_reports(self) -> None:
        """Nobody has to wait any more before a report."""
        forget_limit(self.platform, "report")

    def forget_starts(self) -> None:
        """Nobody has to wait any more before a chat."""
        forget_limit(self.platform, "chat_start")
