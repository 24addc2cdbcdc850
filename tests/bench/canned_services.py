"""Four services in one process that always answer the same, as fast as a plain server can.

`python -m tests.bench.canned_services PORT`
"""

import json
import sys
from typing import Any

import uvicorn
from starlette.types import Receive, Scope, Send

from infra.ports import taken

SERVICES = ("hotline", "helpline", "prevention", "hashcheck")
MONTHS = [80_000 + month for month in range(12)]
NAMES = (
    *("hot_reports_incoming", "hot_urls_incoming", "hot_reports_processed", "hot_urls_processed"),
    *("hot_urls_illegal", "hot_ai", "help_contacts", "help_sextortion", "help_manipulated"),
    *("help_ai_generated", "prev_persons", "prev_contacts", "prev_ai_questions", "prev_self"),
    *("prev_relatives", "prev_professionals", "hcs_checked", "hcs_hits", "hcs_ai_hits"),
)
FIGURES = json.dumps(
    {
        "year": 2026,
        "counts": [{"id": name, "total": sum(MONTHS), "months": MONTHS} for name in NAMES],
        "means": [],
    }
).encode()
SENT = b'{"seq": 7}'


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    return bool(taken({"services": port}))


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Figures are asked for, messages are sent."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    content = FIGURES if scope["method"] == "GET" else SENT
    headers: list[Any] = [(b"content-type", b"application/json")]
    headers.append((b"content-length", b"%d" % len(content)))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="critical", lifespan="off")
