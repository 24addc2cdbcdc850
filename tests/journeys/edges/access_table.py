"""The table of who may use which route, and the ways a face can differ from it.

`access.txt` has a line for each route: face, method, path, and who gets in. Everybody it does not
name is refused: staff of other faces, other services, keys of another scope, the public.

    everyone       anybody, without any proof
    half           who gave a password and not yet a second factor
    staff          whoever is signed in at this face, whatever the role
    <role>         this role of this face
    service:<x>    the service x, with a token made for this one
    key:<scope>    a hosting company with a key of this scope
    contact        somebody of a hosting company, who came by a mailed link
"""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from hashcheck.deps import ContactAccess
from shared.platform.access import (
    Access,
    KeyAccess,
    PublicAccess,
    ServiceAccess,
    StaffAccess,
    route_access,
)

from tests.journeys.edges.faces import (
    NOBODY,
    Face,
    Knock,
    contact_knock,
    key_knock,
    service_knock,
    staff_knock,
)
from tests.journeys.edges.wire import Wire

FILE = Path(__file__).with_name("access.txt")
EVERYONE, HALF, STAFF, CONTACT = "everyone", "half", "staff", "contact"
REFUSALS = frozenset({"sign_in_needed", "not_authenticated", "not_permitted"})
AN_ID = str(UUID(int=7))
PLACEHOLDER = re.compile(r"\{\w+(:path)?\}")
# Where data is sent and not a form: the APIs, GraphQL, the fetcher's orders.
JSON_PATHS = re.compile(r"/(api|internal|v1)/|.*/?graphql$|/(fetch|probe)$")
# The call of the earlier service: a bare word in, a bare word out.
BARE = re.compile(r"/v1/check/")
JSON = ("application/json", "{}")
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "Sec-WebSocket-Protocol": "graphql-transport-ws",
}
SWITCHING = 101
# Too long for every field of this name, so that little is done for who gets in.
FORM = ("application/x-www-form-urlencoded", "name=" + "a" * 300)


class Route(NamedTuple):
    method: str
    path: str

    def matches(self, asked: str) -> bool:
        return re.fullmatch(PLACEHOLDER.sub("[^/]+", self.path), asked) is not None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


Table = Mapping[Route, frozenset[str]]


@cache
def read_table(face: str) -> Table:
    """The lines of `access.txt` about one face. Raises ValueError for a route with two."""
    found: dict[Route, frozenset[str]] = {}
    for line in FILE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        name, method, path, *admitted = line.split()
        if name == face:
            route = Route(method, path)
            if route in found:
                raise ValueError(f"two lines for {name} {route}")
            found[route] = frozenset(admitted)
    return found


def admitted_by(access: Access | None, roles: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Whom a marker lets in, in the words of the table; without a marker, everyone."""
    match access:
        case PublicAccess() | None:
            return frozenset({EVERYONE})
        case ServiceAccess(callers):
            return frozenset(f"service:{caller}" for caller in callers)
        case KeyAccess(scope, services):
            keys = {f"key:{each}" for each in scope.split()}
            return frozenset(keys | {f"service:{caller}" for caller in services})
        case ContactAccess():
            return frozenset({CONTACT})
        case StaffAccess(permission, before):
            able = {role for role, granted in roles.items() if permission in granted}
            return frozenset((able if permission else {STAFF}) | ({HALF} if before else set()))
    raise TypeError(type(access))


def declared(face: Face) -> Table:
    roles = face.desk.roles if face.desk else {}
    return {
        Route(method, path): admitted_by(access, roles)
        for (method, path), access in route_access(face.routes).items()
    }


def differing_rows(face: Face, table: Table) -> list[str]:
    """Routes without a line, lines without a route, and lines that say something else."""
    real = declared(face)
    found = [f"no line: {face.name} {route}" for route in real.keys() - table.keys()]
    found += [f"no such route: {face.name} {route}" for route in table.keys() - real.keys()]
    for route in real.keys() & table.keys():
        if real[route] != table[route]:
            found.append(f"{face.name} {route} declares {' '.join(sorted(real[route]))}")
    return sorted(found)


def wrong_cells(face: Face, wire: Wire, knocks: Mapping[str, Knock], table: Table) -> list[str]:
    """Every route asked by everybody: where the answer is not what the table says, or a crash."""
    found: list[str] = []
    for route in _in_order(face):
        admitted = table.get(route, frozenset())
        for who, knock in knocks.items():
            status, entered = ask(wire, face, route, knock)
            if status >= 500 or entered != is_admitted(who, admitted, face):
                got = "gets in" if entered else "is refused"
                found.append(f"{face.name} {route}: {who} {got} ({status})")
    return found


def _in_order(face: Face) -> list[Route]:
    """Signing out ends the session that the other routes are asked with."""
    return sorted(declared(face), key=lambda route: (route.path.endswith("/sign-out"), route))


def is_admitted(who: str, admitted: frozenset[str], face: Face) -> bool:
    roles = face.desk.roles if face.desk else {}
    return bool(admitted & {EVERYONE, who}) or (STAFF in admitted and who in roles)


def ask(wire: Wire, face: Face, route: Route, knock: Knock) -> tuple[int, bool]:
    """The status, and whether the route was reached: a refusal says so with its own codes."""
    headers, body = {"Host": face.host, **knock.headers()}, ""
    if route.method == "WEBSOCKET":
        return knock_at_socket(wire, route, headers | UPGRADE | {"Origin": f"http://{face.host}"})
    if route.method in {"POST", "PUT", "PATCH"}:
        headers["Content-Type"], body = JSON if JSON_PATHS.match(route.path) else FORM
    path = PLACEHOLDER.sub(AN_ID, route.path)
    answer = wire.ask(route.method, path, headers, body.encode())
    return answer.status, not (answer.is_problem and answer.code in REFUSALS)


def knock_at_socket(wire: Wire, route: Route, headers: Mapping[str, str]) -> tuple[int, bool]:
    """A socket opens or it does not; what is said on it is for other tests."""
    answer = wire.ask("GET", PLACEHOLDER.sub(AN_ID, route.path), headers)
    wire.hang_up()
    return answer.status, answer.status == SWITCHING


def somebody_for(face: Face, faces: Mapping[str, Face], route: Route) -> Knock:
    """Who may use this route."""
    who = min(read_table(face.name)[route])
    kind, _, name = who.partition(":")
    if who == EVERYONE:
        return NOBODY
    if kind == "service":
        return service_knock(name, face.service)
    desk = (faces["hashcheck"] if kind == "key" else face).desk
    assert desk
    if kind == "key":
        return key_knock(desk, name)
    if who == CONTACT:
        return contact_knock(desk)
    role = min(desk.roles) if who in {STAFF, HALF} else who
    return staff_knock(desk, role, has_second_factor=who != HALF)


def lines_of(face: Face) -> list[str]:
    """What `access.txt` would say of a face if the routes were right."""
    return [
        f"{face.name:<11} {route.method:<7} {route.path:<41} {' '.join(sorted(admitted))}"
        for route, admitted in sorted(declared(face).items(), key=lambda row: row[0][::-1])
    ]
