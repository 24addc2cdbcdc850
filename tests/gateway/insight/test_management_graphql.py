"""GraphQL for management over HTTP: with a session, a role and the token of that session."""

from typing import Any

import pytest
from httpx2 import Response

from infra.story.visitor import Visitor
from tests.gateway.fake_services import HASHCHECK_FIGURES, Services
from tests.gateway.insight.conftest import SignedIn

PATH = "/management/graphql"
QUERY = """query($since: Date!, $until: Date!) { figures(since: $since, until: $until) {
  hashCheck { checked hits } hotline { reportsReceived } } }"""
BODY = {"query": QUERY, "variables": {"since": "2026-01-01", "until": "2027-01-01"}}


def asked(visitor: Visitor, body: Any = BODY, **headers: str) -> Response:
    """As a script of the management pages asks: with the token that its page has."""
    token = visitor.open("/account").find("input[name=csrf]").attributes["value"] or ""
    return visitor.client.post(
        PATH, json=body, headers={"Accept": "application/json", "X-CSRF-Token": token} | headers
    )


@pytest.mark.requirement("GW-FIGURES")
def test_counts_beyond_32_bits_come_whole(signed_in_as: SignedIn) -> None:
    answer = asked(signed_in_as("mila"))
    assert answer.status_code == 200
    assert answer.json()["data"]["figures"] == {
        "hashCheck": {"checked": 11_192_234_293, "hits": 96_723},
        "hotline": {"reportsReceived": 153_856},
    }
    assert b'"checked":11192234293,' in answer.content


@pytest.mark.requirement("GW-FIGURES")
def test_a_count_is_whole_up_to_what_json_readers_keep(
    signed_in_as: SignedIn, services: Services
) -> None:
    largest = 2**53 - 1
    figures = HASHCHECK_FIGURES | {"checked": largest}
    services.answers["hashcheck", "GET", "/api/figures"] = (200, figures)
    answer = asked(signed_in_as("mila"))
    assert answer.json()["data"]["figures"]["hashCheck"]["checked"] == largest


@pytest.mark.requirement("SEC-P5")
def test_only_management_with_a_session_gets_an_answer(
    signed_in_as: SignedIn, services: Services
) -> None:
    nobody = signed_in_as("").client.post(PATH, json=BODY, headers={"Accept": "*/*"})
    assert (nobody.status_code, nobody.json()["code"]) == (401, "sign_in_needed")
    administrator = asked(signed_in_as("ada"))
    assert (administrator.status_code, administrator.json()["code"]) == (403, "not_permitted")
    assert services.requests == []


@pytest.mark.requirement("PF-UI-CSRF-1")
@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "x" * 43},
        {"Sec-Fetch-Site": "cross-site"},
        {"Origin": "https://elsewhere.example"},
    ],
)
def test_another_site_cannot_ask_with_somebodys_session(
    signed_in_as: SignedIn, services: Services, headers: dict[str, str]
) -> None:
    answer = asked(signed_in_as("mila"), **headers)
    assert answer.status_code == 403
    assert services.requests == []


@pytest.mark.requirement("SEC-R4")
def test_a_stopped_service_leaves_its_own_part_empty(
    signed_in_as: SignedIn, services: Services
) -> None:
    services.stopped.add("hotline")
    answer = asked(signed_in_as("mila")).json()
    assert answer["data"]["figures"]["hotline"] is None
    assert answer["data"]["figures"]["hashCheck"]["hits"] == 96_723
    assert answer["errors"][0]["extensions"]["code"] == "SERVICE_UNAVAILABLE"


@pytest.mark.requirement("SEC-S3")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ([BODY], 400),
        ({"query": "{ canary }"}, 400),
        ({"query": QUERY, "variables": {"since": "canary", "until": "2027-01-01"}}, 400),
        ({"query": "mutation { reportUrls }"}, 400),
        ({"query": "{ lines { line } }"}, 400),
    ],
)
def test_a_bad_question_is_refused_without_an_echo(
    signed_in_as: SignedIn, services: Services, body: Any, status: int
) -> None:
    answer = asked(signed_in_as("mila"), body)
    assert answer.status_code == status
    assert "canary" not in answer.text
    assert services.requests == []
