"""The short ways and that of the framework answer alike: status, every header, and every byte.

Asked over a connection to the real server, to which a few hashes go by the shortest way. A
parameter that changes nothing sends the same question the ordinary way.
"""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from hashcheck.api.check_lines import LINES
from hashcheck.api.check_packed import PACKED
from hashcheck.api.check_short import ShortCheck
from hashcheck.domain.key_terms import SANDBOX_SCOPE, Quota
from shared.contracts.hashcheck import CheckItem
from shared.domain.content_hash import HashType
from shared.platform.metrics import REGISTRY
from shared.platform.shortcut import SHORTCUT, Reply
from starlette.types import Receive, Scope, Send

from tests.hashcheck.api.test_forms import ndjson, packed
from tests.hashcheck.api.test_key_terms import agree
from tests.hashcheck.hashes import POOR, flipped, item, picture, value
from tests.hashcheck.pages.test_alarm import probe
from tests.hashcheck.service import CHECK, Hoster, Service, eventually
from tests.journeys.edges.wire import Address, Answer, Wire, serving

JSON = "application/json"
ORDINARY = f"{CHECK}?since_list_version=0"
PRETENDED = ("X-Forwarded-For", "203.0.113.77")


def in_json(items: list[CheckItem]) -> bytes:
    return json.dumps({"items": [each.model_dump() for each in items]}).encode()


FORMS = {JSON: in_json, PACKED: packed, LINES: ndjson}
BAD = {
    JSON: [b"", b"{", b'{"items":[]}', b'{"items":[1]}', b"\xff", b"x" * (256 * 1024 + 1)],
    PACKED: [b"", b"abc", bytes(9), b"x" * (256 * 1024 + 1)],
    LINES: [b"{\n", b"1\n", b"\xff\n"],
}


class Counted:
    """Over a while: how many answers the figures have of a status."""

    def __init__(self, hundreds: str) -> None:
        self._labels = {"service": "hashcheck", "route": CHECK, "method": "POST"}
        self._labels["status"] = hundreds
        self._before = self._now()

    @property
    def more(self) -> int:
        return int(self._now() - self._before)

    def _now(self) -> float:
        name = "offlimits_answer_seconds_count"
        return REGISTRY.get_sample_value(name, self._labels) or 0


class Shortest:
    """The shortest way, and how often it was taken."""

    def __init__(self, service: Service) -> None:
        state = service.app.state
        self._short = ShortCheck(state.keys, state.checker, https=False)
        self.taken = 0

    def __call__(self, scope: Scope, body: bytes, reply: Reply) -> bool:
        is_taken = self._short(scope, body, reply)
        self.taken += is_taken
        return is_taken


@pytest.fixture(scope="module")
def shortest(service: Service) -> Shortest:
    return Shortest(service)


