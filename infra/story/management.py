"""What management sees: counts by the name of each metric, themes over all lines, never a case."""

from dataclasses import dataclass
from typing import Any

from gateway.schema.documents import registered_documents

from infra.peers.pictures import UNDECIDED
from infra.peers.site import PICTURES_PATH
from infra.startup import Platform
from infra.story import analyst, citizen, hoster
from infra.story.staff import signed_in
from infra.story.telling import Teller, expect, wait_for
from infra.story.visitor import Page, Visitor

GRAPHQL = "/management/graphql"
# Enough for a count that is withheld below five, whatever was there before, and one more.
COPIES = 6
# Beside these the requests about sextortion may be told; fewer would be told by subtraction.
OTHER_CALLS = 5
OK, BAD_REQUEST = 200, 400

CALL = {"channel": "phone", "registration_class": "help_request"}
ABOUT_SEXTORTION = {"category": "sextortion", "sextortion_form": "financial"}
ABOUT_SOMETHING_ELSE = {"category": "information_request"}
# Where cases are, by service; nobody but its own staff gets further than the sign-in.
CASES = {
    "hotline": ("/urls", "/removals"),
    "helpline": ("/chats", "/contacts"),
    "prevention": ("/chats", "/moments"),
    "hashcheck": ("/lists", "/proposals"),
}


def figures(visitor: Visitor) -> dict[str, str]:
    """The values on the page as they are written there; `visitor` is signed in as management."""
    page = visitor.open("/management")
    rows = page.all("tr[data-metric]")
    return {
        row.attributes.get("data-metric") or "": row.css("td")[0].text(strip=True) for row in rows
    }


@dataclass(frozen=True)
class Overview:
    """The answer to the one question that asks all four services."""

    answer: dict[str, Any]

    def now(self, theme: str, service: str) -> int | None:
        """The count of the running month; None while it is withheld."""
        (part,) = [p for p in self.answer[theme]["parts"] if p["service"] == service]
        count: int | None = part["released"]["cells"][-1]["count"]
        return count

    def told_by(self, service: str) -> dict[str, int | float | None]:
        metrics = self.answer["annualReport"][service]
        return {
            each["id"]: each["count"] if each["ratio"] is None else each["ratio"]
            for each in metrics
        }


def overview(visitor: Visitor, year: int) -> Overview:
    """Ask, and once more after a moment where a service had no time. StoryFailed when one has none.

    A service is waited for no longer than a person waits for a page.
    """
    (digest,) = registered_documents("management")

    def whole() -> Overview | None:
        answer = ask(visitor, documentId=f"sha256:{digest}", variables={"year": year})
        expect(answer.status == OK, f"management's question is answered with {answer.status}")
        return None if "errors" in answer.body else Overview(answer.body["data"])

    return wait_for("an answer of all four services", whole)


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]


def ask(visitor: Visitor, **asked: object) -> Answer:
    """A question as a script of the management pages sends it."""
    token = visitor.open("/account").find("input[name=csrf]").attributes["value"] or ""
    headers = {"X-CSRF-Token": token, "Accept": "application/json"}
    answer = visitor.client.post(GRAPHQL, json=asked, headers=headers)
    return Answer(answer.status_code, answer.json())


