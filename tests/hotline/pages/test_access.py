"""Who may open which page of the hotline, and which forms are taken."""

from uuid import uuid4

import pytest
from fastapi import FastAPI
from hotline.domain.role import ROLES
from shared.platform.access import SAFE_METHODS, StaffAccess, route_access

from infra.story.visitor import Page
from tests.applications import visiting
from tests.hotline.pages.browser import HTML, Browser, links, staff_browser
from tests.hotline.pages.cases import Cases

SOME_ID = str(uuid4())
# What every member of staff has, whatever the role.
OF_EVERYBODY = ("/account", "/sign-out", "/sign-in", "/team")


def pages(app: FastAPI, *, forms: bool) -> list[tuple[str, str]]:
    """Path and needed permission of each page of the hotline, or of each form it takes."""
    return [
        (path, marker.permission)
        for (method, path), marker in sorted(route_access(app).items())
        if isinstance(marker, StaffAccess)
        and (method not in SAFE_METHODS) == forms
        and not path.startswith(OF_EVERYBODY)
    ]


def some(path: str) -> str:
    """The path of a page with an id that nothing has."""
    return "/".join(SOME_ID if part.startswith("{") else part for part in path.split("/"))


@pytest.mark.requirement("SEC-P5")
def test_nobody_sees_a_page_without_signing_in(app: FastAPI) -> None:
    with visiting(app) as client:
        for path, _ in pages(app, forms=False):
            answer = client.get(some(path), headers=HTML)
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path
        for path, _ in pages(app, forms=True):
            answer = client.post(some(path), headers=HTML)
            assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in"), path


@pytest.mark.requirement("MG-4", "SEC-P5")
def test_each_role_opens_its_pages_and_sends_its_forms_and_no_others(app: FastAPI) -> None:
    filled = {"version": "1", "verdict": "ignore", "profile": "full", "reason": "mistake"}
    filled["contact_id"] = SOME_ID
    for role, permissions in ROLES.items():
        with staff_browser(app, role) as browser:
            home = browser.open("/")
            filled["csrf"] = home.form(".person form").fields["csrf"][0]
            for path, permission in pages(app, forms=False):
                status = browser.client.get(some(path)).status_code
                may = not permission or permission in permissions
                assert status in ({200, 404} if may else {403}), (role, path)
            for path, permission in pages(app, forms=True):
                status = browser.client.post(some(path), data=filled).status_code
                assert status in ({200, 404} if permission in permissions else {403}), (role, path)
            menu = links(home, ".places a")
            assert [path for path in menu if browser.open(path).status != 200] == [], role


@pytest.mark.requirement("PF-UI-CSRF-1")
def test_a_form_without_the_token_of_the_session_changes_nothing(
    app: FastAPI, cases: Cases
) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    for role in ("senior_analyst", "ntd_officer", "intake_officer"):
        with staff_browser(app, role) as browser:
            for path, permission in pages(app, forms=True):
                if permission not in ROLES[role]:
                    continue
                for csrf in ({}, {"csrf": "0" * 43}):
                    answer = browser.client.post(path.replace("{url_id}", str(url_id)), data=csrf)
                    assert answer.status_code == 403, path
                    assert "stond te lang open" in answer.text
    assert cases.url(url_id).claimed_by is None


@pytest.mark.requirement("PF-UI-CSRF-1")
def test_a_form_that_another_site_sends_changes_nothing(analyst: Browser, cases: Cases) -> None:
    url_id = cases.awaiting("https://host.example/a.png")
    form = analyst.open("/urls").form("form[action='/urls/next']")
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = analyst.client.post(form.action, data=form.fields, headers=headers)
        assert answer.status_code == 403
        assert "van een andere website" in answer.text
    assert cases.url(url_id).claimed_by is None


@pytest.mark.requirement("SEC-P5")
def test_what_does_not_exist_is_not_told_from_what_may_not_be_seen(analyst: Browser) -> None:
    answers: list[Page] = [
        analyst.open(f"{path}/{SOME_ID}") for path in ("/urls", "/removals", "/reports")
    ]
    assert [page.status for page in answers] == [404, 404, 404]
    assert {page.heading for page in answers} == {"Niet gevonden"}
    assert analyst.open("/urls/no-id").status == 404
