"""Whatever goes wrong for a visitor: a page in plain words, with the numbers for help now."""

import pytest

from tests.journeys.edges.asking import Visit
from tests.journeys.edges.bad_bodies import FORM, MULTIPART
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Answer, Headers

CANARY = "canary-1b7f"
BROWSER = {"Accept": "text/html,application/xhtml+xml;q=0.9", "Accept-Language": "de"}
FORMS = {"Content-Type": FORM}
HELP_NOW = ('href="tel:112"', 'href="tel:08000113"', "0800-0113")

FAILURES: dict[str, tuple[str, str, dict[str, str], bytes, int]] = {
    "no such page": ("GET", f"/{CANARY}", {}, b"", 404),
    "a path trick": ("GET", f"/static/..%2f{CANARY}", {}, b"", 404),
    "another method": ("DELETE", "/report", {}, b"", 405),
    "a parameter twice": ("GET", f"/?a={CANARY}&a=2", {}, b"", 400),
    "a control in the query": ("GET", f"/?a={CANARY}%1b", {}, b"", 422),
    "a large head": ("GET", "/", {"X-Long": CANARY + "a" * 17_000}, b"", 431),
    "a packed form": ("POST", "/report", FORMS | {"Content-Encoding": "br"}, b"a", 415),
    "too much": ("POST", "/report", FORMS, b"note=" + CANARY.encode() * 60_000, 413),
    "unreadable text": ("POST", "/report", FORMS, f"note={CANARY}%ff".encode(), 400),
    "a field twice": ("POST", "/report", FORMS, f"note={CANARY}&note=b".encode(), 400),
    "another site": (
        "POST",
        "/report",
        FORMS | {"Sec-Fetch-Site": "cross-site"},
        f"note={CANARY}".encode(),
        403,
    ),
    "a picture": (
        "POST",
        "/report",
        {"Content-Type": "multipart/form-data; boundary=x"},
        MULTIPART,
        415,
    ),
    "JSON": ("POST", "/report", {"Content-Type": "application/json"}, b"{}", 415),
    "an empty report": ("POST", "/report", FORMS, b"", 422),
    "an empty code": ("POST", "/status", FORMS, b"code=", 422),
}


def visited(visit: Visit, method: str, path: str, headers: Headers, body: bytes) -> Answer:
    given = {"Host": visit.faces["website"].host} | BROWSER | dict(headers)
    return visit.wire("website").ask(method, path, given, body)


@pytest.mark.requirement("PF-UI-PROBLEM-1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("prefix", ["", "/en"], ids=["Dutch", "English"])
@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_every_refusal_of_a_visitor_is_a_page_with_help_now(
    visit: Visit,
    heard: Heard,
    prefix: str,
    failure: tuple[str, str, dict[str, str], bytes, int],
) -> None:
    method, path, headers, body, status = failure
    answer = visited(visit, method, prefix + path, headers, body)
    assert (answer.status, answer.kind) == (status, "text/html")
    assert answer.headers["content-language"] == ("en" if prefix else "nl")
    for words in HELP_NOW:
        assert words in answer.text
    assert "set-cookie" not in answer.headers
    assert CANARY not in answer.everything() + heard.text


@pytest.mark.requirement("IN-1")
@pytest.mark.parametrize(
    ("prefix", "words"), [("", "ook niet naar ons"), ("/en", "not to us either")]
)
def test_who_sends_a_picture_reads_that_pictures_must_not_be_sent(
    visit: Visit, prefix: str, words: str
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert words in visited(visit, "POST", f"{prefix}/report", headers, MULTIPART).text


@pytest.mark.requirement("SEC-P4")
def test_the_form_itself_gives_back_what_was_typed_and_the_log_does_not(
    visit: Visit, heard: Heard
) -> None:
    body = f"danger=no&addresses=&note={CANARY}&contact=anonymous".encode()
    answer = visited(visit, "POST", "/report/check", FORMS, body)
    assert answer.status == 422
    assert CANARY in answer.text
    assert CANARY not in heard.text
