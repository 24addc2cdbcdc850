"""The services behind the gateway, written by hand at the level of HTTP."""

import json
from dataclasses import dataclass, field
from typing import Any

import httpx2
from gateway.clients import Peers
from shared.platform.peer import peer_http_client
from shared.platform.service_token import TokenSigner

A_SEED = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
HOSTS = ("hotline", "helpline", "prevention", "hashcheck")

CHAT_DESK = {
    "is_open": True,
    "is_staffed": True,
    "waiting": 2,
    "closes_at": "2026-11-24T20:00:00Z",
    "opens_at": None,
    "hours": [],
}

Answer = tuple[int, dict[str, Any]]
RECEIPT = {
    "code": "K7PQ-2MXW-9RTC",
    "occurrence_count": 3,
    "address_count": 2,
    "already_known_count": 1,
    "refused": [],
}
HOTLINE_FIGURES = {
    "since": "2026-01-01T00:00:00+01:00",
    "until": "2027-01-01T00:00:00+01:00",
    "reports_received": 153_856,
    "reports_processed": 152_964,
    "urls_received": 932_617,
    "urls_processed": 927_581,
    "urls_illegal": 238_724,
    "urls_ai": 2_214,
    "urls_removed": 230_000,
    "hours_online_median": 19.5,
    "hours_online_mean": 39.4,
}
HASHCHECK_FIGURES = {
    "since": "2026-01-01T00:00:00+01:00",
    "until": "2027-01-01T00:00:00+01:00",
    "checked": 11_192_234_293,
    "hits": 96_723,
}

THIS_YEAR = "/api/figures/2026"


def year_figures(**counts: list[int | None]) -> dict[str, Any]:
    """What a service releases of 2026 by the third month: names with their months."""
    return {
        "year": 2026,
        "counts": [
            {
                "id": name,
                "total": None if None in months else sum(number or 0 for number in months),
                "months": months,
            }
            for name, months in counts.items()
        ],
        "means": [],
    }


YEARS = {
    "hotline": year_figures(
        hot_reports_incoming=[50_000, 51_000, 52_856],
        hot_urls_processed=[300_000, 300_000, 327_581],
        hot_urls_illegal=[80_000, 80_000, 78_724],
        hot_reports_processed=[50_000, 50_000, 52_964],
        hot_ai=[700, 714, 800],
    ),
    "helpline": year_figures(
        help_contacts=[3_000, 3_000, 3_281],
        help_sextortion=[900, 900, 923],
        help_ai_generated=[None, 7, 5],
    ),
    "prevention": year_figures(
        prev_contacts=[600, 600, 709],
        prev_ai_questions=[None, None, None],
    ),
    "hashcheck": year_figures(
        hcs_checked=[4_000_000_000, 4_000_000_000, 3_192_234_293],
        hcs_hits=[30_000, 30_000, 36_723],
        hcs_ai_hits=[0, 3, 1],
    ),
}


@dataclass
class Services:
    """Answers by (host, method, path); `stopped` hosts refuse the connection."""

    answers: dict[tuple[str, str, str], Answer] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    requests: list[httpx2.Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        for host, state in zip(HOSTS, ("open", "not_open_yet", "not_open_yet", ""), strict=True):
            self.answers[host, "GET", "/api/status"] = (200, {"state": state})
        for line in ("helpline", "prevention"):
            self.answers[line, "GET", "/api/chat/desk"] = (200, CHAT_DESK)
        self.answers["hotline", "POST", "/api/reports"] = (201, RECEIPT)
        self.answers["hotline", "POST", "/api/reports/status"] = (
            200,
            {"progress": "in_progress", "received_on": "2026-11-24"},
        )
        self.answers["hotline", "GET", "/api/figures"] = (200, HOTLINE_FIGURES)
        self.answers["hashcheck", "GET", "/api/figures"] = (200, HASHCHECK_FIGURES)
        for name, figures in YEARS.items():
            self.answers[name, "GET", THIS_YEAR] = (200, figures)

    def refuse(self, path: str, status: int, code: str) -> None:
        """Let the hotline answer a POST to `path` with a problem."""
        self.answers["hotline", "POST", path] = (status, {"status": status, "code": code})

    def bodies(self, path: str) -> list[Any]:
        return [json.loads(r.content) for r in self.requests if r.url.path == path]

    async def answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.host in self.stopped:
            raise httpx2.ConnectError("stopped")
        self.requests.append(request)
        status, body = self.answers[request.url.host, request.method, request.url.path]
        return httpx2.Response(status, json=body)

    def transport(self) -> httpx2.AsyncBaseTransport:
        return httpx2.MockTransport(self.answer)

    def peers(self) -> Peers:
        addresses = {name: f"http://{name}" for name in HOSTS}
        client = peer_http_client(self.transport())
        return Peers.at(addresses, TokenSigner("gateway", A_SEED), client)
