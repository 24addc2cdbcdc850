"""People with a browser without JavaScript in front of an application under test."""

from collections.abc import Mapping

from starlette.testclient import TestClient
from starlette.types import ASGIApp

from infra.story.visitor import Visitor


def visitor_of(
    app: ASGIApp, origin: str, language: str = "nl", cookies: Mapping[str, str] | None = None
) -> Visitor:
    """Opens the pages of `app`; whatever runs beside its requests is not started."""
    client = TestClient(
        app,
        base_url=origin.replace("http://", "https://"),
        raise_server_exceptions=False,
        follow_redirects=True,
    )
    for name, value in (cookies or {}).items():
        client.cookies.set(name, value, domain=client.base_url.host)
    return Visitor(str(client.base_url), language, client)
