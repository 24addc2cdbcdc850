"""Asking the routes of every face as somebody who may use them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from fastapi.routing import APIRoute, iter_route_contexts

from tests.journeys.edges.access_table import (
    AN_ID,
    BARE,
    HALF,
    JSON_PATHS,
    PLACEHOLDER,
    Route,
    read_table,
    somebody_for,
)
from tests.journeys.edges.faces import NOBODY, Face, Knock
from tests.journeys.edges.wire import Answer, Wire

FACES = ("hotline", "helpline", "prevention", "hashcheck", "website", "management", "fetcher")
A_KEY = "8d7c1c4e-6a0b-4a52-9d55-0b0a54b7a001"
SIGN_OUT = "/sign-out"
# They end the session that everything else is asked with.
ENDS = {SIGN_OUT, "/connect/sign-out"}

# By face and role.
Knocks: TypeAlias = dict[tuple[str, str], Knock]


@dataclass
class Visit:
    """One connection to each face, and for each route somebody who may use it.

    `knocks` are those who signed in already; they stay so for all tests.
    """

    faces: Mapping[str, Face]
    wire_to: Callable[[str], Wire]
    knocks: Knocks
    _wires: dict[str, Wire] = field(default_factory=dict)

    def ask(
        self,
        name: str,
        route: Route,
        *,
        target: str = "",
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Answer:
        """`target` replaces the path of the route; of its placeholders one id is made."""
        face = self.faces[name]
        given = {"Host": face.host, "Idempotency-Key": A_KEY} | self.knock(name, route).headers()
        asked = target or PLACEHOLDER.sub(AN_ID, route.path)
        return self.wire(name).ask(route.method, asked, given | dict(headers or {}), body)

    def wire(self, name: str) -> Wire:
        if name not in self._wires:
            self._wires[name] = self.wire_to(name)
        return self._wires[name]

    def knock(self, name: str, route: Route) -> Knock:
        """The same person for all routes of a role; who goes or is only half in comes once."""
        if route not in read_table(name):
            return NOBODY
        who = min(read_table(name)[route])
        if route.path in ENDS or who == HALF:
            return somebody_for(self.faces[name], self.faces, route)
        if (name, who) not in self.knocks:
            self.knocks[name, who] = somebody_for(self.faces[name], self.faces, route)
        return self.knocks[name, who]


def http_routes(name: str) -> list[Route]:
    """Every route of a face but its sockets."""
    return sorted(route for route in read_table(name) if route.method != "WEBSOCKET")


def json_routes(name: str) -> Iterator[Route]:
    """The routes of a face that take JSON, or say so when they get something else."""
    for route in sorted(read_table(name)):
        is_json = JSON_PATHS.match(route.path) and not BARE.match(route.path)
        if route.method == "POST" and is_json:
            yield route


def form_routes(name: str) -> Iterator[Route]:
    for route in sorted(read_table(name)):
        if route.method == "POST" and not JSON_PATHS.match(route.path):
            yield route


def own_form_routes(name: str) -> Iterator[Route]:
    """Without what every face has from the same code, but for one face."""
    shared = shared_routes()
    return (route for route in form_routes(name) if name == "helpline" or route not in shared)


def shared_routes() -> set[Route]:
    """What every face with staff has, from the same code: accounts, health, static files."""
    return {*read_table("hotline")} & {*read_table("hashcheck")}


def typed_parameters(face: Face) -> Iterator[tuple[Route, str]]:
    """Every parameter of every query that a route of this face reads."""
    for found in iter_route_contexts(face.routes.routes):
        if isinstance(found.original_route, APIRoute):
            for method in sorted(found.methods or ()):
                for parameter in found.dependant.query_params:
                    yield Route(method, found.path or ""), parameter.alias
