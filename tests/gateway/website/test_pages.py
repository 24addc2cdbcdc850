"""Every public page: found by following the links, in both languages."""

from urllib.parse import urlsplit

import pytest
from shared.platform.headers import SECURITY_HEADERS

from infra.story.visitor import Page, Visitor
from tests.gateway.conftest import WEBSITE
from tests.gateway.fake_services import Services

PROGRAM = {"Accept": "application/json"}
LEAVING, EXIT = "https://www.buienradar.nl/", "/exit"
LANGUAGES = {"nl": "", "en": "/en"}
# Pages that somebody can come to without having typed anything.
EXPECTED = {"/", "/report", "/report/form", "/status", "/privacy", "/crisis"}


def own_links(page: Page) -> set[str]:
    """Paths of this website that the page links to, without the way out."""
    found = {page.link(f'a[href="{link.attributes["href"]}"]') for link in page.all("a[href]")}
    return {urlsplit(each).path for each in found if urlsplit(each).hostname == "localhost"} - {
        EXIT
    }


def crawled(visitor: Visitor) -> dict[str, Page]:
    pages: dict[str, Page] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path not in pages:
            pages[path] = visitor.open(path)
            waiting += sorted(own_links(pages[path]))
    return pages


@pytest.fixture
def pages(visitor: Visitor) -> dict[str, Page]:
    return crawled(visitor)


def language_of(path: str) -> str:
    return "en" if path == "/en" or path.startswith("/en/") else "nl"


@pytest.mark.requirement("PF-UI-LANGUAGE-1")
def test_every_page_is_there_in_both_languages_and_leads_to_its_other_one(
    pages: dict[str, Page],
) -> None:
    assert {page.status for page in pages.values()} == {200}
    assert set(pages) >= EXPECTED | {f"/en{path}" for path in EXPECTED}
    for path, page in pages.items():
        assert page.find("html").attributes["lang"] == language_of(path), path
        other = urlsplit(page.link("nav.languages a")).path
        assert other in pages, path
        assert language_of(other) != language_of(path)
        assert urlsplit(pages[other].link("nav.languages a")).path == path


@pytest.mark.requirement("PF-UI-EXIT-1")
@pytest.mark.requirement("N-03")
def test_every_page_has_the_quick_exit_and_the_crisis_line_in_the_same_place(
    pages: dict[str, Page],
) -> None:
    for path, page in pages.items():
        way_out = EXIT if "/chat/" in path else LEAVING
        assert page.find("header > a.quick-exit").attributes["href"] == way_out, path
        assert page.find('aside.crisis a[href="tel:112"]').text(), path
        assert page.find('aside.crisis a[href="tel:08000113"]').text(), path
        prefix = LANGUAGES[language_of(path)]
        assert page.find(f'aside.crisis a[href="{prefix}/crisis"]').text(), path


@pytest.mark.requirement("PF-UI-EXIT-1")
def test_the_way_out_of_a_chat_leads_to_the_same_place_and_wipes_the_browser(
    visitor: Visitor,
) -> None:
    answer = visitor.client.get(EXIT, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, LEAVING)
    assert "cookies" in answer.headers["clear-site-data"]


