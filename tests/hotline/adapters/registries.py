"""Registries on loopback: what each says is written by the test. Invented holders, RFC 9083."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hotline.adapters.hosting_lookup import RdapLookup
from hotline.adapters.rdap_bootstrap import RdapBootstrap

from infra.peers.server import NOT_FOUND, Answer, LoopbackServer

MEDIA_TYPE = "application/rdap+json"


@dataclass
class Registry:
    """Answers by path; remembers what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def respond(self, _: str, path: str) -> Answer:
        self.asked.append(path)
        return self.answers.get(path, NOT_FOUND)

    def knows(self, ip: str, document: object) -> None:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answers[f"/ip/{ip}"] = Answer(body, MEDIA_TYPE)


@contextmanager
def registry() -> Iterator[Registry]:
    found = Registry()
    server = LoopbackServer(found.respond)
    found.port = server.port
    try:
        yield found
    finally:
        server.close()


def bootstrap_file(folder: Path, services: list[Any]) -> str:
    path = folder / "bootstrap.json"
    path.write_text(json.dumps({"version": "1.0", "services": services}))
    return str(path)


def lookup_at(folder: Path, port: int) -> RdapLookup:
    """Asks one registry about everything."""
    services = [
        [["0.0.0.0/0"], [f"http://127.0.0.1:{port}/"]],
        [["::/0"], [f"http://127.0.0.1:{port}/"]],
    ]
    return RdapLookup(RdapBootstrap(bootstrap_file(folder, services)))


def entity(
    role: str, name: str = "", *emails: str, handle: str = "", inside: tuple[Any, ...] = ()
) -> dict[str, Any]:
    card: list[Any] = [["version", {}, "text", "4.0"], ["fn", {}, "text", name]]
    card += [["email", {}, "text", email] for email in emails]
    found: dict[str, Any] = {
        "objectClassName": "entity",
        "roles": [role],
        "vcardArray": ["vcard", card],
    }
    if handle:
        found["handle"] = handle
    return found | ({"entities": list(inside)} if inside else {})


def network(*entities: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "rdapConformance": ["rdap_level_0"],
        "objectClassName": "ip network",
        "handle": "NET-1",
        "startAddress": "192.0.2.0",
        "endAddress": "192.0.2.255",
        "ipVersion": "v4",
        "name": "EXAMPLE-NET",
        "type": "ASSIGNED PA",
        "country": "NL",
        "entities": list(entities),
    } | more
