"""GraphQL at both doors of the gateway, over a connection and with everything that is around it."""

import json
from typing import Any

import pytest

from tests.gateway.test_limits import ABUSE
from tests.journeys.edges.access_table import Route
from tests.journeys.edges.asking import Visit
from tests.journeys.edges.bad_bodies import JSON
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Answer

CANARY = "canary-6d12"
DOORS = {"website": "/graphql", "management": "/management/graphql"}
# These two are for development too; production refuses them, which has a test of its own.
INTROSPECTION = {"no_introspection"}
STATUS = "query($code: String!) { reportStatus(code: $code) { progress } }"
FIGURES = "query($since: Date!) { figures(since: $since, until: $since) { hashCheck { hits } } }"


def ask(visit: Visit, name: str, asked: Any) -> Answer:
    route = Route("POST", DOORS[name])
    return visit.ask(name, route, headers={"Content-Type": JSON}, body=json.dumps(asked).encode())


@pytest.mark.requirement("SEC-S3")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("name", DOORS)
def test_abuse_is_refused_with_one_code_at_both_doors(
    visit: Visit, heard: Heard, name: str
) -> None:
    for document, code in ABUSE.values():
        if code not in INTROSPECTION:
            answer = ask(visit, name, {"query": f"{document} # {CANARY}"})
            # Some are so large or so odd that the strict body comes first.
            assert answer.status in {400, 413, 422}, document[:80]
            assert answer.code, document[:80]
            assert CANARY not in answer.everything()
    assert CANARY not in heard.text


SHAPES: dict[str, tuple[Any, str]] = {
    "a batch": ([{"query": f"{{ {CANARY} }}"}], "BAD_REQUEST"),
    "an unknown member": ({"query": "{ __typename }", CANARY: 1}, "BAD_REQUEST"),
    "a document that is a number": ({"query": 7}, "BAD_REQUEST"),
    "variables in a list": ({"query": "{ __typename }", "variables": [CANARY]}, "BAD_REQUEST"),
    "an unknown field": ({"query": f"{{ {CANARY.replace('-', '_')} }}"}, "INVALID_DOCUMENT"),
    "a nearly right field": ({"query": "{ __typenam }"}, "INVALID_DOCUMENT"),
    "the service of a federation": ({"query": "{ _service { sdl } }"}, "INVALID_DOCUMENT"),
    "a subscription": ({"query": "subscription { __typename }"}, "NO_SUBSCRIPTIONS"),
    "an unregistered document": ({"documentId": f"sha256:{CANARY}"}, "NOT_REGISTERED"),
    "an id of a wrong length": ({"documentId": "sha256:0"}, "NOT_REGISTERED"),
    "an unknown variable": (
        {"query": "{ __typename }", "variables": {CANARY: 1}},
        "UNKNOWN_VARIABLE",
    ),
    "large variables": (
        {"query": "{ __typename }", "variables": {"a": CANARY * 2000}},
        "VARIABLES_TOO_LARGE",
    ),
}


@pytest.mark.requirement("SEC-S3")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize(("asked", "code"), SHAPES.values(), ids=SHAPES)
def test_what_is_not_one_plain_question_is_refused(
    visit: Visit, heard: Heard, name: str, asked: Any, code: str
) -> None:
    answer = ask(visit, name, asked)
    assert (answer.status, answer.code) == (400, code)
    assert "did you mean" not in answer.text.lower()
    assert CANARY not in answer.everything() + heard.text


@pytest.mark.requirement("SEC-S3")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(("name", "query"), [("website", STATUS), ("management", FIGURES)])
@pytest.mark.parametrize("value", [7, None, [CANARY], {"a": CANARY}, True, ""])
def test_a_variable_of_another_type_is_refused_without_its_value(
    visit: Visit, heard: Heard, name: str, query: str, value: object
) -> None:
    variable = "code" if name == "website" else "since"
    answer = ask(visit, name, {"query": query, "variables": {variable: value}})
    # An empty text is a text, but not a code: the field is empty, with its reason.
    assert answer.status == (200 if (name, value) == ("website", "") else 400)
    assert answer.code in {"BAD_VARIABLES", "BAD_CODE"}
    assert CANARY not in answer.everything() + heard.text


@pytest.mark.requirement("SEC-S3")
@pytest.mark.parametrize("name", DOORS)
def test_nothing_is_asked_by_an_address(visit: Visit, name: str) -> None:
    door = DOORS[name]
    for query in ("query={__typename}", "query=mutation{reportUrls{code}}", "documentId=sha256:0"):
        answer = visit.ask(name, Route("GET", "/livez"), target=f"{door}?{query}")
        assert (answer.status, answer.code) == (405, "method_not_allowed")


@pytest.mark.requirement("SEC-R4")
@pytest.mark.requirement("SEC-P4")
def test_a_service_that_does_not_answer_leaves_a_field_empty_with_its_code(
    visit: Visit, heard: Heard
) -> None:
    query = 'query { reportStatus(code: "K7PQ-2MXW-9RTC") { progress } __typename }'
    answer = ask(visit, "website", {"query": query})
    assert (answer.status, answer.code) == (200, "SERVICE_UNAVAILABLE")
    assert answer.json["data"] == {"reportStatus": None, "__typename": "Query"}
    assert "K7PQ" not in answer.text + heard.text
