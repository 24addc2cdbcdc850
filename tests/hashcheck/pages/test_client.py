"""The pages of client managers: who may check, with which keys."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.domain.check import day_of
from shared.platform.account_tables import ApiKey

from infra.story.visitor import Page
from tests.hashcheck.api.test_hits import hit, report, send
from tests.hashcheck.hashes import picture
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Hoster, Service, eventually
from tests.imaging.pictures import encoded
from tests.imaging.pictures import picture as drawn

SECRET = "code.secret"


def new_client(desk: Desk) -> Page:
    """The page of a client that a manager just made."""
    return desk("mila").open("/clients").submit(name=f"Voorbeeld Hosting {uuid4()}")


def keys_form(page: Page) -> str:
    return f'form[action="{page.url.split("localhost:8000")[1].split("?")[0]}/keys"]'


def key_on(page: Page) -> str:
    return page.find(SECRET).text(strip=True)


def client_id(page: Page) -> UUID:
    return UUID(page.url.split("/clients/")[1].split("?")[0].split("/")[0])


def hoster_with(service: Service, key: str) -> Hoster:
    return Hoster(uuid4(), key, service.browser)


def status_of_check(service: Service, key: str) -> int:
    content = b'{"items": [' + picture(1)[0].model_dump_json().encode() + b"]}"
    return hoster_with(service, key).send(content).status_code


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_a_key_is_shown_once_and_opens_checks(service: Service, desk: Desk) -> None:
    page = new_client(desk)
    assert page.find("[role=status]").text() == "The client is made. Give it a key."

    made = page.submit(keys_form(page))
    key = key_on(made)

    assert status_of_check(service, key) == 200
    again = desk("mila").open(f"/clients/{client_id(page)}")
    name, secret = key.rsplit("_", 1)[0].split("_", 2)[1:]
    assert name in again.text
    assert secret not in again.visitor.client.get(again.url).text
    assert secret not in service.dump()
    assert made.visitor.client.get(again.url).headers["cache-control"] == "no-store"


@pytest.mark.requirement("HC-HIT-1")
@pytest.mark.requirement("HC-COUNT-1")
def test_a_client_has_its_checks_and_what_it_did_by_month(service: Service, desk: Desk) -> None:
    hoster = service.hoster()
    assert "checked nothing in the last year" in desk("omar").open(f"/clients/{hoster.id}").text
    entry_id, known = hit(service, hoster)
    hoster.check(*picture(uuid4()), known[1])
    assert eventually(lambda: sum(service.counts(hoster.caller).values()) == 7)
    send(hoster, report(entry_id), report(entry_id, "blocked"), report(entry_id, "blocked"))

    page = desk("omar").open(f"/clients/{hoster.id}")

    month = day_of(datetime.now(UTC)).strftime("%B %Y")
    [row] = [each for each in page.all("tbody tr") if each.text(strip=True).startswith(month)]
    told = [cell.text(strip=True) for cell in row.css("td")]
    assert told == [month, "7", "2", "1", "2", "0", "0"]


@pytest.mark.requirement("HC-KEY-1")
def test_two_keys_work_side_by_side_and_a_third_has_to_wait(service: Service, desk: Desk) -> None:
    page = new_client(desk)
    first, second = (key_on(page.submit(keys_form(page))) for _ in range(2))
    third = page.submit(keys_form(page))
    assert third.status == 409
    assert "Two keys work already. Stop one of them first." in third.text
    assert [status_of_check(service, key) for key in (first, second)] == [200, 200]

    key_id = first.split("_")[1]
    stopped = third.submit(f'form[action$="/keys/{key_id}/revoke"]')
    assert stopped.find("[role=status]").text() == "The key stops working within a second."
    assert eventually(lambda: status_of_check(service, first) == 401)
    assert status_of_check(service, second) == 200
    assert key_on(stopped.submit(keys_form(page)))


@pytest.mark.requirement("HC-KEY-1")
def test_the_page_says_until_when_a_key_works(service: Service, desk: Desk) -> None:
    page = new_client(desk)
    key = key_on(page.submit(keys_form(page)))
    assert "works" in desk("mila").open(f"/clients/{client_id(page)}").text
    with service.lists.sessions() as session, session.begin():
        row = session.get_one(ApiKey, key.split("_")[1])
        row.expires_at = row.created_at
    assert "expired" in desk("omar").open(f"/clients/{client_id(page)}").text


@pytest.mark.requirement("HC-PICTURE-2")
def test_a_manager_agrees_that_a_client_sends_pictures(service: Service, desk: Desk) -> None:
    page = new_client(desk)
    hoster = hoster_with(service, key_on(page.submit(keys_form(page))))
    data = encoded(drawn(40, 40, 91), "PNG")
    assert hoster.send(data, "image/png").status_code == 403

    allowed = page.submit('form[action$="/pictures"]')
    assert "may send pictures besides hashes" in allowed.text
    assert hoster.send(data, "image/png").status_code == 200

    again = allowed.submit('form[action$="/pictures"]')
    assert "may send hashes only" in again.text
    assert hoster.send(data, "image/png").status_code == 403


@pytest.mark.requirement("HC-AUDIT-1")
def test_what_a_manager_does_is_recorded_with_the_manager(service: Service, desk: Desk) -> None:
    page = new_client(desk)
    key = key_on(page.submit(keys_form(page)))
    page = page.submit('form[action$="/pictures"]')
    page.submit(f'form[action$="/keys/{key.split("_")[1]}/revoke"]')

    told = service.lists.audit(client_id(page))

    assert [each.action for each in told] == [
        "api_client.created",
        "api_key.issued",
        "client.pictures_changed",
        "api_key.revoked",
    ]
    assert {each.actor_name for each in told} == {"mila"}
    assert key not in "".join(repr(each.facts) for each in told)


@pytest.mark.requirement("HC-DESK-1")
def test_a_name_is_given_once(desk: Desk) -> None:
    name = f"Voorbeeld Hosting {uuid4()}"
    desk("mila").open("/clients").submit(name=name)
    page = desk("mila").open("/clients").submit(name=name)
    assert page.status == 409
    assert "This name is in use already." in page.text


@pytest.mark.requirement("SEC-S1")
def test_clients_and_keys_that_do_not_exist_are_not_found(service: Service, desk: Desk) -> None:
    browser = desk("mila")
    token = browser.open("/clients").find("input[name=csrf]").attributes["value"]
    nobody = UUID(int=0)
    assert browser.open(f"/clients/{nobody}").status == 404
    for path, more in (
        (f"/clients/{nobody}/keys", {}),
        (f"/clients/{nobody}/keys/abc/revoke", {}),
        (f"/clients/{nobody}/pictures", {"allowed": "true"}),
    ):
        answer = browser.client.post(path, data={"csrf": token} | more)
        assert answer.status_code == 404, path


@pytest.mark.requirement("HC-DESK-1")
@pytest.mark.requirement("SEC-P5")
@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("sanne", {"/", "/proposals", "/lists", "/feedback", "/checks"}),
        ("mila", {"/", "/clients", "/alarms", "/checks"}),
        ("omar", {"/", "/proposals", "/lists", "/feedback", "/clients", "/alarms", "/checks"}),
        ("ada", {"/", "/team"}),
    ],
)
def test_everybody_finds_their_own_places_only(desk: Desk, name: str, places: set[str]) -> None:
    page = desk(name).open("/")
    assert {link.attributes["href"] for link in page.all("nav.places a")} == places
    for path in (
        "/",
        "/proposals",
        "/lists",
        "/feedback",
        "/clients",
        "/alarms",
        "/checks",
        "/team",
    ):
        assert desk(name).open(path).status == (200 if path in places else 403), path


@pytest.mark.requirement("HC-KEY-1")
def test_a_steward_issues_no_key(service: Service, desk: Desk) -> None:
    page = new_client(desk)
    steward = desk("sanne")
    token = steward.open("/lists").find("input[name=csrf]").attributes["value"]
    answer = steward.client.post(f"/clients/{client_id(page)}/keys", data={"csrf": token})
    assert answer.status_code == 403
    with service.lists.sessions() as session:
        assert not queries.keys_of(session, client_id(page))
