"""Rendering: language, escaping, the CSRF field, messages after a redirect, problem pages."""

from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import Request
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from shared.domain.actor import Actor, ActorKind
from shared.ui.languages import language_of_path
from shared.ui.pages import Destination, Face, Pages

PAGE = """{% extends face.layout %}
{% block title %}{{ _("Sign out") }}{% endblock %}
{% block main %}<form method="post">{{ csrf_field }}</form><p id="typed">{{ typed }}</p>
<a id="on" href="{{ path('/next') }}">{{ _("Language") }}</a>{% endblock %}"""

Build = Callable[[Path], Pages]


@pytest.fixture
def face_folder(tmp_path: Path) -> Path:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(PAGE)
    return tmp_path


def _staff_pages(folder: Path) -> Pages:
    places = (
        Destination("/", "Language"),
        Destination("/secret", "Not found", permission="see_secrets"),
    )
    sentences = {"saved": "Not allowed"}
    return Pages(Face("hotline", "Information", folder, navigation=places, sentences=sentences))


def _public_pages(folder: Path) -> Pages:
    face = Face("website", "Information", folder, layout="base_public.html")
    return Pages(face, language_of=language_of_path)


def _request(
    path: str = "/", *, query: str = "", language: str = "", account: str = "", **state: object
) -> Request:
    headers = [(b"accept-language", language.encode())] if language else []
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
        "state": state | {"language": account},
    }
    return Request(scope)


def _html(pages: Pages, request: Request, typed: str = "") -> HTMLParser:
    return HTMLParser(bytes(pages.render(request, "page.html", typed=typed).body))


def _text(page: HTMLParser, selector: str) -> str:
    found = page.css_first(selector)
    assert found is not None, selector
    return found.text(strip=True)


@pytest.mark.requirement("PF-UI-LANGUAGE-1")
@pytest.mark.parametrize(
    ("path", "language", "link"), [("/page", "nl", "/next"), ("/en/page", "en", "/en/next")]
)
def test_a_public_page_has_the_language_of_its_address(
    face_folder: Path, path: str, language: str, link: str
) -> None:
    page = _html(_public_pages(face_folder), _request(path, language="en"))
    assert [node.attributes["lang"] for node in page.css("html")] == [language]
    assert [node.attributes["href"] for node in page.css("#on")] == [link]
    assert _text(page, "#on") == {"nl": "Taal", "en": "Language"}[language]


@pytest.mark.requirement("PF-UI-LANGUAGE-1")
@pytest.mark.parametrize(
    ("accepted", "chosen", "word"),
    [("", "", "Taal"), ("fr, en;q=0.8", "", "Language"), ("en", "nl", "Taal")],
    ids=["nothing said", "the browser says English", "the account says Dutch"],
)
def test_staff_pages_follow_the_account_and_then_the_browser(
    face_folder: Path, accepted: str, chosen: str, word: str
) -> None:
    request = _request(language=accepted, account=chosen)
    assert _text(_html(_staff_pages(face_folder), request), "#on") == word


@pytest.mark.requirement("SEC-S3")
def test_what_was_typed_is_never_markup(face_folder: Path) -> None:
    page = _html(_staff_pages(face_folder), _request(), typed="<script>alert(1)</script>")
    assert _text(page, "#typed") == "<script>alert(1)</script>"


@pytest.mark.requirement("PF-UI-CSRF-1")
def test_a_form_carries_the_token_of_the_session(face_folder: Path) -> None:
    page = _html(_staff_pages(face_folder), _request(csrf_token='se"cret'))
    field = page.css_first("main form input[name=csrf]")
    assert field is not None
    assert field.attributes["value"] == 'se"cret'


@pytest.mark.parametrize(("permissions", "shown"), [(set(), 1), ({"see_secrets"}, 2)])
def test_the_menu_shows_only_places_one_may_go(
    face_folder: Path, permissions: set[str], shown: int
) -> None:
    actor = Actor(ActorKind.STAFF, "Ada", None, frozenset(permissions))
    page = _html(_staff_pages(face_folder), _request(actor=actor))
    assert len(page.css("nav a")) == shown


def test_a_redirect_tells_only_sentences_that_the_face_knows(face_folder: Path) -> None:
    pages = _staff_pages(face_folder)
    target = pages.see_other("/?page=2", told="saved")
    assert (target.status_code, target.headers["location"]) == (303, "/?page=2&told=saved")
    assert _text(_html(pages, _request(query="told=saved")), "[role=status]") == "Niet toegestaan"
    assert _html(pages, _request(query="told=You+won")).css_first("[role=status]") is None


@pytest.mark.requirement("PF-UI-PROBLEM-1")
@pytest.mark.parametrize("build", [_staff_pages, _public_pages], ids=["staff", "public"])
def test_a_problem_says_what_happened_and_gives_its_number(face_folder: Path, build: Build) -> None:
    response = build(face_folder).problem(_request(), 412, "stale", request_id="r-1")
    page = HTMLParser(bytes(response.body))
    assert response.status_code == 412
    assert _text(page, "h1") == "Intussen veranderd"
    assert _text(page, "main code") == "r-1"


def test_a_code_without_a_sentence_gets_that_of_its_status(face_folder: Path) -> None:
    response = _staff_pages(face_folder).problem(_request(), 404, "no_such_code")
    assert "Deze pagina bestaat niet" in bytes(response.body).decode()


@pytest.mark.requirement("SEC-P7")
@pytest.mark.parametrize("build", [_staff_pages, _public_pages], ids=["staff", "public"])
def test_a_page_has_no_inline_script_or_style_and_loads_from_itself_only(
    face_folder: Path, build: Build
) -> None:
    page = _html(build(face_folder), _request())
    assert page.css("style, [style], script:not([src])") == []
    found = [node.attributes for node in page.css("script, link")]
    loaded = [attributes.get("src") or attributes["href"] for attributes in found]
    assert loaded
    assert all(str(address).startswith("/static/") for address in loaded)


@pytest.mark.requirement("PF-UI-EXIT-1")
def test_every_public_page_has_quick_exit_and_crisis_line(face_folder: Path) -> None:
    page = _html(_public_pages(face_folder), _request())
    assert page.css_first("a[data-quick-exit][href^='https://']") is not None
    assert page.css_first("a[href='tel:112']") is not None
    assert page.css_first("a.skip[href='#main']") is not None
    assert _text(page, "title") == "Uitloggen"
