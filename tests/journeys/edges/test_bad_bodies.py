"""Every body that is not to be read, sent to every route that reads one."""

import pytest

from tests.journeys.edges.asking import FACES, Visit, form_routes, json_routes, own_form_routes
from tests.journeys.edges.bad_bodies import (
    BAD_FORMS,
    BAD_JSON,
    CANARY,
    FORM,
    JSON,
    ODD_FORMS,
    WRONG_SHAPES,
    Bad,
)
from tests.journeys.edges.listening import Heard

with_json = pytest.mark.parametrize("name", [name for name in FACES if any(json_routes(name))])
with_forms = pytest.mark.parametrize("name", [name for name in FACES if any(form_routes(name))])


def headers_of(bad: Bad) -> dict[str, str]:
    given = {"Content-Type": bad.kind} if bad.kind else {}
    return given | ({"Content-Encoding": bad.coding} if bad.coding else {})


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@with_json
@pytest.mark.parametrize("bad", BAD_JSON.values(), ids=BAD_JSON)
def test_json_that_is_not_strict_is_refused_with_its_code(
    visit: Visit, heard: Heard, name: str, bad: Bad
) -> None:
    for route in json_routes(name):
        answer = visit.ask(name, route, headers=headers_of(bad), body=bad.body)
        code = answer.code.lower()
        if route.path.endswith("graphql") and bad.kind == FORM:
            code = code.replace("json_only", "unsupported_media_type")
        assert (answer.status, code) == (bad.status, bad.code), str(route)
        assert CANARY not in answer.everything()
    assert CANARY not in heard.text


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@with_json
@pytest.mark.parametrize("body", WRONG_SHAPES.values(), ids=WRONG_SHAPES)
def test_json_of_another_shape_is_refused_by_its_contract(
    visit: Visit, heard: Heard, name: str, body: str
) -> None:
    for route in json_routes(name):
        answer = visit.ask(name, route, headers={"Content-Type": JSON}, body=body.encode())
        refusal = (400, "BAD_REQUEST") if route.path.endswith("graphql") else (422, "invalid")
        assert (answer.status, answer.code) == refusal, str(route)
        assert CANARY not in answer.everything()
    assert CANARY not in heard.text


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@with_forms
@pytest.mark.parametrize("bad", BAD_FORMS.values(), ids=BAD_FORMS)
def test_a_form_that_cannot_be_read_is_refused_with_its_code(
    visit: Visit, heard: Heard, name: str, bad: Bad
) -> None:
    for route in form_routes(name):
        answer = visit.ask(name, route, headers=headers_of(bad), body=bad.body)
        assert (answer.status, answer.code) == (bad.status, bad.code), str(route)
        assert CANARY not in answer.everything()
    assert CANARY not in heard.text


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("name", [name for name in FACES if any(own_form_routes(name))])
@pytest.mark.parametrize("body", ODD_FORMS.values(), ids=ODD_FORMS)
def test_no_odd_form_makes_a_route_fail(visit: Visit, heard: Heard, name: str, body: str) -> None:
    for route in own_form_routes(name):
        answer = visit.ask(name, route, headers={"Content-Type": FORM}, body=body.encode())
        # The website says 503 on a page when the hotline is down, as it is here.
        assert answer.status < 500 or (answer.status, answer.code) == (503, ""), str(route)
    assert "unexpected" not in heard.text
    assert CANARY not in heard.text


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("hotline", "/api/reports"),
        ("helpline", "/internal/events"),
        ("prevention", "/internal/events"),
    ],
)
def test_a_large_body_of_a_stranger_is_not_read(visit: Visit, name: str, path: str) -> None:
    """The refusal comes although not one byte of the body that was announced did."""
    host, wire = visit.faces[name].host, visit.wire(name)
    headers = {"Host": host, "Content-Type": JSON, "Content-Length": "100000"}
    answer = wire.ask("POST", path, headers)
    assert (answer.status, answer.code) == (401, "not_authenticated")
    wire.hang_up()
