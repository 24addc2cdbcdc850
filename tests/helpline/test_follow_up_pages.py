"""The pages of what follows from a contact: notices, referrals, the hotline, providers."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from helpline.main import create_app
from helpline.queries.removal_notice import items_of
from helpline.settings import HelplineSettings
from helpline.tables import HotlineReport, Provider, Referral, RemovalNotice
from shared.platform.tables import Outbox
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, signed_in
from tests.conftest import OwnDatabase
from tests.helpline.inside import ONE, REASONS, TWO
from tests.helpline.test_contact import FORM, HTML

pytestmark = pytest.mark.requirement("H-14")


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
    return kept(create_app, settings)


@pytest.fixture
def worker(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "worker") as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def contact(worker: TestClient) -> str:
    """The path of a contact that was just registered."""
    place = worker.post("/contacts/new", data=FORM).headers["location"]
    return str(place.partition("?")[0])


@pytest.fixture
def provider(app: FastAPI) -> UUID:
    with signed_in(app, "coordinator") as client:
        client.headers.update(HTML)
        filled = {"name": "Beeldplein", "email": "abuse@social.example", "kind": "very_large"}
        assert client.post("/providers", data=filled).status_code == 303
        again = client.post("/providers", data=filled)
        assert again.status_code == 409
        assert "staat al op de lijst" in again.text
    with app.state.sessions() as session:
        provider_id: UUID = session.exec(select(Provider)).one().id
    return provider_id


def notice_form(provider: UUID, **changes: object) -> dict[str, object]:
    return {
        "notice_id": str(uuid4()),
        "provider_id": str(provider),
        "route": "article_22",
        "ground": ["sr_254ba", "sr_318"],
        "addresses": f"{ONE}\n{TWO}",
        "reasons": REASONS,
    } | changes


def test_a_notice_is_written_read_over_sent_and_answered(
    app: FastAPI, worker: TestClient, contact: str, provider: UUID
) -> None:
    assert "Beeldplein (zeer groot onlineplatform)" in worker.get(f"{contact}/notices/new").text
    drafted = worker.post(f"{contact}/notices/new", data=notice_form(provider))
    assert drafted.status_code == 303, drafted.text
    notice = drafted.headers["location"].partition("?")[0]
    page = worker.get(notice).text
    assert REASONS in page
    assert "artikel 254ba Sr" in page
    refused = worker.post(f"{notice}/send", data={})
    assert refused.status_code == 422
    assert 'href="#good_faith"' in refused.text
    assert worker.post(f"{notice}/send", data={"good_faith": "true"}).status_code == 303
    with app.state.sessions() as session:
        assert session.exec(select(Outbox.task)).all() == ["helpline.send_notice"]
        found = session.exec(select(RemovalNotice)).one()
        found.state = "sent"
        session.commit()
        items = [row.id for row in items_of(session, found.id)]
    assert "Beeldplein" in worker.get("/notices").text
    day = re.search(r'name="on" value="([0-9-]+)"', worker.get(notice).text)
    assert day
    for item_id, outcome in zip(items, ("removed", "refused"), strict=True):
        answer = {"outcome": outcome, "on": day[1]}
        assert worker.post(f"/notice-items/{item_id}/answer", data=answer).status_code == 303
    assert "Beeldplein" not in worker.get("/notices").text
    assert "deels verwijderd" in worker.get("/notices?show=ended").text
    assert "deels verwijderd" in worker.get(contact).text


def test_a_draft_that_is_not_taken_keeps_what_was_filled_in(
    worker: TestClient, contact: str, provider: UUID
) -> None:
    page = worker.post(f"{contact}/notices/new", data=notice_form(provider, ground=[]))
    assert page.status_code == 422
    assert 'href="#ground"' in page.text
    assert REASONS in page.text
    assert ONE in page.text
    empty = worker.post(f"{contact}/notices/new", data={})
    assert empty.status_code == 422
    assert 'href="#provider_id"' in empty.text


def test_a_draft_is_taken_back(worker: TestClient, contact: str, provider: UUID) -> None:
    drafted = worker.post(f"{contact}/notices/new", data=notice_form(provider))
    notice = drafted.headers["location"].partition("?")[0]
    assert "Beeldplein" in worker.get("/notices?show=drafts").text
    assert worker.post(f"{notice}/withdraw").status_code == 303
    assert worker.post(f"{notice}/send", data={"good_faith": "true"}).status_code == 409
    assert "ingetrokken" in worker.get(notice).text


def test_markup_in_a_notice_is_text(worker: TestClient, contact: str, provider: UUID) -> None:
    reasons = f"{REASONS} <script>alert(1)</script>"
    drafted = worker.post(f"{contact}/notices/new", data=notice_form(provider, reasons=reasons))
    page = worker.get(drafted.headers["location"]).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


@pytest.mark.requirement("H-13")
def test_a_referral_is_noted_and_followed(app: FastAPI, worker: TestClient, contact: str) -> None:
    form = {"destination": "victim_support", "outcome": "details_given"}
    assert worker.post(f"{contact}/referrals", data=form).status_code == 303
    assert "Slachtofferhulp Nederland" in worker.get(contact).text
    with app.state.sessions() as session:
        referral = session.exec(select(Referral.id)).one()
    path = f"/referrals/{referral}/outcome"
    assert worker.post(path, data={"outcome": "contact_made"}).status_code == 303
    assert worker.post(path, data={"outcome": "offered"}).status_code == 409
    assert "is er geweest" in worker.get(contact).text


@pytest.mark.requirement("H-15")
def test_addresses_are_handed_in_and_their_way_is_shown(
    app: FastAPI, worker: TestClient, contact: str
) -> None:
    form = {"report_id": str(uuid4()), "addresses": f"{ONE}\n{TWO}"}
    page = worker.post(f"{contact}/hotline", data=form)
    assert page.status_code == 422
    assert ONE in page.text
    assert 'href="#agreed"' in page.text
    assert worker.post(f"{contact}/hotline", data=form | {"agreed": "true"}).status_code == 303
    shown = worker.get(contact).text
    assert "2 adressen" in shown
    assert "onderweg" in shown
    assert ONE not in shown
    with app.state.sessions() as session:
        assert session.exec(select(HotlineReport.address_count)).one() == 2


@pytest.mark.requirement("H-24")
def test_a_worker_does_not_keep_the_list_of_providers(worker: TestClient) -> None:
    assert worker.get("/providers").status_code == 403


@pytest.mark.requirement("H-24")
def test_a_contact_that_does_not_exist_has_no_page(worker: TestClient) -> None:
    nobody = uuid4()
    assert worker.get(f"/contacts/{nobody}").status_code == 404
    assert worker.get(f"/contacts/{nobody}/notices/new").status_code == 404
    assert worker.get(f"/notices/{nobody}").status_code == 404
    assert worker.post(f"/contacts/{nobody}/hotline", data={"addresses": ONE}).status_code == 404
