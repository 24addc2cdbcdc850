"""A conversation through the gateway: over a socket, as a stream, and as a form without script."""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from selectolax.lexbor import LexborHTMLParser
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.conftest import OwnDatabase
from tests.databases import DatabaseCopies
from tests.gateway.chat_line import ChatSite, chat_site

WORDS = "Iemand deelt een foto van mij <zonder> te vragen"


@pytest.fixture(scope="module")
def running_site(database_copies: DatabaseCopies, worker_number: int) -> Iterator[ChatSite]:
    name = f"w{worker_number}_chat"
    with (
        database_copies.copy("helpline", name) as helpline,
        database_copies.copy("gateway", name) as gateway,
        chat_site(helpline, gateway) as site,
    ):
        yield site


@pytest.fixture
def site(running_site: ChatSite) -> Iterator[ChatSite]:
    yield running_site
    running_site.empties()


def document(name: str) -> str:
    text = (files("gateway") / "documents" / f"{name}.graphql").read_bytes()
    return f"sha256:{sha256(text).hexdigest()}"


def ask(site: ChatSite, name: str, **variables: Any) -> Any:
    body = {"documentId": document(name), "variables": {"line": "HELPLINE"} | variables}
    answer = httpx2.post(f"{site.url}/graphql", json=body, trust_env=False, timeout=30).json()
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


def start(site: ChatSite) -> str:
    begun = ask(site, "start_chat", key=str(uuid4()), wish={"language": "nl"})
    assert begun["admission"] == "WAITING"
    return str(begun["secret"])


def say(site: ChatSite, secret: str, text: str, client_id: str = "") -> int:
    sent = ask(
        site, "send_chat_message", secret=secret, clientId=client_id or str(uuid4()), text=text
    )
    return int(sent)


async def subscribed(socket: ClientConnection, secret: str, after: int = 0) -> None:
    await socket.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    variables = {"line": "HELPLINE", "secret": secret, "afterSeq": after}
    payload = {"documentId": document("chat_news"), "variables": variables}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))


async def news(socket: ClientConnection) -> dict[str, Any]:
    message = json.loads(await asyncio.wait_for(socket.recv(), 10))
    assert message["type"] == "next", message
    return dict(message["payload"]["data"]["chatNews"])


def socket_of(site: ChatSite, **options: Any) -> connect:
    address = f"ws://{site.address[0]}:{site.address[1]}/graphql"
    return connect(address, subprotocols=["graphql-transport-ws"], proxy=None, **options)  # type: ignore[list-item]


@pytest.mark.requirement("H-05")
def test_news_comes_over_a_socket_and_nothing_is_lost_when_it_is_cut(site: ChatSite) -> None:
    secret = start(site)

    async def visit() -> None:
        async with socket_of(site) as socket:
            await subscribed(socket, secret)
            assert (await news(socket))["position"] == 1
            conversation = await asyncio.to_thread(site.accepts)
            assert (await news(socket))["state"] == "ACTIVE"
            await asyncio.to_thread(site.writes, conversation, "Dag")
            first = await news(socket)
            assert [message["text"] for message in first["messages"]] == ["Dag"]
        for text in ("Ben je er nog?", "Neem de tijd"):
            await asyncio.to_thread(site.writes, conversation, text)
        async with socket_of(site) as socket:
            await subscribed(socket, secret, after=first["lastSeq"])
            missed = await news(socket)
            assert [m["text"] for m in missed["messages"]] == ["Ben je er nog?", "Neem de tijd"]

    asyncio.run(visit())


async def refusal(site: ChatSite, payload: dict[str, Any]) -> str:
    """The code with which a subscription is refused; the answer repeats nothing."""
    async with socket_of(site) as socket:
        await socket.send(json.dumps({"type": "connection_init"}))
        await socket.recv()
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        answer = json.loads(await asyncio.wait_for(socket.recv(), 10))
    assert SECRET not in json.dumps(answer)
    errors = answer["payload"]
    errors = errors.get("errors", errors) if isinstance(errors, dict) else errors
    return str(errors[0]["extensions"]["code"])


async def closing(site: ChatSite, frame: str | bytes) -> int:
    """The code with which a socket closes after this frame."""
    async with socket_of(site) as socket:
        await socket.send(frame)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(socket.recv(), 10)
    assert closed.value.rcvd
    return closed.value.rcvd.code