@pytest.fixture(scope="module")
def address(service: Service, shortest: Shortest) -> Iterator[Address]:
    """The application that runs already, behind the platform's own server as well."""

    async def with_shortest(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await service.app(scope, receive, send)
            return
        scope["state"][SHORTCUT] = shortest
        for step in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{step}.complete"})

    with serving(with_shortest) as served:
        yield served


@pytest.fixture
def wire(address: Address) -> Iterator[Wire]:
    with Wire(address) as made:
        yield made


def both(
    wire: Wire, hoster: Hoster, body: bytes, kind: str, *more: tuple[str, str]
) -> tuple[Answer, Answer]:
    """The answers of the short and of the ordinary way."""
    headers = [("Host", "hashcheck.localhost:8000"), ("Content-Type", kind), *more]
    headers.append(("Authorization", f"Bearer {hoster.key}"))
    short, ordinary = (wire.ask("POST", path, headers, body) for path in (CHECK, ORDINARY))
    return short, ordinary


def alike(short: Answer, ordinary: Answer) -> Answer:
    """One of them, after comparing all but the request id, which is of one form."""
    ids = [UUID(answer.headers["x-request-id"]) for answer in (short, ordinary)]
    assert ids[0] != ids[1]
    assert [str(each) for each in ids] == [a.headers["x-request-id"] for a in (short, ordinary)]
    assert {each.version for each in ids} == {4}
    assert _told(short) == _told(ordinary)
    return short


def _told(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    request_id = answer.headers["x-request-id"]
    # The seconds to wait differ by those that passed.
    headers = {n: t for n, t in answer.headers.items() if n not in {"x-request-id", "retry-after"}}
    return answer.status, headers, answer.body.replace(request_id.encode(), b"")


@pytest.mark.requirement("HC-SPEED-2")
@pytest.mark.requirement("SEC-S3")
@pytest.mark.parametrize("kind", FORMS)
def test_what_is_asked_well_is_answered_alike(
    service: Service, hoster: Hoster, wire: Wire, shortest: Shortest, kind: str
) -> None:
    seed = uuid4()
    service.listed(picture(seed))
    near = item(flipped(value(HashType.PDQ, seed), range(9)), 80)
    items = [*picture(seed), near, *picture("unknown"), *picture(seed, POOR)]
    # Of this key something is known from now on: the shortest way is for those.
    alike(*both(wire, hoster, FORMS[kind]([near]), kind))
    figures, taken = Counted("2xx"), shortest.taken
    short = alike(*both(wire, hoster, FORMS[kind](items), kind))
    assert short.status == 200
    assert short.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in short.headers
    # An answer is counted just after its last byte.
    assert eventually(lambda: figures.more == 2)
    assert shortest.taken == taken + (kind != LINES)
    alone = alike(*both(wire, hoster, FORMS[kind]([near]), kind))
    assert alone.status == 200


@pytest.mark.requirement("HC-SPEED-2")
@pytest.mark.parametrize("kind", BAD)
def test_what_is_asked_badly_is_refused_alike(hoster: Hoster, wire: Wire, kind: str) -> None:
    figures = Counted("4xx")
    for body in BAD[kind]:
        assert 400 <= alike(*both(wire, hoster, body, kind)).status < 500
    assert eventually(lambda: figures.more == 2 * len(BAD[kind]))


@pytest.mark.requirement("HC-SPEED-2")
@pytest.mark.requirement("SEC-S10")
@pytest.mark.parametrize("kind", FORMS)
def test_who_may_not_ask_is_refused_alike(
    service: Service, wire: Wire, shortest: Shortest, kind: str
) -> None:
    body, taken = FORMS[kind](picture("unknown")), shortest.taken
    nobody, elsewhere, poor, held = (service.hoster() for _ in range(4))
    nobody.key = nobody.key[:-1] + ("a" if nobody.key[-1] != "a" else "b")
    other = service.hoster(scope="notice:read")
    agree(service, elsewhere, networks=("203.0.113.77/32",))
    agree(service, poor, Quota(per_day=4, per_minute=4))
    probe(service, held.id)
    for hoster, code in (
        (nobody, "not_authenticated"),
        (other, "not_authenticated"),
        (elsewhere, "address_not_allowed"),
        (poor, "quota_day_used"),
        (held, "client_held_back"),
    ):
        # The second time the key is known.
        for _ in range(2):
            short, ordinary = both(wire, hoster, body, kind, PRETENDED)
            for answer in (short, ordinary):
                assert ("retry-after" in answer.headers) == (answer.status == 429)
            assert alike(short, ordinary).code == code
    assert shortest.taken == taken


@pytest.mark.requirement("HC-SPEED-2")
def test_a_sandbox_key_is_told_so_alike(service: Service, wire: Wire) -> None:
    sandbox = service.hoster(scope=SANDBOX_SCOPE)
    for kind, form in FORMS.items():
        answer = alike(*both(wire, sandbox, form(picture(1)), kind))
        assert answer.headers["offlimits-sandbox"] == "only public-test is matched"
