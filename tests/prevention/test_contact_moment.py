"""Moments under a pseudonym, risk first, and appointments in their order."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from prevention.domain.contact_moment import (
    AppointmentState,
    MomentFacts,
    RegistrationClass,
    RiskAction,
    RiskLevel,
    Subgroup,
    TargetGroup,
    check_appointment,
    check_intent,
    check_moment,
)
from prevention.main import create_app
from prevention.settings import PreventionSettings
from prevention.tables import Appointment, ContactMoment, PersonRef
from shared.domain.conversation import Channel
from shared.domain.errors import Conflict, Invalid
from sqlmodel import select
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, signed_in
from tests.conftest import OwnDatabase

HTML = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
FORM: dict[str, Any] = {
    "channel": "phone",
    "registration_class": "help_request",
    "target_group": "self",
    "subgroup": ["viewer", "sexual_feelings"],
    "risk_level": "thoughts",
    "risk_action": "referred_113",
    "appointment": "true",
}


@pytest.fixture
def app(own_database: OwnDatabase) -> FastAPI:
    databases = own_database("prevention")
    return kept(create_app, settings_for(PreventionSettings, databases, service="prevention"))


@pytest.fixture
def worker(app: FastAPI) -> Iterator[TestClient]:
    with signed_in(app, "worker") as client:
        client.headers.update(HTML)
        yield client


def facts(**more: Any) -> MomentFacts:
    usual = {
        "channel": Channel.PHONE,
        "registration_class": RegistrationClass.HELP_REQUEST,
        "target_group": TargetGroup.SELF,
        "subgroups": frozenset({Subgroup.VIEWER}),
    }
    return MomentFacts(**(usual | more))


@pytest.mark.requirement("P-09")
@pytest.mark.parametrize(
    "more",
    [{"risk_level": RiskLevel.THOUGHTS}, {"risk_action": RiskAction.SAFETY_TALK}],
    ids=["risk without action", "action without risk"],
)
def test_a_risk_has_an_action(more: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="risk_action_missing"):
        check_moment(facts(**more))


@pytest.mark.requirement("P-10")
def test_an_appointment_goes_forward_only_and_intent_comes_last() -> None:
    check_appointment(AppointmentState.PLANNED, AppointmentState.CALLED)
    with pytest.raises(Conflict):
        check_appointment(AppointmentState.CALLED, AppointmentState.PLANNED)
    with pytest.raises(Conflict, match="not_called_yet"):
        check_intent(AppointmentState.PLANNED)
    check_intent(AppointmentState.CALLED)


@pytest.mark.requirement("P-01")
@pytest.mark.requirement("P-02")
def test_two_moments_of_one_person_are_one_person(app: FastAPI, worker: TestClient) -> None:
    assert worker.post("/moments/new", data=FORM).status_code == 303
    with app.state.sessions() as session:
        name = session.exec(select(PersonRef.pseudonym)).one()
    again = FORM | {"known_as": name, "appointment": ""}
    again.pop("appointment")
    assert worker.post("/moments/new", data=again).status_code == 303
    with app.state.sessions() as session:
        assert len(session.exec(select(ContactMoment)).all()) == 2
        assert len(session.exec(select(PersonRef)).all()) == 1
    unknown = worker.post("/moments/new", data=again | {"known_as": "Niemand 00"})
    assert (unknown.status_code, "error-summary" in unknown.text) == (404, True)


@pytest.mark.requirement("P-10")
def test_an_appointment_is_planned_called_and_then_the_intent_is_noted(
    app: FastAPI, worker: TestClient
) -> None:
    worker.post("/moments/new", data=FORM)
    with app.state.sessions() as session:
        appointment = session.exec(select(Appointment)).one()
    path = f"/appointments/{appointment.id}"
    assert worker.post(f"{path}/intent", data={"intent": "intends"}).status_code == 409
    assert worker.post(f"{path}/state", data={"state": "called"}).status_code == 303
    assert worker.post(f"{path}/intent", data={"intent": "intends"}).status_code == 303
    assert worker.post(f"{path}/state", data={"state": "planned"}).status_code == 409
    with app.state.sessions() as session:
        found = session.exec(select(Appointment)).one()
    assert (found.state.value, found.intent.value) == ("called", "intends")


def test_the_form_begins_with_the_risk_and_the_numbers_to_call(worker: TestClient) -> None:
    page = worker.get("/moments/new").text
    assert page.index("0800-0113") < page.index('name="risk_level"') < page.index("target_group")