SECRET = "x" * 43
UNKNOWN = {"line": "HELPLINE", "secret": SECRET, "afterSeq": 0}


@pytest.mark.requirement("SEC-S3")
@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"documentId": "sha256:" + "0" * 64}, "NOT_REGISTERED"),
        ({"documentId": "lines", "variables": {}}, "SUBSCRIPTIONS_ONLY"),
        ({"documentId": "chat_news", "variables": {"secret": SECRET}}, "BAD_VARIABLES"),
        ({"documentId": "chat_news", "variables": UNKNOWN}, "CHAT_UNKNOWN"),
    ],
    ids=["unregistered", "query", "variables", "unknown"],
)
def test_a_subscription_is_refused_by_code(
    site: ChatSite, payload: dict[str, Any], code: str
) -> None:
    if not payload["documentId"].startswith("sha256:"):
        payload = payload | {"documentId": document(payload["documentId"])}
    assert asyncio.run(refusal(site, payload)) == code


@pytest.mark.requirement("SEC-S1")
def test_a_socket_takes_small_text_from_our_own_pages_only(site: ChatSite) -> None:
    assert asyncio.run(closing(site, "x" * 20_000)) == 1009
    assert asyncio.run(closing(site, b"\x00")) == 4400

    async def from_elsewhere() -> None:
        async with socket_of(site, origin="http://elsewhere.example"):
            pass

    with pytest.raises(InvalidStatus, match="403"):
        asyncio.run(from_elsewhere())


@pytest.mark.requirement("SEC-S3")
def test_a_socket_has_one_subscription(site: ChatSite) -> None:
    secret = start(site)

    async def second() -> str:
        async with socket_of(site) as socket:
            await subscribed(socket, secret)
            await socket.recv()
            payload = {"documentId": document("chat_news"), "variables": UNKNOWN}
            await socket.send(json.dumps({"id": "2", "type": "subscribe", "payload": payload}))
            return str(json.loads(await asyncio.wait_for(socket.recv(), 10))["type"])

    assert asyncio.run(second()) == "error"


def test_without_sockets_the_same_news_comes_as_a_stream(site: ChatSite) -> None:
    secret = start(site)
    body = {"line": "helpline", "secret": secret, "afterSeq": 0}
    with httpx2.Client(trust_env=False, timeout=30) as client:
        with client.stream("POST", f"{site.url}/chat/events", json=body) as answer:
            lines = (line for line in answer.iter_lines() if line)
            first = json.loads(next(lines).removeprefix("data: "))
            assert (first["state"], first["position"]) == ("WAITING", 1)
            conversation = site.accepts()
            assert json.loads(next(lines).removeprefix("data: "))["state"] == "ACTIVE"
            site.writes(conversation, WORDS)
            told = json.loads(next(lines).removeprefix("data: "))
            assert (told["messages"][0]["author"], told["messages"][0]["text"]) == (
                "WORKER",
                WORDS,
            )
        assert (
            client.post(f"{site.url}/chat/events", json=body | {"secret": "x" * 43}).status_code
            == 404
        )


@pytest.mark.requirement("SEC-R3")
def test_a_message_sent_twice_and_at_once_is_there_once(site: ChatSite) -> None:
    secret, client_id = start(site), str(uuid4())
    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(lambda _: say(site, secret, "x", client_id), range(8)))
    assert numbers == {1}


class Browser:
    """Without script: keeps cookies, follows redirects, reads pages."""

    def __init__(self, site: ChatSite) -> None:
        self.client = httpx2.Client(
            base_url=site.url,
            trust_env=False,
            timeout=30,
            headers={"Accept": "text/html", "Sec-Fetch-Site": "same-origin"},
        )

    def post(self, path: str, **fields: str) -> httpx2.Response:
        # An empty form is a form too; the client would send it without a type.
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._with_cookie(self.client.post(path, data=fields, headers=kind))

    def get(self, path: str) -> httpx2.Response:
        return self._with_cookie(self.client.get(path))

    def _with_cookie(self, answer: httpx2.Response) -> httpx2.Response:
        """A Secure cookie over loopback, as browsers allow."""
        for given in answer.headers.get_list("set-cookie"):
            value = given.split(";")[0]
            if "Max-Age=0" in given or value.endswith('=""'):
                self.client.headers.pop("Cookie", None)
            else:
                self.client.headers["Cookie"] = value
        return answer


