"""The running web process with its clients outside, as the tests of its API meet it."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from hashcheck.domain.role import CLIENT_MANAGER
from hashcheck.tables import CheckCount, Hit, KeyUse
from hashcheck.use_cases.client import allow_pictures
from httpx2 import Response
from shared.contracts.hashcheck import CheckItem
from shared.domain.actor import Actor
from shared.platform.api_key import ClientDesk
from shared.platform.platform_schema import PARTITION_NAME
from sqlalchemy import text
from sqlmodel import col, select
from starlette.testclient import TestClient

from tests.hashcheck.lists import OFFLIMITS, Lists, person

CHECK = "/v1/check"
# How long anything that happens beside the requests may take on a busy machine.
PATIENCE_SECONDS = 20.0


@dataclass
class Hoster:
    """A hosting company with a key."""

    id: UUID
    key: str
    browser: TestClient

    @property
    def caller(self) -> str:
        return f"client:{self.id}"

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    def check(self, *items: CheckItem) -> list[dict[str, Any]]:
        """What is answered to these hashes."""
        answer = self.send(json.dumps({"items": [each.model_dump() for each in items]}).encode())
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def send(self, content: bytes, kind: str = "application/json", **headers: str) -> Response:
        """Anything at all; `kind` "" sends no content type."""
        told = {"Content-Type": kind} if kind else {}
        return self.browser.post(CHECK, content=content, headers=self.headers | told | headers)


@dataclass
class Service:
    app: FastAPI
    browser: TestClient
    lists: Lists

    @property
    def public_url(self) -> str:
        return str(self.app.state.doorkeeper.origin)

    @property
    def clients(self) -> ClientDesk:
        desk: ClientDesk = self.app.state.doorkeeper.clients
        return desk

    @property
    def manager(self) -> Actor:
        return person(CLIENT_MANAGER)

    def hoster(self, *, pictures: bool = False, scope: str = "hash:check") -> Hoster:
        client_id = self.lists.do(
            self.manager, lambda work: self.clients.create_client(work, f"A hoster {uuid4()}")
        )
        key = self.lists.do(
            self.manager, lambda work: self.clients.issue_key(work, client_id, scope)
        )
        if pictures:
            self.lists.do(self.manager, lambda work: allow_pictures(work, client_id, allowed=True))
        return Hoster(client_id, key, self.browser)

    def listed(self, items: Sequence[CheckItem], list_name: str = OFFLIMITS) -> UUID:
        """List a picture and wait until checks know it."""
        entry_id = self.lists.listed(items, list_name)
        version = self.lists.audit(entry_id)[-1].facts["list_version"]
        hoster = self.hoster()
        assert eventually(lambda: self.version_seen_by(hoster) >= version)
        return entry_id

    def version_seen_by(self, hoster: Hoster) -> int:
        question = json.dumps({"items": [{"type": "md5", "value": "0" * 32}]}).encode()
        return int(hoster.send(question).json()["list_version"])

    def counts(self, caller: str) -> dict[tuple[str, str], int]:
        """(what was counted, outcome) → how often, on all days."""
        rows = select(CheckCount).where(CheckCount.caller == caller)
        with self.app.state.sessions() as session:
            found = session.exec(rows).all()
        return {(row.counted.value, row.outcome.value): row.count for row in found}

    def key_use(self, key_id: str) -> list[int]:
        """What was asked with a key, per day."""
        with self.app.state.sessions() as session:
            return list(session.exec(select(KeyUse.count).where(KeyUse.key_id == key_id)))

    def hits(self, caller: str) -> list[Hit]:
        rows = select(Hit).where(Hit.caller == caller).order_by(col(Hit.distance))
        with self.app.state.sessions() as session:
            return list(session.exec(rows))

    def dump(self) -> str:
        """Every row of every table of the service as text."""
        tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        with self.app.state.sessions() as session:
            names = session.execute(text(tables)).scalars().all()
            readable = [name for name in names if not PARTITION_NAME.search(name)]
            return "".join(
                str(session.execute(text(f"SELECT t::text FROM {name} t")).scalars().all())  # noqa: S608
                for name in readable
            )


def eventually(holds: Callable[[], bool]) -> bool:
    """Whether it holds before patience ends."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if holds():
            return True
        time.sleep(0.02)
    return holds()
