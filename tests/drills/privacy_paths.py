"""Somebody who uses every path that is open to the public, and gets it wrong as people do.

Each step checks that it came where it should: a path that was not taken proves nothing.
"""

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import uuid4

import httpx2
from websockets.sync.client import ClientConnection, connect

from infra.peers.pictures import NOT_ILLEGAL
from infra.peers.site import HOST, PICTURES_PATH
from infra.startup import Platform
from infra.story import lines
from infra.story.citizen import RECEIPT
from infra.story.staff import signed_in
from infra.story.telling import expect, wait_for
from infra.story.visitor import LoopbackNames, Visitor
from tests.drills.privacy_marks import Marks

STAFF_FACES = ("hotline", "helpline", "prevention", "hashcheck")
SOCKET_PROTOCOL: Any = "graphql-transport-ws"


@dataclass(frozen=True)
class Staff:
    """Who is on the other side, not marked: a worker of the helpline, and a key that was given."""

    hanna: Visitor
    key: str


@contextmanager
def staffed(platform: Platform) -> Iterator[Staff]:
    public_url = platform.installation.public_url
    with (
        signed_in(public_url("helpline"), "hanna", platform.credentials) as hanna,
        signed_in(public_url("hashcheck"), "kim", platform.credentials) as kim,
    ):
        made = kim.open("/clients").submit('form[action="/clients"]', name="Voorbeeldhost")
        page = made.submit('form[action$="/keys"]')
        yield Staff(hanna, page.find("code.secret").text(strip=True))
        lines.goes_away(hanna)