@pytest.fixture
def browser(site: ChatSite) -> Iterator[Browser]:
    browser = Browser(site)
    with browser.client:
        yield browser


def begun(browser: Browser) -> httpx2.Response:
    page = browser.get("/chat/helpline")
    assert "set-cookie" not in page.headers
    # A machine that is busy may need longer than a page waits for a line.
    while not (found := re.search(r'name="key" value="([0-9a-f-]+)"', page.text)):
        page = browser.get("/chat/helpline")
    return browser.post("/chat/helpline/start", key=found[1], handover="", return_code="")


def messages(page: httpx2.Response) -> list[str]:
    return [node.text() for node in LexborHTMLParser(page.text).css(".message .typed")]


@pytest.mark.requirement("H-01")
@pytest.mark.requirement("SEC-P6")
def test_a_chat_works_without_script(site: ChatSite, browser: Browser) -> None:
    answer = begun(browser)
    cookie = answer.headers["set-cookie"]
    for rule in ("__Host-chat=", "HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert rule in cookie
    assert "Max-Age" not in cookie
    assert "expires" not in cookie.lower()
    waiting = browser.get("/chat")
    assert waiting.headers["refresh"] == "10"
    conversation = site.accepts()
    key = str(uuid4())
    for _ in range(2):
        assert browser.post("/chat/messages", key=key, text=WORDS).status_code == 303
    site.writes(conversation, "Dag")
    page = browser.get("/chat")
    assert messages(page) == [WORDS, "Dag"]
    assert "refresh" not in page.headers
    empty = browser.post("/chat/messages", key=str(uuid4()), text="")
    assert (empty.status_code, "error-summary" in empty.text) == (422, True)


@pytest.mark.requirement("PF-UI-EXIT-1")
@pytest.mark.parametrize("way", ["/exit", "/chat/leave"])
def test_leaving_wipes_the_browser_and_ends_the_conversation(
    site: ChatSite, browser: Browser, way: str
) -> None:
    begun(browser)
    site.accepts()
    answer = browser.get(way) if way == "/exit" else browser.post(way)
    assert answer.headers["clear-site-data"] == '"cookies", "storage", "cache"'
    assert 'chat="";' in answer.headers["set-cookie"]
    assert messages(browser.get("/chat")) == []


@pytest.mark.requirement("H-23")
def test_a_code_is_shown_once_and_brings_somebody_back(site: ChatSite, browser: Browser) -> None:
    begun(browser)
    page = browser.post("/chat/code")
    (shown,) = LexborHTMLParser(page.text).css("[data-return-code]")
    code = shown.text()
    assert code not in browser.get("/chat").text
    browser.post("/chat/leave")
    back = browser.post("/chat/helpline/start", key=str(uuid4()), return_code=code)
    assert back.status_code == 303
    wrong = browser.post("/chat/helpline/start", key=str(uuid4()), return_code="1234")
    assert (wrong.status_code, "error-summary" in wrong.text) == (404, True)


@pytest.mark.requirement("PF-UI-CSRF-1")
def test_another_site_can_write_nothing_in_a_conversation(browser: Browser) -> None:
    begun(browser)
    browser.client.headers["Sec-Fetch-Site"] = "cross-site"
    for path in ("/chat/messages", "/chat/leave", "/chat/code", "/chat/answer"):
        assert browser.post(path, text="x").status_code == 403


@pytest.mark.requirement("H-04")
def test_a_closed_line_is_told_with_the_telephone(own_database: OwnDatabase) -> None:
    databases = own_database("helpline"), own_database("gateway")
    with chat_site(*databases, is_open=False) as site, Browser(site).client as client:
        page = client.get("/chat/helpline")
        assert page.status_code == 200
        assert "020-261 52 75" in page.text
        assert "0800-0113" in page.text
        assert "data-start" not in page.text


@pytest.mark.requirement("SEC-R4")
def test_a_line_that_does_not_answer_is_told_with_the_telephone(browser: Browser) -> None:
    page = browser.get("/chat/prevention")
    assert page.status_code == 200
    assert "0800-2666436" in page.text
