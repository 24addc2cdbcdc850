"""A browser without JavaScript: opens pages, follows redirects, fills and submits forms.

The demonstration and the fault drill use it, so that they go through the very pages and checks
that people go through; nothing is called behind the pages' back.
"""

import re
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self
from urllib.parse import urljoin

import httpx2
from selectolax.lexbor import LexborHTMLParser, LexborNode

REQUEST_SECONDS = 20.0


class PageProblem(Exception):
    """A page that is not what a visitor needs; the message names the page and what is missing."""


class LoopbackNames(httpx2.BaseTransport):
    """Connects `*.localhost` to 127.0.0.1, as browsers do and not every resolver does."""

    def __init__(self) -> None:
        self._transport = httpx2.HTTPTransport()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host == "localhost" or request.url.host.endswith(".localhost"):
            request.url = request.url.copy_with(host="127.0.0.1")
        return self._transport.handle_request(request)

    def close(self) -> None:
        self._transport.close()


class Form:
    """A form as it stands on the page, hidden fields and chosen options included."""

    def __init__(self, node: LexborNode, page_url: str) -> None:
        self.method = (node.attributes.get("method") or "get").lower()
        self.action = urljoin(page_url, node.attributes.get("action") or page_url)
        self.fields: dict[str, list[str]] = {}
        self.buttons: list[tuple[str, str, str]] = []
        for field in node.css("input, textarea, select, button"):
            self._take(field)

    def _take(self, field: LexborNode) -> None:
        name, kind = field.attributes.get("name"), field.attributes.get("type") or ""
        value = field.attributes.get("value") or ""
        if field.tag == "button" or kind == "submit":
            self.buttons.append((field.text(strip=True) or value, name or "", value))
        elif name and field.tag == "textarea":
            self.fields.setdefault(name, []).append(field.text())
        elif name and field.tag == "select":
            chosen = field.css_first("option[selected]") or field.css_first("option")
            option = (chosen.attributes.get("value") or "") if chosen else ""
            self.fields.setdefault(name, []).append(option)
        elif name and kind in {"checkbox", "radio"}:
            if "checked" in field.attributes:
                self.fields.setdefault(name, []).append(value or "on")
        elif name:
            self.fields.setdefault(name, []).append(value)


class Page:
    """What came back: status, address and the parsed document."""

    def __init__(self, visitor: "Visitor", response: httpx2.Response) -> None:
        self.visitor = visitor
        self.status = response.status_code
        self.url = str(response.url)
        self.document = LexborHTMLParser(response.text)

    @property
    def heading(self) -> str:
        node = self.document.css_first("h1")
        return node.text(strip=True) if node else ""

    @property
    def text(self) -> str:
        body = self.document.body
        return re.sub(r"\s+", " ", body.text(separator=" ")) if body else ""

    def find(self, selector: str) -> LexborNode:
        node = self.document.css_first(selector)
        if node is None:
            raise PageProblem(f"{self.url} ({self.status}, {self.heading!r}) has no {selector}")
        return node

    def all(self, selector: str) -> list[LexborNode]:
        return self.document.css(selector)

    def link(self, selector: str) -> str:
        return urljoin(self.url, self.find(selector).attributes.get("href") or "")

    def form(self, selector: str = "main form") -> Form:
        return Form(self.find(selector), self.url)

    def submit(
        self, selector: str = "main form", *, press: str = "", **fill: str | list[str]
    ) -> "Page":
        """Fill the form that `selector` finds and press its first button, or the one named."""
        form = self.form(selector)
        for name, value in fill.items():
            form.fields[name] = value if isinstance(value, list) else [value]
        buttons = [b for b in form.buttons if not press or press in (b[0], b[2], b[1])]
        if press and not buttons:
            raise PageProblem(f"{self.url} has no button {press!r} in {selector}")
        if buttons and buttons[0][1]:
            form.fields[buttons[0][1]] = [buttons[0][2]]
        return self.visitor.send(form)


class Visitor:
    """One person with one browser: own cookies, nothing else kept."""

    def __init__(self, origin: str) -> None:
        jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.origin = origin
        self.client = httpx2.Client(
            base_url=origin,
            transport=LoopbackNames(),
            cookies=jar,
            follow_redirects=True,
            timeout=REQUEST_SECONDS,
            headers={"Accept": "text/html", "Accept-Language": "nl"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, path: str) -> Page:
        return Page(self, self.client.get(path, headers={"Sec-Fetch-Site": "none"}))

    def send(self, form: Form) -> Page:
        headers = {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
        if form.method == "get":
            return Page(self, self.client.get(form.action, params=form.fields, headers=headers))
        return Page(self, self.client.post(form.action, data=form.fields, headers=headers))