class Caller:
    """One person with one browser, marked from head to foot."""

    def __init__(self, platform: Platform, marks: Marks, staff: Staff) -> None:
        self._platform = platform
        self._marks = marks
        self._staff = staff
        self._website = platform.installation.public_url("gateway")

    def takes_every_path(self) -> int:
        """How many paths were taken."""
        paths = (
            self.reports_by_form,
            self.reports_by_graphql,
            self.asks_with_a_wrong_code,
            self.asks_for_opening_hours,
            self.chats_by_form,
            self.chats_by_socket,
            self.chats_by_event_stream,
            self.comes_back_with_a_code,
            self.fails_to_sign_in,
            self.checks_hashes,
            self.sends_what_is_refused,
        )
        for path in paths:
            path()
        return len(paths)

    def reports_by_form(self) -> None:
        with self._browser() as browser:
            page = browser.open("/report/form").submit(
                danger="no",
                addresses=self._address(),
                note=f"Ik zag dit: {self._marks.word()}",
                contact="email",
                contact_email=f"{self._marks.word()}@example.org",
            )
            receipt = page.submit()
            code = receipt.find(RECEIPT).text(strip=True)
            expect(browser.open("/status").submit(code=code).status == httpx2.codes.OK, "no status")

    def reports_by_graphql(self) -> None:
        report = {"addresses": [self._address()], "note": self._marks.word()}
        key = str(uuid4())
        for _ in range(2):
            told = self._ask("report_urls", report=report, idempotencyKey=key)
            expect(told["reportUrls"]["code"], "no receipt")

    def asks_with_a_wrong_code(self) -> None:
        with self._browser() as browser:
            page = browser.open("/status").submit(code=self._marks.word())
            expect(page.status >= httpx2.codes.BAD_REQUEST, "a wrong code works")
        self._refused("report_status", code=self._marks.word())

    def asks_for_opening_hours(self) -> None:
        told = self._ask("chat_desk", line="HELPLINE")
        expect(told["chatDesk"]["isOpen"], "the line is closed")
        with self._browser() as browser:
            for path in ("/", "/en/", "/chat/helpline", "/crisis", "/privacy"):
                page = browser.open(f"{path}?from={self._marks.word()}")
                expect(page.status == httpx2.codes.OK, f"{path} is {page.status}")

    def chats_by_form(self) -> None:
        with self._browser() as browser:
            chat = lines.begins_chat(browser, "helpline")
            desk = lines.takes_next(self._staff.hanna)
            said = f"Ik durf het niet te zeggen. {self._marks.word()}"
            chat.says(said)
            wait_for("the message at the desk", lambda: said in desk.heard())
            desk.says(f"Neem de tijd. {self._marks.word()}")
            wait_for("the answer", lambda: len(chat.heard()) > 1)
            desk.ends(category="information_request")
            chat.look().submit('form[action$="/chat/leave"]')

    def chats_by_socket(self) -> None:
        secret = self._begins("PREVENTION")
        with self._socket() as talk:
            _say(talk, {"type": "connection_init"})
            expect(_heard(talk)["type"] == "connection_ack", "no socket")
            variables = {"line": "PREVENTION", "secret": secret, "afterSeq": 0}
            payload = {"documentId": _document("chat_news"), "variables": variables}
            _say(talk, {"id": "1", "type": "subscribe", "payload": payload})
            expect(_heard(talk)["type"] == "next", "no news")
            word = self._writes("PREVENTION", secret)
            expect(word in json.dumps(_heard(talk)), "the message is no news")
            _say(talk, {"id": self._marks.word(), "type": self._marks.word()})
        self._ask("leave_chat", line="PREVENTION", secret=secret, byExit=True)

    def chats_by_event_stream(self) -> None:
        secret = self._begins("HELPLINE")
        word = self._writes("HELPLINE", secret)
        following = {"line": "helpline", "secret": secret, "afterSeq": 0}
        with (
            self._client() as client,
            client.stream("POST", "/chat/events", json=following) as stream,
        ):
            expect(word in next(stream.iter_lines()), "the stream does not tell the message")
        self._ask("leave_chat", line="HELPLINE", secret=secret, byExit=False)

    def comes_back_with_a_code(self) -> None:
        secret = self._begins("HELPLINE")
        code = self._ask("make_return_code", line="HELPLINE", secret=secret)["makeReturnCode"]
        self._ask("leave_chat", line="HELPLINE", secret=secret, byExit=False)
        again = self._begins("HELPLINE", return_code=code)
        self._ask("leave_chat", line="HELPLINE", secret=again, byExit=False)
        wish = {"language": "nl", "returnCode": self._marks.word()}
        self._refused("start_chat", line="HELPLINE", key=str(uuid4()), wish=wish)

    def fails_to_sign_in(self) -> None:
        installation = self._platform.installation
        faces = [installation.public_url(name) for name in STAFF_FACES]
        for origin in (*faces, installation.management_url):
            with self._browser(origin) as browser:
                form = {"name": self._marks.word(), "password": self._marks.word()}
                page = browser.open("/sign-in").submit(**form)
                expect("/sign-in/code" not in page.url, f"anybody signs in at {origin}")
                # Somebody real, whose second factor is wrong.
                known = "mila" if "management" in origin else "sam"
                password = self._platform.credentials.password
                second = browser.open("/sign-in").submit(name=known, password=password)
                expect("/sign-in/code" in second.url, f"{known} is not known at {origin}")
                second.submit(code=self._marks.word())

    def checks_hashes(self) -> None:
        key = self._staff.key
        items = [{"type": "sha256", "value": self._marks.word()}]
        with self._client(self._platform.installation.public_url("hashcheck")) as client:
            for bearer, status in ((self._marks.word(), 401), (key, 200)):
                answer = client.post(
                    "/v1/check",
                    json={"items": items},
                    headers={"Authorization": f"Bearer {bearer}"},
                )
                expect(answer.status_code == status, f"a check answers {answer.status_code}")
            broken = client.post(
                "/v1/check",
                content=f'{{"items": ["{self._marks.word()}',
                headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
            )
            expect(broken.status_code in {400, 422}, f"broken JSON answers {broken.status_code}")

    def sends_what_is_refused(self) -> None:
        word = self._marks.word()
        with self._client() as client:
            answers = (
                client.get(f"/{word}?{word}={word}"),
                client.post("/graphql", json={"query": f"{{ {word} }}"}),
                client.post("/graphql", content=f'{{"{word}'.encode()),
                client.post("/report/form", data={word: word}),
                client.post("/report/form", content=word.encode() * 40_000),
                client.post("/chat/messages", data={"text": word}),
                client.request("PATCH", f"/chat/{word}", content=word.encode()),
                client.get("/", headers={"Cookie": f"{word}={word}", "Accept-Language": word}),
            )
        statuses = [answer.status_code for answer in answers]
        expect(all(status < 500 for status in statuses), f"an error of ours: {statuses}")
        expect(word not in "".join(a.text for a in answers), "an answer repeats what was sent")

    def _begins(self, line: str, return_code: str = "") -> str:
        wish = {"language": "nl", "returnCode": return_code}
        begun = self._ask("start_chat", line=line, key=str(uuid4()), wish=wish)["startChat"]
        expect(begun["admission"] == "WAITING", f"{line} says {begun['admission']}")
        return str(begun["secret"])

    def _writes(self, line: str, secret: str) -> str:
        word = self._marks.word()
        message = {"clientId": str(uuid4()), "text": f"Hallo {word}"}
        self._ask("send_chat_message", line=line, secret=secret, **message)
        return word

    def _ask(self, name: str, **variables: object) -> Any:
        answer = self._sent(name, variables)
        expect("errors" not in answer, f"{name}: {answer.get('errors')}")
        return answer["data"]

    def _refused(self, name: str, **variables: object) -> None:
        expect("errors" in self._sent(name, variables), f"{name} is not refused")

    def _sent(self, name: str, variables: dict[str, object]) -> Any:
        with self._client() as client:
            body = {"documentId": _document(name), "variables": variables}
            return client.post("/graphql", json=body).json()

    def _address(self) -> str:
        port = self._platform.installation.ports["site"]
        return f"http://{HOST}:{port}{PICTURES_PATH}{NOT_ILLEGAL}?copy={uuid4()}"

    def _client(self, origin: str = "") -> httpx2.Client:
        return httpx2.Client(
            base_url=origin or self._website,
            transport=LoopbackNames(self._marks.address),
            headers=self._marks.headers,
            follow_redirects=True,
            timeout=30,
        )

    def _browser(self, origin: str = "") -> Visitor:
        # With a jar that takes cookies for secure pages on loopback, as browsers do.
        browser = Visitor(origin or self._website)
        browser.client._transport = LoopbackNames(self._marks.address)
        browser.client.headers.update(self._marks.headers)
        return browser

    @contextmanager
    def _socket(self) -> Iterator[ClientConnection]:
        port = self._platform.installation.ports["gateway"]
        here = (self._marks.address, 0)
        line = socket.create_connection(("127.0.0.1", port), source_address=here)
        headers = dict(self._marks.headers)
        agent = headers.pop("User-Agent")
        with connect(
            f"ws://localhost:{port}/graphql",
            sock=line,
            subprotocols=[SOCKET_PROTOCOL],
            additional_headers=headers,
            user_agent_header=agent,
            proxy=None,
        ) as talk:
            yield talk


def _say(talk: ClientConnection, message: dict[str, Any]) -> None:
    talk.send(json.dumps(message))


def _heard(talk: ClientConnection) -> dict[str, Any]:
    return dict(json.loads(talk.recv(timeout=10)))


def _document(name: str) -> str:
    text = (files("gateway") / "documents" / f"{name}.graphql").read_bytes()
    return f"sha256:{sha256(text).hexdigest()}"
