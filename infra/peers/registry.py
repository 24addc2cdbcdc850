"""A registry: whose network an address is in (RDAP, RFC 9083), and its bootstrap (RFC 9224)."""

import ipaddress
import json
from typing import Any

from infra.peers.server import NOT_FOUND, Answer, LoopbackServer

BOOTSTRAP_PATH = "/bootstrap.json"
NETWORK = ipaddress.ip_network("127.0.0.0/8")
HOLDER = "Loopback Hosting"
ABUSE_EMAIL = "abuse@hosting.test"
MEDIA_TYPE = "application/rdap+json"


class Registry:
    def __init__(self, port: int = 0) -> None:
        self._server = LoopbackServer(self.respond, port)
        self.port = self._server.port

    @property
    def bootstrap_url(self) -> str:
        return f"http://127.0.0.1:{self.port}{BOOTSTRAP_PATH}"

    def close(self) -> None:
        self._server.close()

    def respond(self, method: str, path: str) -> Answer:
        if method == "GET" and path == BOOTSTRAP_PATH:
            return _json(self._bootstrap(), "application/json")
        if method == "GET" and path.startswith("/ip/") and _in_network(path.removeprefix("/ip/")):
            return _json(_network(), MEDIA_TYPE)
        return NOT_FOUND

    def _bootstrap(self) -> dict[str, Any]:
        """The one registry file of this small world (RFC 9224)."""
        here = f"http://127.0.0.1:{self.port}/"
        return {
            "version": "1.0",
            "publication": "2026-01-01T00:00:00Z",
            "services": [[[str(NETWORK)], [here]]],
        }


def _in_network(text: str) -> bool:
    try:
        return ipaddress.ip_address(text) in NETWORK
    except ValueError:
        return False


def _network() -> dict[str, Any]:
    return {
        "rdapConformance": ["rdap_level_0"],
        "objectClassName": "ip network",
        "handle": "LOOPBACK-TEST",
        "startAddress": str(NETWORK.network_address),
        "endAddress": str(NETWORK.broadcast_address),
        "ipVersion": "v4",
        "name": "LOOPBACK-TEST-NET",
        "type": "ASSIGNED PA",
        "country": "NL",
        "entities": [
            _entity("HOLDER-TEST", "registrant", HOLDER, "info@hosting.test"),
            _entity("ABUSE-TEST", "abuse", f"{HOLDER} abuse desk", ABUSE_EMAIL),
        ],
    }


def _entity(handle: str, role: str, name: str, email: str) -> dict[str, Any]:
    card = [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", name],
        ["kind", {}, "text", "group"],
        ["email", {}, "text", email],
    ]
    return {
        "objectClassName": "entity",
        "handle": handle,
        "roles": [role],
        "vcardArray": ["vcard", card],
    }


def _json(document: dict[str, Any], media_type: str) -> Answer:
    return Answer(json.dumps(document).encode(), media_type)