@pytest.mark.requirement("SEC-P7")
@pytest.mark.requirement("N-03")
def test_no_page_loads_or_sends_anything_elsewhere(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        assert not page.all("iframe, object, embed, style, base, [style], [onclick], [onload]")
        used = [
            node.attributes.get(name) or ""
            for name in ("src", "href", "action", "formaction", "srcset", "poster")
            for node in page.all(f"[{name}]")
        ]
        elsewhere = [each for each in used if urlsplit(each).netloc]
        assert elsewhere in ([LEAVING], []), path
        assert all(node.attributes.get("src") for node in page.all("script")), path


@pytest.mark.requirement("SEC-P7")
def test_every_answer_has_the_security_headers_and_no_cookie(
    visitor: Visitor, pages: dict[str, Page]
) -> None:
    for path in (*pages, "/nowhere", "/livez", "/graphql"):
        answer = visitor.client.get(path)
        told = {name: answer.headers.get(name) for name in SECURITY_HEADERS}
        assert told == SECURITY_HEADERS, path
        assert "set-cookie" not in answer.headers, path
        assert "server" not in answer.headers, path
    assert not visitor.client.cookies


@pytest.mark.requirement("SEC-P7")
def test_the_policy_lets_a_page_do_what_it_needs_and_no_more() -> None:
    policy = SECURITY_HEADERS["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert SECURITY_HEADERS["Referrer-Policy"] == "no-referrer"


@pytest.mark.requirement("N-04")
def test_a_title_tells_nobody_who_looks_over_a_shoulder(pages: dict[str, Page]) -> None:
    telling = ("seks", "sex", "kind", "child", "misbruik", "abuse", "meld", "report", "offlimits")
    for path, page in pages.items():
        title = page.find("title").text().lower()
        assert title
        assert not [word for word in telling if word in title], (path, title)


@pytest.mark.requirement("SEC-R4")
def test_help_now_is_there_when_everything_else_is_stopped(
    visitor: Visitor, services: Services
) -> None:
    services.stopped.update({"hotline", "helpline", "prevention", "hashcheck"})
    for prefix in LANGUAGES.values():
        page = visitor.open(f"{prefix}/crisis")
        assert page.status == 200
        numbers = {link.attributes["href"] for link in page.all('main a[href^="tel:"]')}
        assert numbers == {"tel:112", "tel:08000113", "tel:0202615275", "tel:08002666436"}
    for path in EXPECTED - {"/"}:
        assert visitor.open(path).status == 200


@pytest.mark.requirement("SEC-R4")
def test_the_first_page_says_who_does_not_answer_and_how_to_go_on(
    visitor: Visitor, services: Services
) -> None:
    assert "Het meldpunt reageert nu niet" not in visitor.open("/").text
    services.stopped.update({"hotline", "helpline", "prevention"})
    page = visitor.open("/")
    assert page.status == 200
    doors = {door.attributes["data-line"]: door for door in page.all("section.door")}
    assert set(doors) == {"hotline", "helpline", "prevention"}
    assert doors["hotline"].css_first(".notice") is not None
    assert doors["hotline"].css_first('a[href="/report"]') is not None
    for line, number in (("helpline", "tel:0202615275"), ("prevention", "tel:08002666436")):
        assert doors[line].css_first(f'a[href="{number}"]') is not None


@pytest.mark.requirement("PF-LINES-1")
@pytest.mark.parametrize("state", ["open", "closed", "not_open_yet"])
def test_the_first_page_says_whether_a_line_can_be_reached(
    visitor: Visitor, services: Services, state: str
) -> None:
    told = {}
    for each in ("open", "closed", "not_open_yet"):
        services.answers["helpline", "GET", "/api/status"] = (200, {"state": each})
        told[each] = visitor.open("/").find('section.door[data-line="helpline"]').text()
    others = [text for each, text in told.items() if each != state]
    assert told[state] not in others


@pytest.mark.requirement("PF-LINES-1")
@pytest.mark.parametrize(("state", "offered"), [("open", 1), ("closed", 1), ("not_open_yet", 0)])
def test_a_line_without_a_chat_offers_none(
    visitor: Visitor, services: Services, state: str, offered: int
) -> None:
    services.answers["helpline", "GET", "/api/status"] = (200, {"state": state})
    for path in ("/", "/contact"):
        assert len(visitor.open(path).all('a[href="/chat/helpline"]')) == offered


@pytest.mark.requirement("PF-UI-LANGUAGE-1")
def test_english_is_offered_to_who_asks_for_it_and_never_forced(
    visitor: Visitor, english: Visitor
) -> None:
    assert not visitor.open("/").all('main a[hreflang="en"]')
    page = english.open("/")
    assert page.find("html").attributes["lang"] == "nl"
    assert english.open(page.link('main a[hreflang="en"]')).url.endswith("/en/")
    for path in ("/?lang=en", "/?language=en"):
        assert visitor.open(path).find("html").attributes["lang"] == "nl"
    with_cookie = visitor.client.get("/", headers={"Cookie": "language=en; lang=en"})
    assert '<html lang="nl">' in with_cookie.text
    assert visitor.open("/en").url.endswith("/en/")


@pytest.mark.requirement("SEC-P1")
@pytest.mark.parametrize(
    ("path", "promises"),
    [
        ("/privacy", ("We bewaren geen IP-adres", "cookies", "versleuteld", "25 uur")),
        ("/en/privacy", ("We do not store your IP address", "cookies", "encrypted", "25 hours")),
    ],
)
def test_what_is_kept_is_told_as_acts(
    visitor: Visitor, path: str, promises: tuple[str, ...]
) -> None:
    text = visitor.open(path).text
    assert [promise for promise in promises if promise not in text] == []
    assert "100 %" not in text


@pytest.mark.requirement("PF-UI-PROBLEM-1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_a_page_that_does_not_exist_is_told_kindly_without_an_echo(
    visitor: Visitor, prefix: str
) -> None:
    page = visitor.open(f"{prefix}/canary?canary=1")
    assert page.status == 404
    assert "canary" not in page.find("main").text()
    assert "rol" not in page.find("main p.lead").text().split()
    assert "role" not in page.find("main p.lead").text()
    assert page.find("html").attributes["lang"] == (prefix.strip("/") or "nl")
    assert page.all('aside.crisis a[href="tel:112"]')
    assert page.all("header > a.quick-exit")
    program = visitor.client.get(f"{prefix}/canary", headers=PROGRAM)
    assert program.json()["code"] == "not_found"


@pytest.mark.requirement("SEC-S1")
def test_a_page_takes_no_other_method(visitor: Visitor) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = visitor.client.request(method, "/crisis", headers=PROGRAM)
        assert (answer.status_code, answer.headers["allow"]) == (405, "GET")


@pytest.mark.requirement("GW-SCHEMA")
def test_nothing_of_management_is_on_the_website(visitor: Visitor) -> None:
    for path in ("/management", "/team", "/sign-in", "/account"):
        assert visitor.open(path).status == 404
    asked = visitor.client.post("/management/graphql", json={"query": "{ figures }"})
    assert asked.status_code == 404
    assert WEBSITE not in visitor.open("/").text
