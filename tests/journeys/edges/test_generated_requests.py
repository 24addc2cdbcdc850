"""Requests that a tool makes up from the description of every route: right, nearly right and wrong.

source: security research, promise S1. A run is bounded to seconds; EDGES_EXAMPLES makes it longer.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import pytest
import requests
import schemathesis
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.result import Ok

from tests.journeys.edges.access_table import Route
from tests.journeys.edges.asking import FACES, SIGN_OUT, Visit, shared_routes
from tests.journeys.edges.faces import Face
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Answer

Operation: TypeAlias = APIOperation[Any, Any, Any, Any]

CANARY = "canary-0e4b"
EXAMPLES = int(os.environ.get("EDGES_EXAMPLES", "3"))
bounded = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# Hashing a password takes a hundred times as long as anything else; odd forms go there as well.
COSTLY = {SIGN_OUT, "/sign-in", "/account/password"}


def operations(face: Face) -> Iterator[Operation]:
    """Every route as an operation of OpenAPI, pages included; what all faces share once."""
    routes = [
        APIRoute(found.path or "", found.endpoint, methods=found.methods, response_model=None)
        for found in iter_route_contexts(face.routes.routes)
        if isinstance(found.original_route, APIRoute) and found.endpoint
    ]
    described = get_openapi(title="a face", version="1", routes=routes)
    for result in schemathesis.openapi.from_dict(described).get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        route = Route(operation.method.upper(), operation.path)
        if route.path not in COSTLY and (face.name == "helpline" or route not in shared_routes()):
            yield operation


def can_be_wrong(operation: Operation) -> bool:
    """Whether anything is described that a request could break; in a path, any text is right."""
    described = operation.definition.raw
    free = {"type", "title"}
    return "requestBody" in described or any(
        one["in"] != "path" or set(one["schema"]) - free for one in described.get("parameters", [])
    )


def send(visit: Visit, name: str, case: Case[Any]) -> Answer:
    """As the tool would, but over our own connection and as somebody who may use the route."""
    kwargs = case.as_transport_kwargs(base_url="http://face")
    kwargs.pop("cookies", None)
    made = requests.Request(**kwargs).prepare()
    body = made.body or b""
    assert isinstance(body, str | bytes)
    kind = str(made.headers.get("Content-Type", ""))
    parts = urlsplit(str(made.url))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    return visit.ask(
        name,
        Route(case.method.upper(), case.path),
        target=target,
        headers={"Content-Type": kind} if kind else {},
        body=body.encode() if isinstance(body, str) else body,
    )


def marked(value: Any) -> Any:
    """The same with the canary behind every text."""
    if isinstance(value, str):
        return value + CANARY
    if isinstance(value, list):
        return [marked(one) for one in value]
    if isinstance(value, dict):
        return {name: marked(one) for name, one in value.items()}
    return value


def fuzz(operation: Operation, mode: GenerationMode, check: Callable[[Case[Any]], None]) -> None:
    @bounded
    @given(st.data())
    def run(data: st.DataObject) -> None:
        check(data.draw(operation.as_strategy(generation_mode=mode)))

    # Where nothing is described, nothing can be wrong.
    with suppress(Unsatisfiable):
        run()


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("name", FACES)
@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_no_made_up_request_fails_or_comes_back(
    visit: Visit, heard: Heard, name: str, mode: GenerationMode
) -> None:
    asked: list[str] = []

    def check(case: Case[Any]) -> None:
        for again in (False, True):
            if again:
                case.body, case.query = marked(case.body), marked(case.query)
            answer = send(visit, name, case)
            place = f"{case.method} {case.path}"
            assert answer.status < 500 or is_down(name, answer), place
            asked.append(place)
            if answer.is_problem:
                assert CANARY not in answer.everything(), place

    for operation in operations(visit.faces[name]):
        if mode is GenerationMode.POSITIVE or can_be_wrong(operation):
            fuzz(operation, mode, check)
    assert asked
    assert CANARY not in heard.text


def is_down(name: str, answer: Answer) -> bool:
    """The gateway says so when a line does not answer, as none does here."""
    said = answer.code in {"", "unavailable", "service_unavailable"}
    return name in {"website", "management"} and answer.status == 503 and said
