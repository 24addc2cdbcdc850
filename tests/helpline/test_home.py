from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.settings import HelplineSettings
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, signed_in, token_of, visiting
from tests.conftest import OwnDatabase


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
    return kept(create_app, settings)


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    with visiting(app) as client:
        yield client


@pytest.mark.requirement("PF-LINES-1")
def test_without_opening_hours_the_line_says_that_it_is_closed(visitor: TestClient) -> None:
    headers = {"Authorization": f"Bearer {token_of('gateway', 'helpline')}"}
    assert visitor.get("/api/status", headers=headers).json() == {"state": "closed"}


@pytest.mark.requirement("SEC-P5")
@pytest.mark.parametrize("path", ["/today", "/chats", "/missed", "/opening", "/team"])
def test_who_is_not_signed_in_is_sent_to_sign_in(visitor: TestClient, path: str) -> None:
    assert visitor.get(path, headers={"Accept": "text/html"}).headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("role", "sees", "sees_not"),
    [
        ("worker", "/chats", "/opening"),
        ("coordinator", "/opening", "/team"),
        ("admin", "/team", "/chats"),
    ],
)
def test_today_shows_what_the_role_can_do(
    app: FastAPI, role: str, sees: str, sees_not: str
) -> None:
    with signed_in(app, role) as client:
        page = client.get("/today").text
        assert f'href="{sees}"' in page
        assert f'href="{sees_not}"' not in page
