"""Referrals of the prevention line: by destination, with what came of them."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from prevention.domain.referral import ReferralDestination
from prevention.main import create_app
from prevention.queries import details_given
from prevention.settings import PreventionSettings
from prevention.tables import Referral, ReferralStep
from shared.platform.clock import utc_now
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, signed_in
from tests.conftest import OwnDatabase
from tests.prevention.test_contact_moment import FORM, HTML

pytestmark = pytest.mark.requirement("P-11")

NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    databases = own_database("prevention")
    return kept(create_app, settings_for(PreventionSettings, databases, service="prevention"))


@pytest.fixture
def worker(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "worker") as client:
        client.headers.update(HTML)
        yield client


@pytest.fixture
def moment(worker: TestClient) -> str:
    """The path of a moment that was just registered."""
    worker.post("/moments/new", data=FORM)
    found = re.search(r'href="(/moments/[0-9a-f-]{36})"', worker.get("/moments").text)
    assert found
    return found[1]


def refers(worker: TestClient, moment: str, **form: Any) -> int:
    return worker.post(f"{moment}/referrals", data=form).status_code


def test_details_given_are_counted_by_destination_each_referral_once(
    app: FastAPI, worker: TestClient, moment: str
) -> None:
    assert refers(worker, moment, destination="sexologist", outcome="details_given") == 303
    assert refers(worker, moment, destination="sexologist", outcome="declined") == 303
    assert refers(worker, moment, destination="other_forensic", outcome="offered") == 303
    with app.state.sessions() as session:
        offered = session.exec(select(Referral).where(Referral.outcome == "offered")).one()
    path = f"/referrals/{offered.id}/outcome"
    assert worker.post(path, data={"outcome": "contact_made"}).status_code == 409
    assert worker.post(path, data={"outcome": "details_given"}).status_code == 303
    assert worker.post(path, data={"outcome": "no_contact"}).status_code == 303
    hour = timedelta(hours=1)
    with app.state.sessions() as session:
        assert details_given(session, utc_now() - hour, utc_now() + hour) == {
            ReferralDestination.SEXOLOGIST: 1,
            ReferralDestination.OTHER_FORENSIC: 1,
        }
        assert details_given(session, utc_now() + hour, utc_now() + 2 * hour) == {}
        steps = session.exec(
            select(ReferralStep.outcome).where(ReferralStep.referral_id == offered.id)
        ).all()
    assert {step.value for step in steps} == {"offered", "details_given", "no_contact"}
    assert "is er niet gekomen" in worker.get(moment).text


def test_what_came_of_it_is_not_known_at_the_beginning(worker: TestClient, moment: str) -> None:
    assert refers(worker, moment, destination="gp", outcome="contact_made") == 422


def test_a_referral_belongs_to_a_moment(app: FastAPI, worker: TestClient) -> None:
    nowhere = f"/moments/{NOBODY}"
    assert refers(worker, nowhere, destination="gp", outcome="offered") == 404
    assert worker.get(nowhere).status_code == 404
    gone = worker.post(f"/referrals/{NOBODY}/outcome", data={"outcome": "declined"})
    assert gone.status_code == 404


@pytest.mark.requirement("H-24")
def test_only_who_answers_contacts_refers(app: FastAPI, moment: str) -> None:
    with signed_in(app, "admin") as admin:
        assert refers(admin, moment, destination="gp", outcome="offered") == 403
