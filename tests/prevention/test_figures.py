"""The prevention line's figures of a year: persons, moments, and what of them may leave."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from prevention.domain.contact_moment import (
    AppointmentState,
    MomentFacts,
    RegistrationClass,
    RiskAction,
    RiskLevel,
    Subgroup,
    TargetGroup,
    TreatmentIntent,
)
from prevention.domain.role import Permission
from prevention.main import create_app
from prevention.settings import PreventionSettings
from prevention.tables import Appointment, PersonRef
from prevention.use_cases.contact_moment import move_appointment, note_intent, register_moment
from prevention.use_cases.figures import release_figures
from shared.contracts.figures import AMSTERDAM, YearFigures
from shared.domain.actor import Actor, ActorKind
from shared.domain.conversation import Channel
from shared.platform.database import Sessions
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.applications import kept, settings_for, token_of, visiting
from tests.conftest import DatabaseOf, OwnDatabase
from tests.fakes import FrozenClock

PIM = Actor(ActorKind.STAFF, "pim", uuid4(), frozenset({Permission.ANSWER_CONTACTS}))
JANUARY, FEBRUARY = (datetime(2026, month, 2, 12, tzinfo=AMSTERDAM) for month in (1, 2))
VIEWER = MomentFacts(
    channel=Channel.PHONE,
    registration_class=RegistrationClass.HELP_REQUEST,
    target_group=TargetGroup.SELF,
    subgroups=frozenset({Subgroup.VIEWER}),
)
RELATIVE = replace(VIEWER, target_group=TargetGroup.OTHER, subgroups=frozenset())
PROFESSIONAL = replace(RELATIVE, target_group=TargetGroup.PROFESSIONAL)


@pytest.fixture
def prevention(database_of: DatabaseOf) -> Sessions:
    return database_of("prevention")


def register(
    prevention: Sessions, number: int, facts: MomentFacts, at: datetime = JANUARY
) -> list[str]:
    """Moments of as many new persons; their pseudonyms."""
    names = []
    for _ in range(number):
        with open_work(prevention, PIM, clock=FrozenClock(at)) as work:
            moment = register_moment(work, facts)
            person = work.session.get(PersonRef, moment.person_id)
            assert person
            names.append(person.pseudonym)
    return names


def again(
    prevention: Sessions, names: list[str], facts: MomentFacts, at: datetime = FEBRUARY
) -> None:
    for name in names:
        with open_work(prevention, PIM, clock=FrozenClock(at)) as work:
            register_moment(work, facts, known_as=name)


def released(prevention: Sessions) -> YearFigures:
    with open_work(prevention, PIM, clock=FrozenClock(FEBRUARY)) as work:
        return release_figures(work, 2026)


def totals(prevention: Sessions) -> dict[str, int | None]:
    return {count.id: count.total for count in released(prevention).counts}


@pytest.mark.requirement("SEC-P9")
def test_nobody_and_few_look_the_same(prevention: Sessions) -> None:
    assert set(totals(prevention).values()) == {None}
    register(prevention, 9, VIEWER)
    assert set(totals(prevention).values()) == {None}


@pytest.mark.requirement("P-01")
@pytest.mark.requirement("P-02")
def test_persons_and_moments_are_counted_apart(prevention: Sessions) -> None:
    names = register(prevention, 25, VIEWER)
    again(prevention, names[:12], VIEWER)
    told = {count.id: count for count in released(prevention).counts}
    assert told["prev_contacts"].months == [25, 12]
    assert told["prev_contacts"].total == 37
    assert told["prev_repeat"].total == 12
    assert told["prev_repeat"].months == []


@pytest.mark.requirement("P-04")
def test_moments_of_the_class_other_are_counted_apart(prevention: Sessions) -> None:
    other = replace(VIEWER, registration_class=RegistrationClass.OTHER_EXCLUDED)
    for at in (JANUARY, FEBRUARY):
        register(prevention, 11, other, at)
        register(prevention, 10, VIEWER, at)
    assert totals(prevention)["prev_contacts_other"] == 22
    assert totals(prevention)["prev_contacts"] == 20


@pytest.mark.requirement("P-05")
def test_a_person_is_in_the_target_group_of_the_last_moment(prevention: Sessions) -> None:
    names = register(prevention, 30, VIEWER)
    register(prevention, 12, RELATIVE)
    again(prevention, names[:10], PROFESSIONAL)
    told = totals(prevention)
    groups = ("prev_persons", "prev_self", "prev_relatives", "prev_professionals")
    assert [told[name] for name in groups] == [42, 20, 12, 10]


@pytest.mark.requirement("SEC-P9")
def test_the_smallest_group_cannot_be_subtracted_from_all(prevention: Sessions) -> None:
    register(prevention, 30, VIEWER)
    register(prevention, 12, RELATIVE)
    register(prevention, 3, PROFESSIONAL)
    told = totals(prevention)
    groups = ("prev_persons", "prev_self", "prev_relatives", "prev_professionals")
    assert [told[name] for name in groups] == [45, 30, None, None]


@pytest.mark.requirement("P-06")
@pytest.mark.requirement("P-09")
def test_subgroups_and_risk_count_persons_once(prevention: Sessions) -> None:
    potential = replace(VIEWER, subgroups=frozenset({Subgroup.POTENTIAL_VIEWER}))
    names = register(prevention, 12, VIEWER)
    register(prevention, 11, potential)
    at_risk = replace(
        VIEWER,
        subgroups=frozenset({Subgroup.OFFENDER}),
        risk_level=RiskLevel.THOUGHTS,
        risk_action=RiskAction.SAFETY_TALK,
    )
    again(prevention, names[:10], at_risk)
    register(prevention, 10, replace(VIEWER, subgroups=frozenset({Subgroup.NOT_KNOWN})))
    told = totals(prevention)
    assert told["prev_self_viewers"] == 23
    assert told["prev_self_viewers_actual"] == 12
    assert told["prev_self_offenders"] == told["prev_suicidal"] == 10
    assert told["prev_self_feelings"] is None


@pytest.mark.requirement("P-05")
@pytest.mark.requirement("P-06")
def test_a_subgroup_is_part_of_those_who_are_counted_as_worried(prevention: Sessions) -> None:
    names = register(prevention, 35, VIEWER)
    again(prevention, names[:12], PROFESSIONAL)
    register(prevention, 11, replace(VIEWER, subgroups=frozenset({Subgroup.OTHER})))
    told = totals(prevention)
    assert (told["prev_self"], told["prev_self_viewers"]) == (34, 23)


@pytest.mark.requirement("P-10")
def test_appointments_are_a_funnel(prevention: Sessions) -> None:
    register(prevention, 33, replace(VIEWER, plans_appointment=True))
    with open_work(prevention, PIM, clock=FrozenClock(FEBRUARY)) as work:
        planned = work.session.exec(select(Appointment.id)).all()
        for place, appointment_id in enumerate(planned[:22]):
            move_appointment(work, appointment_id, AppointmentState.CALLED)
            if place < 12:
                note_intent(work, appointment_id, TreatmentIntent.INTENDS)
    told = totals(prevention)
    funnel = ("prev_waag_appointments", "prev_waag_called", "prev_waag_intent")
    assert [told[name] for name in funnel] == [33, 22, 12]


@pytest.mark.requirement("SEC-P5")
def test_only_the_gateway_is_told_the_figures(own_database: OwnDatabase) -> None:
    databases = own_database("prevention")
    app = kept(create_app, settings_for(PreventionSettings, databases, service="prevention"))

    def bearer(caller: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {token_of(caller, 'prevention')}"}

    with visiting(app) as client:
        assert client.get("/api/figures/2026", headers=bearer("gateway")).status_code == 200
        assert client.get("/api/figures/2026", headers=bearer("helpline")).status_code == 403
        assert client.get("/api/figures/2026").status_code == 401
