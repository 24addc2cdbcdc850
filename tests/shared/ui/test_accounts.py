"""The account pages, in the service that has nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.settings import HelplineSettings
from httpx2 import Response
from selectolax.lexbor import LexborHTMLParser
from shared.domain.actor import SYSTEM
from shared.platform.account_tables import StaffAccount
from shared.platform.second_factor import code_at, new_seed
from shared.platform.staff import NewAccount, StaffDesk
from shared.platform.unit_of_work import open_work
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import PASSWORD, kept, settings_for, signed_in, visiting
from tests.conftest import OwnDatabase

SEED = new_seed()
ANOTHER = "quite another sentence 12"


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
    return kept(create_app, settings)


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[TestClient]:
    desk: StaffDesk = app.state.doorkeeper
    with open_work(desk.sessions, SYSTEM) as work:
        desk.create_account(work, NewAccount("sanne", "Sanne", "admin", PASSWORD, SEED))
    with visiting(app) as browser:
        yield browser


@pytest.fixture
def admin(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "admin", "sam") as browser:
        yield browser


def csrf_in(page: Response) -> str:
    field = LexborHTMLParser(page.text).css_first("input[name=csrf]")
    assert field
    return str(field.attributes["value"])


def give_password(browser: TestClient, password: str = PASSWORD) -> Response:
    return browser.post("/sign-in", data={"name": "Sanne", "password": password})


def give_code(browser: TestClient, code: str) -> Response:
    page = browser.get("/sign-in/code")
    return browser.post("/sign-in/code", data={"code": code, "csrf": csrf_in(page)})


@pytest.mark.requirement("SEC-S6")
def test_signing_in_takes_two_steps_and_a_page_behind_them_opens(visitor: TestClient) -> None:
    first = give_password(visitor)
    assert (first.status_code, first.headers["location"]) == (303, "/sign-in/code")
    assert visitor.get("/today", headers={"Accept": "text/html"}).status_code == 303
    second = give_code(visitor, code_at(SEED, datetime.now(UTC)))
    assert (second.status_code, second.headers["location"]) == (303, "/today")
    assert visitor.get("/today").status_code == 200


@pytest.mark.requirement("SEC-S7")
def test_the_session_cookie_is_for_this_host_and_not_for_scripts(visitor: TestClient) -> None:
    cookie = give_password(visitor).headers["set-cookie"]
    assert cookie.startswith("__Host-helpline=")
    for attribute in ("HttpOnly", "Secure", "SameSite=strict", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie


@pytest.mark.requirement("SEC-P4")
def test_a_wrong_password_is_told_without_repeating_it(visitor: TestClient) -> None:
    answer = give_password(visitor, "canary of a password")
    assert answer.status_code == 401
    assert "canary" not in answer.text
    assert 'value="Sanne"' in answer.text
    assert "set-cookie" not in answer.headers


def test_a_wrong_code_leaves_the_second_step_open(visitor: TestClient) -> None:
    give_password(visitor)
    assert give_code(visitor, "000000").status_code == 401
    assert give_code(visitor, code_at(SEED, datetime.now(UTC))).status_code == 303


@pytest.mark.requirement("SEC-S7")
def test_signing_in_from_another_site_is_refused(visitor: TestClient) -> None:
    answer = visitor.post(
        "/sign-in",
        data={"name": "sanne", "password": PASSWORD},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert answer.status_code == 403


@pytest.mark.requirement("SEC-S7")
def test_a_form_without_the_token_of_the_session_changes_nothing(admin: TestClient) -> None:
    del admin.headers["X-CSRF-Token"]
    assert admin.post("/sign-out").status_code == 403
    assert admin.get("/today").status_code == 200


def test_signing_out_ends_the_session(admin: TestClient) -> None:
    token = admin.cookies["__Host-helpline"]
    assert admin.post("/sign-out").status_code == 303
    admin.cookies.set("__Host-helpline", token, domain=admin.base_url.host)
    assert admin.get("/account").status_code == 401


def test_a_new_password_ends_every_session(admin: TestClient) -> None:
    data = {"current": PASSWORD, "password": ANOTHER}
    assert admin.post("/account/password", data=data).status_code == 303
    assert admin.get("/account").status_code == 401


@pytest.mark.parametrize(
    ("current", "new", "status"),
    [("wrong " * 3, ANOTHER, 401), (PASSWORD, "short", 422), (PASSWORD, PASSWORD, 422)],
    ids=["wrong now", "too short", "the same"],
)
def test_a_password_that_cannot_be_changed_says_so(
    admin: TestClient, current: str, new: str, status: int
) -> None:
    answer = admin.post("/account/password", data={"current": current, "password": new})
    assert answer.status_code == status
    assert admin.get("/account").status_code == 200


@pytest.mark.requirement("PF-ACCOUNT-1")
def test_a_recovery_code_replaces_the_authenticator_once(
    app: FastAPI, admin: TestClient, visitor: TestClient
) -> None:
    desk: StaffDesk = app.state.doorkeeper
    page = admin.post("/account/recovery-codes")
    code = LexborHTMLParser(page.text).css("ol code")[0].text()
    with open_work(desk.sessions, SYSTEM) as work:
        first = desk.sign_in(work, "sam", PASSWORD)
        again = desk.sign_in(work, "sam", PASSWORD)
    visitor.cookies.set(desk.cookie, first, domain=visitor.base_url.host)
    assert give_code(visitor, code.upper()).status_code == 303
    visitor.cookies.set(desk.cookie, again, domain=visitor.base_url.host)
    assert give_code(visitor, code).status_code == 401


def test_a_session_of_another_browser_can_be_ended(app: FastAPI, admin: TestClient) -> None:
    page = LexborHTMLParser(admin.get("/account").text)
    action = page.css_first("form[action^='/account/sessions/']")
    assert action
    assert admin.post(str(action.attributes["action"])).status_code == 303
    assert admin.get("/account").status_code == 401


@pytest.mark.requirement("PF-ACCOUNT-2")
def test_an_administrator_makes_and_stops_an_account(app: FastAPI, admin: TestClient) -> None:
    desk: StaffDesk = app.state.doorkeeper
    page = admin.post("/team", data={"name": "noor", "display_name": "Noor", "role": "admin"})
    password, seed = (node.text() for node in LexborHTMLParser(page.text).css("dd code")[1:3])
    with open_work(desk.sessions, SYSTEM) as work:
        first = desk.sign_in(work, "noor", password)
    with open_work(desk.sessions, SYSTEM) as work:
        token = desk.give_second_factor(work, first, code_at(seed, work.now))
    assert desk.signed_in(token)
    with open_work(desk.sessions, SYSTEM) as work:
        account_id = work.session.exec(
            select(StaffAccount.id).where(StaffAccount.name == "noor")
        ).one()
    assert admin.post(f"/team/{account_id}/disable").status_code == 303
    assert desk.signed_in(token) is None


@pytest.mark.parametrize(
    ("member", "status"),
    [
        ({"name": "sam", "display_name": "Sam", "role": "admin"}, 409),
        ({"name": "noor", "display_name": "Noor", "role": "director"}, 422),
        ({"name": "No or", "display_name": "Noor", "role": "admin"}, 422),
        ({"name": "noor", "role": "admin"}, 422),
    ],
    ids=["taken", "unknown role", "bad name", "no name to show"],
)
def test_an_account_that_cannot_be_made_says_so(
    admin: TestClient, member: dict[str, str], status: int
) -> None:
    assert admin.post("/team", data=member).status_code == status


def test_nobody_stops_their_own_access(app: FastAPI, admin: TestClient) -> None:
    desk: StaffDesk = app.state.doorkeeper
    found = desk.signed_in(admin.cookies["__Host-helpline"])
    assert found
    assert admin.post(f"/team/{found.actor.id}/disable").status_code == 409


@pytest.mark.requirement("SEC-S7")
def test_a_session_that_was_not_used_ends(app: FastAPI, admin: TestClient) -> None:
    desk: StaffDesk = app.state.doorkeeper
    later = StaffDesk(
        desk.service,
        desk.origin,
        desk.sessions,
        desk.roles,
        desk.master_key,
        desk.idle,
        clock=lambda: datetime.now(UTC) + timedelta(minutes=16),
    )
    assert later.signed_in(admin.cookies["__Host-helpline"]) is None
