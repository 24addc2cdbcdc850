"""A browser of a member of staff, over the application itself: what is read, filled in, pressed."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import FastAPI
from starlette.testclient import TestClient

from infra.story.visitor import Page, Visitor
from tests.applications import signed_in

HTML = {"Accept": "text/html"}


class Browser(Visitor):
    """Follows redirects and sends only what stands in the forms of the page it is on."""

    def __init__(self, client: TestClient, language: str = "nl") -> None:
        self.origin = str(client.base_url)
        self.client = client
        client.follow_redirects = True
        client.headers.update(HTML | {"Accept-Language": language})
        # From here on the only token is the one that stands in a form.
        client.headers.pop("X-CSRF-Token", None)


@contextmanager
def staff_browser(
    app: FastAPI, role: str, name: str = "", language: str = "nl"
) -> Iterator[Browser]:
    with signed_in(app, role, name) as client:
        yield Browser(client, language)


def told(page: Page) -> str:
    """What a page says about the act before it; empty when it says nothing."""
    return _text(page, ".told")


def problems(page: Page) -> dict[str, str]:
    """The error summary: the field that each entry leads to, and its sentence."""
    return {
        (node.attributes.get("href") or "").removeprefix("#"): node.text(strip=True)
        for node in page.all(".error-summary li a")
    }


def rows(page: Page) -> list[str]:
    """The lines of the table of a page, each as one line of text."""
    return [" ".join(row.text(separator=" ").split()) for row in page.all("tbody tr")]


def links(page: Page, selector: str = "tbody a") -> list[str]:
    return [node.attributes.get("href") or "" for node in page.all(selector)]


def figures(page: Page) -> dict[str, str]:
    """The figures of a page: unit → value."""
    return {
        figure.css(".unit")[0].text(strip=True): figure.css(".value")[0].text(strip=True)
        for figure in page.all(".figure")
    }


def actions_of(page: Page) -> set[str]:
    """What the forms of a page do, without signing out."""
    found = {node.attributes.get("action") or "" for node in page.all("main form")}
    return found - {""}


def _text(page: Page, selector: str) -> str:
    found = page.all(selector)
    return " ".join(found[0].text(separator=" ").split()) if found else ""
