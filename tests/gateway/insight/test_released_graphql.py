"""Figures of all services in one question: what is told, what is withheld, who does not answer."""

from typing import Any

import pytest
from gateway.insight.annual import ANNUAL
from gateway.insight.theme_page import DOCUMENT
from gateway.schema.documents import registered_documents

from infra.story.visitor import Visitor
from tests.gateway.fake_services import HOSTS, THIS_YEAR, YEARS, Services, year_figures
from tests.gateway.insight.conftest import SignedIn
from tests.gateway.insight.test_management_graphql import asked

ONE = "query($id: String!, $year: Int!, $month: Int) { metric(id: $id, year: $year, month: $month)"
METRIC = ONE + " { id count ratio isWithheld unit labelNl labelEn service } }"


def told(visitor: Visitor, year: int = 2026) -> dict[str, Any]:
    answer = asked(visitor, {"query": DOCUMENT, "variables": {"year": year}})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def metric(visitor: Visitor, name: str, month: int | None = None) -> Any:
    variables = {"id": name, "year": 2026, "month": month}
    return asked(visitor, {"query": METRIC, "variables": variables}).json()


def cells(series: Any, service: str) -> list[Any]:
    (part,) = [part for part in series["parts"] if part["service"] == service]
    return [cell["count"] for cell in part["released"]["cells"]]


@pytest.mark.requirement("GW-FIGURES")
@pytest.mark.requirement("GW-THEMES")
def test_one_question_asks_every_service_once_for_everything(
    signed_in_as: SignedIn, services: Services
) -> None:
    data = told(signed_in_as("mila"))["data"]
    assert sorted(r.url.host for r in services.requests) == sorted(HOSTS)
    assert {r.url.path for r in services.requests} == {THIS_YEAR}
    assert cells(data["sextortion"], "HELPLINE") == [900, 900, 923]
    assert cells(data["aiMaterial"], "HOTLINE") == [700, 714, 800]
    assert cells(data["aiMaterial"], "HASH_CHECK") == [0, 3, 1]
    assert set(data["annualReport"]) == {"hotline", "helpline", "prevention", "hashCheck"}


@pytest.mark.requirement("GW-FIGURES")
def test_eleven_billion_checks_come_whole(signed_in_as: SignedIn) -> None:
    (checked,) = [
        each
        for each in told(signed_in_as("mila"))["data"]["annualReport"]["hashCheck"]
        if each["id"] == "hcs_checked"
    ]
    assert checked["count"] == 11_192_234_293
    assert metric(signed_in_as("mila"), "hcs_hit_rate_ppm")["data"]["metric"]["ratio"] == 8.64


@pytest.mark.requirement("GW-THEMES")
@pytest.mark.requirement("SEC-P9")
def test_a_withheld_month_says_so_and_its_total_is_left_out(signed_in_as: SignedIn) -> None:
    parts = told(signed_in_as("mila"))["data"]["aiMaterial"]["parts"]
    (helpline,) = [part for part in parts if part["service"] == "HELPLINE"]
    assert helpline["released"]["total"] is None
    assert helpline["released"]["cells"] == [
        {"month": "2026-01-01", "count": None, "isWithheld": True},
        {"month": "2026-02-01", "count": 7, "isWithheld": False},
        {"month": "2026-03-01", "count": 5, "isWithheld": False},
    ]


@pytest.mark.requirement("SEC-P9")
def test_no_field_adds_up_what_the_parts_tell(signed_in_as: SignedIn) -> None:
    for field in ("total", "cells { count }"):
        body = {"query": f"{{ aiMaterial(year: 2026) {{ {field} }} }}"}
        assert asked(signed_in_as("mila"), body).status_code == 400


@pytest.mark.requirement("GW-FIGURES")
def test_what_is_not_counted_is_absent_and_not_zero(signed_in_as: SignedIn) -> None:
    names = {each["id"] for each in told(signed_in_as("mila"))["data"]["annualReport"]["helpline"]}
    assert names == {"help_contacts", "help_sextortion", "help_sextortion_share"}


