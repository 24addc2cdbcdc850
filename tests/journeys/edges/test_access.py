from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi import APIRouter, FastAPI, Response, WebSocket
from shared.platform.access import public, refuse_open_routes, staff

from tests.journeys.edges.access_table import (
    AN_ID,
    PLACEHOLDER,
    Route,
    differing_rows,
    lines_of,
    read_table,
    wrong_cells,
)
from tests.journeys.edges.faces import Face, everybody
from tests.journeys.edges.wire import Wire, serving

NAMES = ("hotline", "helpline", "prevention", "hashcheck", "website", "management", "fetcher")
WireTo = Callable[[str], Wire]
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
every_face = pytest.mark.parametrize("name", NAMES)


@pytest.mark.requirement("SEC-P5")
@pytest.mark.requirement("PF-ACCESS-2")
@every_face
def test_the_table_and_the_routes_say_the_same(faces: dict[str, Face], name: str) -> None:
    face = faces[name]
    assert differing_rows(face, read_table(name)) == [], "\n".join(
        ["it should be", *lines_of(face)]
    )


@pytest.mark.requirement("SEC-P5")
@pytest.mark.requirement("PF-ACCESS-2")
@every_face
def test_everybody_gets_in_where_the_table_says_and_nowhere_else(
    faces: dict[str, Face], wire_to: WireTo, name: str
) -> None:
    knocks = everybody(faces[name], faces)
    assert wrong_cells(faces[name], wire_to(name), knocks, read_table(name)) == []


@pytest.mark.requirement("PF-ACCESS-2")
@every_face
def test_no_other_method_reaches_a_route(
    faces: dict[str, Face], wire_to: WireTo, name: str
) -> None:
    """A page that may be read is not one that may be written to."""
    table, wire = read_table(name), wire_to(name)
    for path in sorted({route.path for route in table}):
        asked = PLACEHOLDER.sub(AN_ID, path)
        taken = {route.method for route in table if route.matches(asked)} - {"WEBSOCKET"}
        for method in sorted(METHODS - taken):
            answer = wire.ask(method, asked, {"Host": faces[name].host})
            assert (answer.status, answer.code) == (405, "method_not_allowed"), f"{method} {path}"
            assert set(answer.headers["allow"].split(", ")) == taken, f"{method} {path}"


@pytest.fixture
def open_face(faces: dict[str, Face]) -> Face:
    """The helpline with a page that somebody forgot to protect."""
    helpline = faces["helpline"]
    app = FastAPI(openapi_url=None)
    app.state = helpline.routes.state

    @app.get("/today")
    def today() -> str:
        return "everything"

    return replace(helpline, routes=app, app=app)


@pytest.mark.requirement("PF-ACCESS-2")
def test_control_an_unprotected_route_is_found(faces: dict[str, Face], open_face: Face) -> None:
    today = Route("GET", "/today")
    with serving(open_face.app) as address, Wire(address) as wire:
        wrong = wrong_cells(open_face, wire, everybody(open_face, faces), read_table("helpline"))
    assert f"helpline {today}: nobody gets in (200)" in wrong
    assert f"helpline {today}: elsewhere:hotline:analyst gets in (200)" in wrong
    assert f"helpline {today} declares everyone" in differing_rows(
        open_face, {today: frozenset({"staff"})}
    )


@pytest.mark.requirement("PF-ACCESS-2")
def test_control_a_route_that_is_too_strict_is_found(
    faces: dict[str, Face], wire_to: WireTo
) -> None:
    crisis = Route("GET", "/today")
    table = {**read_table("helpline"), crisis: frozenset({"everyone"})}
    knocks = {"nobody": everybody(faces["helpline"], faces)["nobody"]}
    wrong = wrong_cells(faces["helpline"], wire_to("helpline"), knocks, table)
    assert wrong == [f"helpline {crisis}: nobody is refused (401)"]


@pytest.mark.requirement("PF-ACCESS-2")
def test_control_a_route_without_a_line_is_found(faces: dict[str, Face]) -> None:
    table = dict(read_table("helpline"))
    del table[Route("GET", "/today")]
    assert "no line: helpline GET /today" in differing_rows(faces["helpline"], table)


def _mounted(app: FastAPI) -> None:
    app.mount("/inside", FastAPI(openapi_url=None))


def _plain(app: FastAPI) -> None:
    app.add_route("/inside", lambda request: Response())


def _socket(app: FastAPI) -> None:
    @app.websocket("/inside")
    async def inside(socket: WebSocket) -> None:
        await socket.accept()


def _shadowed(app: FastAPI) -> None:
    """Only the first of two answers, so that the marker of the second means nothing."""
    router = APIRouter()
    router.add_api_route("/inside", lambda: "", dependencies=[public()])
    router.add_api_route("/inside", lambda: "", dependencies=[staff("read")])
    app.include_router(router)


@pytest.mark.requirement("PF-ACCESS-1")
@pytest.mark.parametrize("add", [_mounted, _plain, _socket, _shadowed])
def test_nothing_answers_without_saying_who_may_ask(add: Callable[[FastAPI], None]) -> None:
    app = FastAPI(openapi_url=None)
    refuse_open_routes(app)
    add(app)
    with pytest.raises(RuntimeError, match="/inside"):
        refuse_open_routes(app)
