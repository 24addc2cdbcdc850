import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.settings import HelplineSettings

from tests.applications import settings_for, signed_in, token_of, visiting
from tests.conftest import OwnDatabase


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    return create_app(settings_for(HelplineSettings, own_database("helpline"), service="helpline"))


@pytest.mark.requirement("PF-LINES-1")
def test_a_visitor_reads_that_the_line_is_not_open_and_where_help_is_now(app: FastAPI) -> None:
    with visiting(app) as browser:
        page = browser.get("/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "werkt nog niet" in page.text
    assert 'href="tel:112"' in page.text
    assert "0800-0113" in page.text
    assert "set-cookie" not in page.headers


@pytest.mark.requirement("PF-LINES-1")
def test_the_gateway_is_told_that_the_line_is_not_open(app: FastAPI) -> None:
    with visiting(app) as browser:
        headers = {"Authorization": f"Bearer {token_of('gateway', 'helpline')}"}
        assert browser.get("/api/status", headers=headers).json() == {"state": "not_open_yet"}
        assert browser.get("/api/status").status_code == 401


@pytest.mark.requirement("PF-LINES-1")
def test_staff_arrive_on_a_page_that_promises_nothing(app: FastAPI) -> None:
    with signed_in(app, "admin") as browser:
        page = browser.get("/today")
    assert page.status_code == 200
    assert "nog niet open" in page.text
