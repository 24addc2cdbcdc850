"""The page of alarms, and the terms of a key, as managers and auditors meet them."""

from uuid import UUID, uuid4

import pytest
from hashcheck.domain.probing import FEWEST_CHECKED, Asking
from hashcheck.use_cases.probing import judge_asking

from infra.story.visitor import Page
from tests.hashcheck.pages.conftest import Desk
from tests.hashcheck.service import Hoster, Service, eventually


def alarm(service: Service, client_id: UUID) -> None:
    asking = Asking(checked=FEWEST_CHECKED, matched=FEWEST_CHECKED)
    service.lists.do(
        service.manager, lambda work: judge_asking(work, client_id, asking, was_near=False)
    )


def row_of(page: Page, client_id: UUID) -> str:
    [row] = [each for each in page.all("tbody tr") if str(client_id) in (each.html or "")]
    return row.text()


@pytest.mark.requirement("HC-QUOTA-1")
def test_an_alarm_is_shown_until_a_manager_says_what_it_was(service: Service, desk: Desk) -> None:
    hoster = service.hoster()
    alarm(service, hoster.id)
    assert "Look at" in desk("mila").open("/").text
    page = desk("mila").open("/alarms")
    assert "Unusually many matches" in row_of(page, hoster.id)
    assert not desk("omar").open("/alarms").all("form[action$=acknowledge]")
    [form] = [
        each.attributes["action"]
        for each in page.all("form[action$=acknowledge]")
        if str(hoster.id) in (each.parent.parent.html or "")  # type: ignore[union-attr]
    ]
    page = page.submit(f'form[action="{form}"]', answer="explained")
    assert page.find("[role=status]").text() == "Noted. The alarm is closed."
    assert "The client explained it" in row_of(page, hoster.id)


def key_page(service: Service, desk: Desk, hoster: Hoster) -> Page:
    return desk("mila").open(f"/clients/{hoster.id}/keys/{hoster.key.split('_')[1]}")


@pytest.mark.requirement("HC-QUOTA-1")
def test_a_manager_agrees_on_a_quota_and_addresses_and_they_hold(
    service: Service, desk: Desk
) -> None:
    hoster = service.hoster()
    page = key_page(service, desk, hoster)
    page = page.submit('form[action$="/terms"]', per_day="9", per_minute="4", networks="::1/128")
    assert page.find("[role=status]").text() == "The client is changed."
    assert page.find("textarea").text() == "::1/128"
    assert eventually(lambda: hoster.send(b'{"items": []}').status_code == 403)
    for typed, words in (
        ({"networks": "nowhere"}, "That is no address or network."),
        ({"networks": " ".join(f"192.0.2.{n}" for n in range(30))}, "at most twenty"),
    ):
        refused = page.submit('form[action$="/terms"]', **typed)
        assert refused.status == 422
        assert words in refused.text
    actions = [each.action for each in service.lists.audit(hoster.id)]
    assert actions[-1] == "api_key.terms_changed"


@pytest.mark.requirement("HC-KEY-1")
def test_a_replaced_key_works_on_for_two_weeks_on_the_same_terms(
    service: Service, desk: Desk
) -> None:
    hoster = service.hoster()
    page = key_page(service, desk, hoster)
    page = page.submit('form[action$="/terms"]', per_day="77", per_minute="76", networks="")
    made = page.submit('form[action$="/replace"]').find("code.secret").text(strip=True)
    second = Hoster(hoster.id, made, service.browser)
    assert second.send(b'{"items": []}').status_code == 422
    assert hoster.send(b'{"items": []}').status_code == 422
    assert key_page(service, desk, second).find("[name=per_day]").attributes["value"] == "77"
    third = key_page(service, desk, second).submit('form[action$="/replace"]')
    assert third.status == 409
    client = desk("omar").open(f"/clients/{hoster.id}").text
    assert "never" in client


@pytest.mark.requirement("SEC-S1")
def test_a_key_of_another_client_is_not_found(service: Service, desk: Desk) -> None:
    hoster, other = service.hoster(), service.hoster()
    for client_id, key_id in ((other.id, hoster.key.split("_")[1]), (uuid4(), "abc")):
        assert desk("mila").open(f"/clients/{client_id}/keys/{key_id}").status == 404