class Oversight:
    """Plays on a platform that runs: two themes rise by one, and no case opens for management."""

    def __init__(self, platform: Platform, teller: Teller, site: str, year: int) -> None:
        self._platform = platform
        self._teller = teller
        self._site = site
        self._year = year
        self._public_url = platform.installation.public_url

    def play(self, mila: Visitor) -> None:
        """`mila` is signed in as management."""
        self._teller.act("Mila asks all four services in one question")
        for service in ("hotline", "helpline", "prevention", "hashCheck"):
            told = overview(mila, self._year).told_by(service)
            self._teller.tell(f"{service}: {_in_words(told)}")
        self._an_ai_item_rises(mila)
        self._a_sextortion_case_rises(mila)
        self._no_case_opens(mila)

    def _an_ai_item_rises(self, mila: Visitor) -> None:
        self._teller.act("Bram finds more material made with AI; the theme tells it from five on")
        address = f"{self._site}{PICTURES_PATH}{UNDECIDED}"
        copies = [f"{address}?copy={number}" for number in range(COPIES)]
        citizen.report(self._public_url("gateway"), copies)
        with signed_in(self._public_url("hotline"), "bram", self._platform.credentials) as bram:
            self._rises(mila, "aiMaterial", "HOTLINE", lambda: _finds_ai(bram))
        hoster.take_down(self._platform.installation.address("control"), UNDECIDED)
        self._teller.tell("the site removes it")

    def _a_sextortion_case_rises(self, mila: Visitor) -> None:
        self._teller.act("Lotte registers calls of the helpline, by hand")
        with signed_in(self._public_url("helpline"), "lotte", self._platform.credentials) as lotte:
            for _ in range(OTHER_CALLS):
                _registers(lotte, ABOUT_SOMETHING_ELSE)
            self._rises(mila, "sextortion", "HELPLINE", lambda: _registers(lotte, ABOUT_SEXTORTION))

    def _rises(self, mila: Visitor, theme: str, service: str, happens: Any) -> None:
        """Let it happen until the count is told, then once more: one more is told."""

        def told() -> int | None:
            return overview(mila, self._year).now(theme, service)

        before = told()
        while before is None:
            self._teller.tell(f"{theme} of {service}: withheld, too few")
            happens()
            before = told()
        self._teller.tell(f"{theme} of {service}: {before} this month")
        happens()
        after = told()
        expect(after == before + 1, f"{theme} went from {before} to {after}, not up by one")
        self._teller.tell(f"one more happens: {after} this month")
        chart = mila.client.get(f"/themes/{'ai-material' if theme == 'aiMaterial' else theme}.svg")
        expect(f">{after}</text>" in chart.text, f"the chart of {theme} does not say {after}")

    def _no_case_opens(self, mila: Visitor) -> None:
        self._teller.act("Mila tries to open cases of the lines")
        for service, paths in CASES.items():
            with Visitor(self._public_url(service)) as elsewhere:
                # All that her browser has of the management pages.
                for name, value in mila.client.cookies.items():
                    elsewhere.client.cookies.set(name, value)
                for path in paths:
                    page = elsewhere.open(path)
                    expect("/sign-in" in page.url, f"{service}{path} opens for management")
                second = _tries_to_sign_in(elsewhere, self._platform.credentials.password)
                expect("/sign-in/code" not in second.url, f"{service} knows Mila's password")
        hidden = ask(mila, query="{ urls { address } contacts { id } moments { id } }")
        expect(hidden.status == BAD_REQUEST, "management's schema has cases")
        self._teller.tell("every line sends her to its own sign-in, where nobody is called Mila")


def _finds_ai(bram: Visitor) -> None:
    desk = wait_for("a reported picture at the desk", lambda: analyst.take_next(bram))
    desk.uncover("blurred").decide(analyst.ILLEGAL_AI)


def _registers(worker: Visitor, about: dict[str, str]) -> None:
    saved = worker.open("/contacts/new").submit("main form", **CALL, **about)
    problem = " ".join(node.text(strip=True) for node in saved.all(".error-summary li"))
    expect(not problem, f"not registered: {problem}")


def _tries_to_sign_in(elsewhere: Visitor, password: str) -> Page:
    return elsewhere.open("/sign-in").submit(name="mila", password=password)


def _in_words(told: dict[str, int | float | None]) -> str:
    known = [f"{name} {value}" for name, value in told.items() if value is not None]
    withheld = sum(value is None for value in told.values())
    return ", ".join([*known, *([f"{withheld} withheld"] if withheld else [])])
