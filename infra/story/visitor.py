"""A browser without JavaScript: opens pages, follows redirects, fills and submits forms.

The demonstration and the fault drill use it, so that they go through the very pages and checks
that people go through; nothing is called behind the pages' back.
"""

import re
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Self
from urllib.parse import urljoin

import httpx2
from selectolax.lexbor import LexborHTMLParser, LexborNode

REQUEST_SECONDS = 20.0


class PageProblem(Exception):
    """A page that is not what a visitor needs; the message names the page and what is missing."""


class LoopbackNames(httpx2.BaseTransport):
    """Connects `*.localhost` to 127.0.0.1, as browsers do and not every resolver does.

    `address` is the one to come from, any of loopback.
    """

    def __init__(self, address: str | None = None) -> None:
        self._transport = httpx2.HTTPTransport(local_address=address)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        # A copy: the request itself keeps the name, by which cookies and links are understood.
        name = request.url.host
        is_ours = name == "localhost" or name.endswith(".localhost")
        reached = httpx2.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1") if is_ours else request.url,
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return self._transport.handle_request(reached)

    def close(self) -> None:
        self._transport.close()


@dataclass(frozen=True, slots=True)
class Button:
    """`action` is where this button sends the form instead, if it says so."""

    label: str
    name: str
    value: str
    action: str


class Form:
    """A form as it stands on the page, hidden fields and chosen options included."""

    def __init__(self, node: LexborNode, page_url: str) -> None:
        self.method = (node.attributes.get("method") or "get").lower()
        self.action = urljoin(page_url, node.attributes.get("action") or page_url)
        self.fields: dict[str, list[str]] = {}
        self.choices: dict[str, set[str]] = {}
        self.buttons: list[Button] = []
        for field in node.css("input, textarea, select, button"):
            self._take(field)

    def _take(self, field: LexborNode) -> None:
        name, kind = field.attributes.get("name"), field.attributes.get("type") or ""
        value = field.attributes.get("value") or ""
        if field.tag == "button" or kind == "submit":
            label = field.text(strip=True) or value
            self.buttons.append(
                Button(label, name or "", value, field.attributes.get("formaction") or "")
            )
        elif name and field.tag == "textarea":
            self.fields.setdefault(name, []).append(field.text())
        elif name and field.tag == "select":
            self._take_select(name, field)
        elif name and kind in {"checkbox", "radio"}:
            chosen = value if "value" in field.attributes else "on"
            self.choices.setdefault(name, set()).add(chosen)
            if "checked" in field.attributes:
                self.fields.setdefault(name, []).append(chosen)
        elif name:
            self.fields.setdefault(name, []).append(value)

    def _take_select(self, name: str, field: LexborNode) -> None:
        options = field.css("option")
        self.choices[name] = set(map(_value_of, options))
        chosen = field.css_first("option[selected]") or (options[0] if options else None)
        self.fields.setdefault(name, []).append(_value_of(chosen) if chosen else "")

    def fill(self, name: str, value: str) -> None:
        """Raises PageProblem for what a person could not type or choose here."""
        if name not in self.fields and name not in self.choices:
            raise PageProblem(f"the form {self.action} has no field {name}")
        if value not in self.choices.get(name, {value}):
            raise PageProblem(f"the form {self.action} offers no {value!r} for {name}")
        self.fields[name] = [value]


def _value_of(option: LexborNode) -> str:
    """Its value or, without one, its text."""
    value = option.attributes.get("value")
    return option.text(strip=True) if "value" not in option.attributes else value or ""


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

    def press(self, selector: str) -> "Page":
        """Press the button that `selector` finds, in the form where it stands."""
        button = self.find(selector)
        node = button.parent
        while node is not None and node.tag != "form":
            node = node.parent
        if node is None:
            raise PageProblem(f"{self.url} has {selector} outside any form")
        form = Form(node, self.url)
        name = button.attributes.get("name")
        if name:
            form.fields[name] = [button.attributes.get("value") or ""]
        return self.visitor.send(form)

    def submit(self, selector: str = "main form", *, press: str = "", **fill: str) -> "Page":
        """Fill the form that `selector` finds and press its first button, or the one named."""
        form = self.form(selector)
        for name, value in fill.items():
            form.fill(name, value)
        buttons = [b for b in form.buttons if not press or press in (b.label, b.value, b.name)]
        if press and not buttons:
            raise PageProblem(f"{self.url} has no button {press!r} in {selector}")
        if buttons and buttons[0].name:
            form.fields[buttons[0].name] = [buttons[0].value]
        if buttons and buttons[0].action:
            form.action = urljoin(self.url, buttons[0].action)
        return self.visitor.send(form)


class Visitor:
    """One person with one browser: own cookies, nothing else kept.

    `client` is given where the pages are not reached over the network.
    """

    def __init__(
        self, origin: str, language: str = "nl", client: httpx2.Client | None = None
    ) -> None:
        jar = CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https")))
        self.origin = origin
        self.client = client or httpx2.Client(
            base_url=origin,
            transport=LoopbackNames(),
            cookies=jar,
            follow_redirects=True,
            timeout=REQUEST_SECONDS,
        )
        self.client.headers.update({"Accept": "text/html", "Accept-Language": language})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.client.close()

    def open(self, path: str) -> Page:
        return Page(self, self.client.get(path, headers={"Sec-Fetch-Site": "none"}))

    def send(self, form: Form) -> Page:
        headers = {"Sec-Fetch-Site": "same-origin"}
        if form.method == "get":
            return Page(self, self.client.get(form.action, params=form.fields, headers=headers))
        # What browsers say of a page whose policy is to send no referrer.
        headers["Origin"] = "null"
        # A form without fields is a form all the same; the client would send it without a type.
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        return Page(self, self.client.post(form.action, data=form.fields, headers=headers))
