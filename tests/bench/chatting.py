"""Both ends of many conversations at once, over the wires that browsers use."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.resources import files
from time import perf_counter
from typing import Any
from uuid import uuid4

import httpx2
from websockets.asyncio.client import connect

from infra.story.visitor import Visitor

LINE = "HELPLINE"
# Starts are limited per network; these come from as many networks as real people do.
STARTS_PER_NETWORK = 15
HANGING_SECONDS = 60.0
BUSY = 503


def document(name: str) -> str:
    text = (files("gateway") / f"documents/{name}.graphql").read_bytes()
    return f"sha256:{sha256(text).hexdigest()}"


def begin(gateway: str, number: int) -> str:
    """The secret of a new conversation of visitor `number`."""
    transport = httpx2.HTTPTransport(local_address=f"127.7.{number // STARTS_PER_NETWORK}.1")
    with httpx2.Client(transport=transport, trust_env=False, timeout=20) as client:
        wish = {"language": "nl"}
        variables = {"line": LINE, "key": str(uuid4()), "wish": wish}
        body = {"documentId": document("start_chat"), "variables": variables}
        answer = client.post(f"{gateway}/graphql", json=body).json()
    begun = answer["data"]["startChat"]
    assert begun["admission"] == "WAITING", begun
    return str(begun["secret"])


@dataclass
class Arrivals:
    """When each text was sent and when the other end had it, in seconds."""

    sent: dict[str, float] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    refused: int = 0

    def leave(self) -> str:
        """A text that nobody else sends."""
        text = f"Ik denk erover na. {uuid4()}"
        self.sent[text] = perf_counter()
        return text

    def refuse(self, text: str) -> None:
        """The sender was told to try again: no delivery, and nothing lost."""
        del self.sent[text]
        self.refused += 1

    def arrive(self, text: str) -> None:
        """Again, when a connection was renewed, does not count twice."""
        began = self.sent.pop(text, None)
        if began is not None:
            self.took.append(perf_counter() - began)


@dataclass
class Conversation:
    """One visitor with a socket, and the worker's browser that follows the same conversation.

    Each end has connections of its own, as real browsers do.
    """

    gateway: str
    desk: str
    secret: str
    worker: "WorkerBrowser"
    desktop: httpx2.AsyncClient
    phone: httpx2.AsyncClient
    to_worker: Arrivals
    to_visitor: Arrivals

    async def visitor_listens(self) -> None:
        address = self.gateway.replace("http:", "ws:") + "/graphql"
        variables = {"line": LINE, "secret": self.secret, "afterSeq": 0}
        payload = {"documentId": document("chat_news"), "variables": variables}
        protocols: Any = ["graphql-transport-ws"]
        async with connect(address, subprotocols=protocols, proxy=None) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            await socket.recv()
            subscribe = {"id": "1", "type": "subscribe", "payload": payload}
            await socket.send(json.dumps(subscribe))
            async for frame in socket:
                for message in _messages(json.loads(frame)):
                    self.to_visitor.arrive(message["text"])

    async def worker_listens(self) -> None:
        after, known = 0, ""
        while True:
            question = {"after": str(after), "known": known}
            answer = await self.desktop.get(f"{self.desk}/news", params=question)
            if answer.status_code == BUSY:
                await asyncio.sleep(1)
                continue
            answer.raise_for_status()
            known = answer.headers["X-Known"]
            for message in answer.json()["messages"]:
                after = max(after, message["seq"])
                self.to_worker.arrive(message["text"])

    async def visitor_says(self) -> None:
        text = self.to_worker.leave()
        variables = {
            "line": LINE,
            "secret": self.secret,
            "clientId": str(uuid4()),
            "text": text,
        }
        body = {"documentId": document("send_chat_message"), "variables": variables}
        answer = await self.phone.post(f"{self.gateway}/graphql", json=body)
        if "errors" in answer.json():
            self.to_worker.refuse(text)

    async def closed(self) -> None:
        for client in (self.phone, self.desktop):
            await client.aclose()

    async def worker_says(self) -> None:
        text = self.to_visitor.leave()
        form = {"csrf": self.worker.csrf, "client_id": str(uuid4()), "text": text}
        answer = await self.desktop.post(f"{self.desk}/messages", data=form)
        if answer.status_code == BUSY:
            self.to_visitor.refuse(text)
            return
        assert answer.status_code == 201, answer.text


@dataclass(frozen=True)
class WorkerBrowser:
    """What a worker's browser sends with everything."""

    headers: Mapping[str, str]
    csrf: str


def browser(headers: Mapping[str, str] | None = None) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(headers=headers, trust_env=False, timeout=HANGING_SECONDS)


def browser_of(worker: Visitor) -> WorkerBrowser:
    token = worker.open("/account").find("input[name=csrf]").attributes["value"] or ""
    cookies = "; ".join(f"{name}={value}" for name, value in worker.client.cookies.items())
    headers = {
        "Cookie": cookies,
        "Accept": "application/json",
        "Host": httpx2.URL(worker.origin).netloc.decode(),
        "Origin": f"{httpx2.URL(worker.origin)}".rstrip("/"),
    }
    return WorkerBrowser(headers, token)


def _messages(frame: Mapping[str, Any]) -> list[dict[str, Any]]:
    if frame["type"] != "next":
        return []
    return list(frame["payload"]["data"]["chatNews"]["messages"])


async def cancelled(tasks: list[asyncio.Task[None]]) -> None:
    """End listeners; raises what one of them died of before."""
    dead = [task for task in tasks if task.done()]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in dead:
        task.result()
