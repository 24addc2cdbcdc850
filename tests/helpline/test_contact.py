"""Registering what a contact was about: rules, constraint, pages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from helpline.domain.contact import (
    Category,
    ContactFacts,
    MisuseKind,
    RegistrationClass,
    SextortionForm,
    check_contact,
)
from helpline.main import create_app
from helpline.queries.figures import help_requests, requests_with
from helpline.settings import HelplineSettings
from helpline.tables import Contact, ContactCategory, ContactPlatform, Platform
from shared.domain.conversation import Channel
from shared.domain.errors import Invalid
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, signed_in
from tests.conftest import OwnDatabase
from tests.fakes import MONDAY_MORNING

WHOLE = ContactFacts(
    channel=Channel.PHONE,
    registration_class=RegistrationClass.HELP_REQUEST,
    categories=frozenset({Category.SEXTORTION, Category.DOXING}),
    sextortion_forms=frozenset({SextortionForm.FINANCIAL}),
)
FORM: dict[str, Any] = {
    "channel": "phone",
    "registration_class": "help_request",
    "category": ["sextortion", "doxing"],
    "sextortion_form": ["financial"],
    "new_platform": "Ergensanders",
    "police": "doubts",
    "age": "17",
}
HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    settings = settings_for(HelplineSettings, own_database("helpline"), service="helpline")
    return kept(create_app, settings)


@pytest.fixture
def worker(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "worker") as client:
        client.headers.update(HTML)
        yield client


@pytest.mark.requirement("H-08")
def test_a_whole_registration_is_taken() -> None:
    check_contact(WHOLE)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        pytest.param(
            {"registration_class": RegistrationClass.INSUFFICIENT_INFORMATION},
            "only_in_chat",
            "registration_class",
            marks=pytest.mark.requirement("H-06"),
        ),
        ({"age": 111}, "bad_age", "age"),
        pytest.param(
            {"categories": frozenset(), "sextortion_forms": frozenset()},
            "category_missing",
            "category",
            marks=pytest.mark.requirement("H-07"),
        ),
        ({"sextortion_forms": frozenset()}, "details_missing", "sextortion_form"),
        ({"misuse_kinds": frozenset({MisuseKind.PHISHING})}, "details_stray", "misuse_kind"),
    ],
    ids=["chat only", "age", "category", "form", "stray"],
)
def test_what_cannot_be_counted_is_refused_by_field(
    change: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Invalid, match=code) as refused:
        check_contact(replace(WHOLE, **change))
    assert refused.value.fields == (field,)


@pytest.mark.requirement("H-07")
@pytest.mark.requirement("H-10")
def test_a_call_is_registered_with_all_its_categories(app: FastAPI, worker: TestClient) -> None:
    assert worker.post("/contacts/new", data=FORM).status_code == 303
    with app.state.sessions() as session:
        contact = session.exec(select(Contact)).one()
        assert (contact.channel, contact.age, contact.police.value) == (Channel.PHONE, 17, "doubts")
        categories = session.exec(select(ContactCategory.category)).all()
        assert set(categories) == {Category.SEXTORTION, Category.DOXING}
        assert session.exec(select(ContactPlatform.platform)).all() == ["Ergensanders"]
        since, until = MONDAY_MORNING.replace(year=2020), MONDAY_MORNING.replace(year=2090)
        assert help_requests(session, since, until) == 1
        assert requests_with(session, Category.SEXTORTION, since, until) == 1
    assert "Ergensanders" in worker.get("/contacts/new").text


def test_the_form_names_the_channels_in_words(worker: TestClient) -> None:
    page = worker.get("/contacts/new").text
    assert "telefoon<" in page
    assert "phone<" not in page


def test_a_form_that_is_not_taken_keeps_what_was_filled_in(worker: TestClient) -> None:
    page = worker.post("/contacts/new", data=FORM | {"sextortion_form": []})
    assert page.status_code == 422
    assert "error-summary" in page.text
    assert 'value="doxing" checked' in page.text
    assert 'href="#sextortion_form"' in page.text


@pytest.mark.requirement("H-24")
def test_only_who_answers_contacts_may_register(app: FastAPI) -> None:
    with signed_in(app, "admin") as client:
        assert client.post("/contacts/new", data=FORM, headers=HTML).status_code == 403


@pytest.mark.requirement("H-01")
def test_no_column_of_a_contact_asks_who_somebody_is(app: FastAPI) -> None:
    names = {column.name for column in Contact.__table__.columns}  # type: ignore[attr-defined]
    assert names & {"name", "email", "telephone", "address", "ip"} == set()
    assert Platform.__tablename__ == "platform"
