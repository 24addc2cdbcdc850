"""The helpline's figures of a year: what is counted, and what of it may leave the line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import pytest
from fastapi import FastAPI
from helpline.domain.contact import (
    Category,
    ContactFacts,
    FurtherHelp,
    ManipulatedImage,
    PersonGender,
    PoliceContact,
    RegistrationClass,
    SextortionForm,
)
from helpline.domain.role import Permission
from helpline.main import create_app
from helpline.settings import HelplineSettings
from helpline.use_cases.contact import register_contact
from helpline.use_cases.figures import release_figures
from shared.contracts.figures import AMSTERDAM, YearFigures
from shared.domain.actor import Actor, ActorKind
from shared.domain.conversation import Channel
from shared.platform.database import Sessions
from shared.platform.unit_of_work import open_work
from starlette.testclient import TestClient

from tests.applications import kept, settings_for, token_of, visiting
from tests.conftest import DatabaseOf, OwnDatabase
from tests.fakes import FrozenClock

HANNA = Actor(ActorKind.STAFF, "hanna", uuid4(), frozenset({Permission.ANSWER_CONTACTS}))
JANUARY, MARCH = (datetime(2026, month, 2, 12, tzinfo=AMSTERDAM) for month in (1, 3))
DOXING = ContactFacts(
    channel=Channel.PHONE,
    registration_class=RegistrationClass.HELP_REQUEST,
    categories=frozenset({Category.DOXING}),
)
SEXTORTION = replace(
    DOXING,
    categories=frozenset({Category.SEXTORTION}),
    sextortion_forms=frozenset({SextortionForm.FINANCIAL}),
)
NO_NOTICES = dict.fromkeys(
    (
        "tf_notices_total",
        "tf_action_count",
        "tf_no_action_count",
        "tf_not_found_count",
        "tf_no_response_count",
        "tf_not_permitted_count",
    ),
    0,
)
NOT_COUNTED = replace(
    SEXTORTION, registration_class=RegistrationClass.TEST, gender=PersonGender.MALE, age=90
)


@pytest.fixture
def helpline(database_of: DatabaseOf) -> Sessions:
    return database_of("helpline")


def register(helpline: Sessions, number: int, facts: ContactFacts, at: datetime = JANUARY) -> None:
    for _ in range(number):
        with open_work(helpline, HANNA, clock=FrozenClock(at)) as work:
            register_contact(work, facts)


def released(helpline: Sessions, year: int = 2026) -> YearFigures:
    with open_work(helpline, HANNA, clock=FrozenClock(MARCH)) as work:
        return release_figures(work, year)


def totals(figures: YearFigures) -> dict[str, int | None]:
    return {count.id: count.total for count in figures.counts}


@pytest.mark.requirement("MG-1")
@pytest.mark.requirement("H-07")
def test_requests_are_counted_by_month_and_by_what_they_are_about(helpline: Sessions) -> None:
    register(helpline, 7, SEXTORTION)
    register(helpline, 6, DOXING)
    register(helpline, 5, SEXTORTION, MARCH)
    register(helpline, 9, NOT_COUNTED)
    figures = released(helpline)
    months = {count.id: count.months for count in figures.counts}
    assert months["help_contacts"] == [13, 0, 5]
    assert months["help_sextortion"] == [7, 0, 5]
    assert (
        totals(figures)
        == {
            "help_contacts": 18,
            "help_sextortion": 12,
            "help_manipulated": 0,
            "help_ai_generated": 0,
            "help_further_help_asked": 0,
            "help_no_further_help": 0,
            "help_police_asked": 0,
        }
        | NO_NOTICES
    )


@pytest.mark.requirement("SEC-P9")
def test_fewer_than_five_do_not_leave_the_line(helpline: Sessions) -> None:
    register(helpline, 4, SEXTORTION)
    register(helpline, 6, DOXING)
    assert totals(released(helpline))["help_sextortion"] is None
    register(helpline, 1, SEXTORTION)
    assert totals(released(helpline))["help_sextortion"] == 5


@pytest.mark.requirement("SEC-P9")
def test_a_part_that_leaves_fewer_than_five_of_its_whole_stays_too(helpline: Sessions) -> None:
    register(helpline, 7, SEXTORTION)
    register(helpline, 1, DOXING)
    assert totals(released(helpline)) | {"help_contacts": 8, "help_sextortion": None} == totals(
        released(helpline)
    )


@pytest.mark.requirement("H-11")
@pytest.mark.requirement("H-12")
def test_pictures_police_and_further_help_are_counted_among_those_asked(
    helpline: Sessions,
) -> None:
    made = replace(
        DOXING,
        manipulated_image=ManipulatedImage.AI_GENERATED,
        police=PoliceContact.DOUBTS,
        further_help=FurtherHelp.NONE_NEEDED,
    )
    edited = replace(
        made, manipulated_image=ManipulatedImage.EDITED, further_help=FurtherHelp.NEEDED
    )
    register(helpline, 5, made)
    register(helpline, 6, edited)
    register(helpline, 5, replace(DOXING, manipulated_image=ManipulatedImage.SUSPECTED))
    assert (
        totals(released(helpline))
        == {
            "help_contacts": 16,
            "help_sextortion": 0,
            "help_manipulated": 11,
            "help_ai_generated": 5,
            "help_further_help_asked": 11,
            "help_no_further_help": 5,
            "help_police_asked": 11,
        }
        | NO_NOTICES
    )


@pytest.mark.requirement("SEC-P9")
def test_a_mean_age_is_of_enough_known_ages_and_rounded_like_few(helpline: Sessions) -> None:
    for age in (17, 20, 21, 30):
        register(helpline, 1, replace(DOXING, gender=PersonGender.FEMALE, age=age))
    register(helpline, 1, replace(DOXING, gender=PersonGender.FEMALE))
    means = {mean.id: mean.value for mean in released(helpline).means}
    assert means == {"help_age_men": None, "help_age_women": None}
    register(helpline, 1, replace(DOXING, gender=PersonGender.FEMALE, age=40))
    means = {mean.id: mean.value for mean in released(helpline).means}
    assert means == {"help_age_men": None, "help_age_women": 26}


@pytest.mark.requirement("MG-1")
def test_a_month_begins_at_midnight_in_amsterdam(helpline: Sessions) -> None:
    register(helpline, 5, DOXING, datetime(2026, 1, 31, 23, 59, tzinfo=AMSTERDAM))
    register(helpline, 6, DOXING, datetime(2026, 2, 1, 0, 0, tzinfo=AMSTERDAM))
    register(helpline, 7, DOXING, datetime(2025, 12, 31, 23, 59, tzinfo=AMSTERDAM))
    assert released(helpline).counts[0].months == [5, 6, 0]
    assert released(helpline, 2025).counts[0].months == [0] * 11 + [7]


@pytest.fixture
def visitor(own_database: OwnDatabase) -> Iterator[TestClient]:
    databases = own_database("helpline")
    app: FastAPI = kept(create_app, settings_for(HelplineSettings, databases, service="helpline"))
    with visiting(app) as client:
        yield client


def bearer(caller: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(caller, 'helpline')}"}


@pytest.mark.requirement("SEC-P5")
def test_only_the_gateway_is_told_the_figures(visitor: TestClient) -> None:
    answer = visitor.get("/api/figures/2026", headers=bearer("gateway"))
    assert answer.status_code == 200
    assert YearFigures.model_validate_json(answer.content).year == 2026
    assert visitor.get("/api/figures/2026", headers=bearer("prevention")).status_code == 403
    assert visitor.get("/api/figures/2026").status_code == 401


@pytest.mark.requirement("SEC-S1")
def test_what_is_no_year_with_figures_is_refused(visitor: TestClient) -> None:
    refusals = {404: ("0", "1999", "9999", "-1", "canary", "2026.5"), 422: ("2090",)}
    for status, years in refusals.items():
        for year in years:
            answer = visitor.get(f"/api/figures/{year}", headers=bearer("gateway"))
            assert answer.status_code == status, year
            assert "canary" not in answer.text
