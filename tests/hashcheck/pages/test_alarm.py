"""The page of alarms, and the terms of a key, as managers and auditors meet them."""

import json
from base64 import b64encode
from uuid import UUID, uuid4

import pytest
from hashcheck.domain.key_terms import SANDBOX_LIFE, SANDBOX_SCOPE
from hashcheck.domain.probing import FEWEST_CHECKED, Asking
from hashcheck.use_cases.probing import judge_asking
from imaging.sample import SAMPLE_NAMES, sample_picture

from infra.story.visitor import Page
from tests.hashcheck.hashes import picture
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


def probe(service: Service, client_id: UUID) -> None:
    asking = Asking(checked=10_000, sampled=2_560, variants=2_559)
    service.lists.do(
        service.manager, lambda work: judge_asking(work, client_id, asking, was_near=False)
    )


@pytest.mark.requirement("SEC-T9")
def test_a_client_that_probes_is_refused_in_every_form_until_a_manager_releases_it(
    service: Service, desk: Desk
) -> None:
    hoster, item = service.hoster(pictures=True), picture(uuid4())[0]
    asked = json.dumps({"items": [item.model_dump()]}).encode()
    one = {"Authorization": "Basic " + b64encode(f"x:{hoster.key}".encode()).decode()}
    assert hoster.send(asked).status_code == 200
    probe(service, hoster.id)
    assert eventually(lambda: hoster.send(asked).status_code == 403)
    for answer in (
        hoster.send(asked),
        hoster.send(item.model_dump_json().encode(), "application/x-ndjson"),
        hoster.send(asked, "application/json; charset=utf-8"),
        hoster.browser.post("/v1/check/md5", content=item.value.encode(), headers=one),
        hoster.send(sample_picture(SAMPLE_NAMES[0]), "image/png"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "client_held_back")
    # What it did with earlier hits may still be told.
    told = hoster.browser.post("/v1/hits", json={"reports": []}, headers=hoster.headers)
    assert told.status_code != 403
    assert "held back" in desk("mila").open("/clients").text
    assert not desk("omar").open(f"/clients/{hoster.id}").all("form[action$=release]")
    page = desk("mila").open(f"/clients/{hoster.id}")
    page = page.submit("form[action$=release]", answer="explained")
    assert page.find("[role=status]").text() == "The client may check again, within a second."
    assert eventually(lambda: hoster.send(asked).status_code == 200)


@pytest.mark.requirement("SEC-T9")
def test_a_sandbox_key_of_a_held_client_goes_on_with_test_hashes(service: Service) -> None:
    hoster = service.hoster()
    key = service.lists.do(
        service.manager,
        lambda work: service.clients.issue_key(work, hoster.id, SANDBOX_SCOPE, SANDBOX_LIFE),
    )
    probe(service, hoster.id)
    asked = json.dumps({"items": [picture(1)[0].model_dump()]}).encode()
    assert eventually(lambda: hoster.send(asked).status_code == 403)
    assert Hoster(hoster.id, key, service.browser).send(asked).status_code == 200


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