@pytest.mark.requirement("GW-FIGURES")
@pytest.mark.parametrize(
    ("name", "ratio"),
    [
        ("hot_urls_illegal_share", 25.74),
        ("hot_urls_per_report", 6.06),
        ("help_sextortion_share", 29.3),
        ("hcs_hit_rate_ppm", 8.64),
    ],
)
def test_shares_come_out_as_printed(signed_in_as: SignedIn, name: str, ratio: float) -> None:
    found = metric(signed_in_as("mila"), name)["data"]["metric"]
    wanted = ANNUAL[name].share
    assert wanted
    assert found["ratio"] == round(ratio, wanted.decimals)
    assert (found["count"], found["isWithheld"]) == (None, False)


@pytest.mark.requirement("SEC-P9")
def test_a_share_of_something_withheld_is_withheld(
    signed_in_as: SignedIn, services: Services
) -> None:
    figures = year_figures(help_contacts=[9_281], help_sextortion=[None])
    services.answers["helpline", "GET", THIS_YEAR] = (200, figures)
    found = metric(signed_in_as("mila"), "help_sextortion_share")["data"]["metric"]
    assert (found["ratio"], found["isWithheld"]) == (None, True)


@pytest.mark.requirement("GW-FIGURES")
def test_a_metric_has_its_unit_and_both_its_names_and_may_be_of_a_month(
    signed_in_as: SignedIn,
) -> None:
    mila = signed_in_as("mila")
    assert metric(mila, "help_sextortion", 3)["data"]["metric"] == {
        "id": "help_sextortion",
        "count": 923,
        "ratio": None,
        "isWithheld": False,
        "unit": "help requests",
        "labelNl": "Sextortion",
        "labelEn": "Sextortion",
        "service": "HELPLINE",
    }
    assert metric(mila, "help_sextortion", 4)["data"]["metric"] is None
    assert metric(mila, "help_sextortion_share", 3)["data"]["metric"] is None


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"id": "canary", "year": 2026}, "UNKNOWN_METRIC"),
        ({"id": "hot_ai", "year": 1999}, "BAD_YEAR"),
        ({"id": "hot_ai", "year": 3000}, "BAD_YEAR"),
        ({"id": "hot_ai", "year": 2026, "month": 0}, "BAD_MONTH"),
        ({"id": "hot_ai", "year": 2026, "month": 13}, "BAD_MONTH"),
    ],
)
def test_what_is_no_figure_is_refused_without_an_echo(
    signed_in_as: SignedIn, services: Services, variables: dict[str, Any], code: str
) -> None:
    answer = asked(signed_in_as("mila"), {"query": METRIC, "variables": variables})
    assert answer.json()["errors"][0]["extensions"]["code"] == code
    assert "canary" not in answer.text
    assert services.requests == []


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize("stopped", HOSTS)
def test_a_stopped_service_leaves_its_own_fields_empty_and_the_rest_answers(
    signed_in_as: SignedIn, services: Services, stopped: str
) -> None:
    services.stopped.add(stopped)
    body = told(signed_in_as("mila"))
    names = {"hotline": "HOTLINE", "hashcheck": "HASH_CHECK"}
    silent = names.get(stopped, stopped.upper())
    for series in (body["data"]["sextortion"], body["data"]["aiMaterial"]):
        for part in series["parts"]:
            assert (part["released"] is None) == (part["service"] == silent)
    report = body["data"]["annualReport"]
    field = "hashCheck" if stopped == "hashcheck" else stopped
    assert {name for name, metrics in report.items() if metrics is None} == {field}
    assert {error["extensions"]["code"] for error in body["errors"]} == {"SERVICE_UNAVAILABLE"}


@pytest.mark.requirement("GW-SCHEMA")
def test_the_document_of_the_page_is_registered(signed_in_as: SignedIn) -> None:
    (digest,) = registered_documents("management")
    body = {"documentId": f"sha256:{digest}", "variables": {"year": 2026}}
    assert asked(signed_in_as("mila"), body).json() == told(signed_in_as("mila"))


def test_the_fakes_have_figures_that_exist() -> None:
    known = ANNUAL.keys() | {"help_ai_generated", "prev_ai_questions", "hcs_ai_hits"}
    assert {count["id"] for each in YEARS.values() for count in each["counts"]} <= known
