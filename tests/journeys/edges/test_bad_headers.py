"""Credentials that are none, headers that only our own proxy may set, forms of other sites."""

from uuid import uuid4

import pytest
from shared.domain.actor import SYSTEM
from shared.platform.idempotency import _lock
from shared.platform.unit_of_work import open_work
from sqlmodel import select

from tests.applications import token_of
from tests.journeys.edges.access_table import AN_ID, PLACEHOLDER, Route, read_table
from tests.journeys.edges.asking import FACES, Visit, http_routes, own_form_routes
from tests.journeys.edges.bad_bodies import FORM, JSON
from tests.journeys.edges.faces import service_knock
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Address, Answer, Wire, serving

CANARY = "canary-7a55"
STAFFED = ("hotline", "helpline", "prevention", "hashcheck", "management")
every_face = pytest.mark.parametrize("name", FACES)
LIVEZ = Route("GET", "/livez")


def protected_by_token(name: str) -> list[Route]:
    table = read_table(name)
    return [
        route
        for route in sorted(table)
        if any(who.startswith(("service:", "key:")) for who in table[route])
    ]


def token(name: str) -> str:
    return token_of("gateway", name)


CREDENTIALS = {
    "none": [],
    "an empty one": [""],
    "a kind without a credential": ["Bearer"],
    "another kind": [f"Basic {CANARY}"],
    "two in one": [f"Bearer {CANARY} {CANARY}"],
    "an endless one": [f"Bearer {CANARY}{'x' * 5000}"],
    "a word": [f"Bearer {CANARY}"],
    "an unsigned token": ["Bearer eyJhbGciOiJub25lIn0.eyJpc3MiOiJnYXRld2F5In0."],
    "a key of nobody": [f"Bearer olh_abcdefghij_{'a' * 43}_000000"],
    "a key with a control character": [f"Bearer olh_{CANARY}\x0b"],
    "a token and another": ["Bearer {token}", f"Bearer {CANARY}"],
    "the same token twice": ["Bearer {token}", "Bearer {token}"],
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("name", [name for name in FACES if protected_by_token(name)])
@pytest.mark.parametrize("given", CREDENTIALS.values(), ids=CREDENTIALS)
def test_a_credential_that_is_none_opens_nothing(
    visit: Visit, heard: Heard, name: str, given: list[str]
) -> None:
    for route in protected_by_token(name):
        headers = [("Host", visit.faces[name].host), ("Content-Type", JSON)]
        headers += [("Authorization", value.replace("{token}", token(name))) for value in given]
        path = PLACEHOLDER.sub(AN_ID, route.path)
        answer = visit.wire(name).ask(route.method, path, headers, b"{}")
        control = any("\x0b" in value for value in given)
        expected = (400, "malformed") if control else (401, "not_authenticated")
        assert (answer.status, answer.code) == expected, str(route)
        assert CANARY not in answer.everything()
    assert CANARY not in heard.text


ONCE_ONLY = {
    "two hosts": [("Host", CANARY)],
    "two origins": [("Origin", f"http://{CANARY}"), ("Origin", "null")],
    "two form tokens": [("X-CSRF-Token", CANARY), ("X-CSRF-Token", "a")],
    "two keys": [("Idempotency-Key", AN_ID), ("Idempotency-Key", CANARY)],
}


@pytest.mark.requirement("SEC-S1")
@every_face
@pytest.mark.parametrize("more", ONCE_ONLY.values(), ids=ONCE_ONLY)
def test_a_header_that_may_be_there_once_is_refused_twice(
    visit: Visit, heard: Heard, name: str, more: list[tuple[str, str]]
) -> None:
    headers = [("Host", visit.faces[name].host), *more]
    answer = visit.wire(name).ask("GET", "/livez", headers)
    assert (answer.status, answer.code) == (400, "repeated_header")
    assert CANARY not in answer.everything() + heard.text


@pytest.mark.requirement("SEC-S1")
@every_face
def test_a_request_without_a_host_is_refused(visit: Visit, name: str) -> None:
    answer = visit.wire(name).ask("GET", "/livez")
    assert (answer.status, answer.code) == (400, "no_host")


# What proxies set, and what frameworks read who believe them. Nobody outside may set them here.
BORROWED = {
    "X-User": "admin",
    "X-User-Id": AN_ID,
    "X-Remote-User": "admin",
    "Remote-User": "admin",
    "X-Forwarded-User": "admin",
    "X-Forwarded-For": f"203.0.113.77, {CANARY}",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": f"/{CANARY}",
    "X-Real-IP": "203.0.113.77",
    "Forwarded": f"for=203.0.113.77;host={CANARY}",
    "X-Original-URL": "/livez",
    "X-Rewrite-URL": "/livez",
    "X-HTTP-Method-Override": "GET",
    "X-HTTP-Method": "GET",
    "X-Method-Override": "GET",
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@every_face
@pytest.mark.parametrize("header", BORROWED)
def test_a_header_of_a_proxy_changes_nothing(
    visit: Visit, heard: Heard, name: str, header: str
) -> None:
    """Neither who asks, nor what is asked, nor how: refusals stay what they are."""
    more = {header: BORROWED[header]}
    assert visit.ask(name, LIVEZ, headers=more).status == 200
    wrong_method = visit.ask(name, Route("POST", "/livez"), headers=more)
    assert (wrong_method.status, wrong_method.code) == (405, "method_not_allowed")
    assert visit.ask(name, LIVEZ, target=f"/{CANARY}", headers=more).status == 404
    for answer in _knocking_without_proof(visit, name, more):
        assert answer.status == 401
        assert CANARY not in answer.everything()
    assert CANARY not in heard.text


def _knocking_without_proof(visit: Visit, name: str, headers: dict[str, str]) -> list[Answer]:
    given = {"Host": visit.faces[name].host} | headers
    table = read_table(name)
    protected = [route for route in http_routes(name) if "everyone" not in table[route]]
    return [
        visit.wire(name).ask(route.method, PLACEHOLDER.sub(AN_ID, route.path), given)
        for route in protected
    ]


@pytest.mark.requirement("SEC-S1")
def test_a_forwarded_host_does_not_lead_to_the_management(visit: Visit) -> None:
    host = visit.faces["management"].host
    for header in ("X-Forwarded-Host", "X-Host", "Forwarded"):
        more = {header: f"host={host}" if header == "Forwarded" else host}
        assert visit.ask("website", LIVEZ, target="/management", headers=more).status == 404


@pytest.mark.requirement("PF-UI-CSRF-1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("name", STAFFED)
@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({"X-CSRF-Token": CANARY}, "form_expired"),
        ({"X-CSRF-Token": ""}, "form_expired"),
        ({"X-CSRF-Token": "\xe9"}, "form_expired"),
        ({"Origin": f"https://{CANARY}.example"}, "foreign_form"),
        ({"Origin": "null"}, "foreign_form"),
        ({"Sec-Fetch-Site": "cross-site"}, "foreign_form"),
        ({"Sec-Fetch-Site": "same-site"}, "foreign_form"),
    ],
    ids=["foreign", "empty", "not ASCII", "origin", "null", "cross-site", "same-site"],
)
def test_a_form_of_somebody_else_is_refused_everywhere(
    visit: Visit, heard: Heard, name: str, headers: dict[str, str], code: str
) -> None:
    for route in own_form_routes(name):
        if "everyone" not in read_table(name)[route]:
            answer = visit.ask(name, route, headers={"Content-Type": FORM} | headers)
            assert (answer.status, answer.code) == (403, code), str(route)
            assert CANARY not in answer.everything()
    assert CANARY not in heard.text


REPORTS = Route("POST", "/api/reports")
A_REPORT = b'{"addresses": ["https://site.example/%s"], "note": "%s"}'


def report(visit: Visit, key: str | None, body: bytes) -> Answer:
    headers = {"Content-Type": JSON} | ({"Idempotency-Key": key} if key is not None else {})
    knock = service_knock("gateway", "hotline").headers()
    return visit.wire("hotline").ask(
        "POST", REPORTS.path, {"Host": visit.faces["hotline"].host} | knock | headers, body
    )


@pytest.mark.requirement("SEC-R3")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    ("key", "code"),
    [
        (None, "idempotency_key_missing"),
        ("", "idempotency_key_missing"),
        (CANARY, "idempotency_key_malformed"),
        (AN_ID.replace("-", ""), "idempotency_key_malformed"),
        (f"{{{AN_ID}}}", "idempotency_key_malformed"),
        ("a" * 4000, "idempotency_key_malformed"),
    ],
)
def test_a_report_needs_a_key_that_is_a_uuid(
    visit: Visit, heard: Heard, key: str | None, code: str
) -> None:
    answer = report(visit, key, A_REPORT % (b"a", CANARY.encode()))
    assert (answer.status, answer.code) == (400, code)
    assert CANARY not in answer.everything() + heard.text


@pytest.mark.requirement("SEC-R3")
def test_a_key_is_for_one_report_and_one_answer(visit: Visit, heard: Heard) -> None:
    key = str(uuid4())
    first = report(visit, key, A_REPORT % (b"b", CANARY.encode()))
    assert first.status == 201
    again = report(visit, key, A_REPORT % (b"b", CANARY.encode()))
    assert (again.status, again.body) == (201, first.body)
    other = report(visit, key, A_REPORT % (b"c", CANARY.encode()))
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    assert CANARY not in other.everything() + heard.text


@pytest.mark.requirement("SEC-R3")
def test_a_report_whose_first_attempt_still_runs_is_told_to_wait(visit: Visit) -> None:
    key, desk = str(uuid4()), visit.faces["hotline"].desk
    assert desk
    with open_work(desk.sessions, SYSTEM) as first:
        assert first.session.exec(select(_lock(f"service:gateway:reports.submit:{key}"))).one()
        answer = report(visit, key, A_REPORT % (b"d", b""))
    assert (answer.status, answer.code) == (409, "request_in_flight")
    assert answer.headers["retry-after"] == "1"


STATUS = Route("POST", "/status")


def ask_often(wire: Wire, host: str, claimed: str = "198.51.100.{}") -> list[Answer]:
    """31 questions about receipts; 30 in ten minutes are one caller's share."""
    answers = []
    for number in range(31):
        headers = {"Host": host, "Content-Type": FORM, "X-Forwarded-For": claimed.format(number)}
        answers.append(wire.ask("POST", STATUS.path, headers, b"code="))
    return answers


@pytest.mark.requirement("PF-RATE-1")
def test_another_name_for_oneself_does_not_open_a_new_share(
    visit: Visit, addresses: dict[str, Address]
) -> None:
    # From a network of its own, so that nothing else here uses up its share.
    with Wire(addresses["website"], source="127.66.77.88") as wire:
        *taken, last = ask_often(wire, visit.faces["website"].host)
    assert {answer.status for answer in taken} == {422}
    assert last.status == 429
    assert 0 < int(last.headers["retry-after"]) <= 600
    assert 'href="tel:112"' in last.text


@pytest.mark.requirement("PF-RATE-1")
def test_a_proxy_of_ours_is_believed_about_who_asks(visit: Visit) -> None:
    website = visit.faces["website"]
    with serving(website.compose(), proxies="127.66.79.0/24") as address:
        with Wire(address, source="127.66.79.1") as ours:
            several = ask_often(ours, website.host, "198.51.{}.7")
            one = ask_often(ours, website.host, "203.0.113.7")
        with Wire(address, source="127.66.80.1") as foreign:
            claimed = ask_often(foreign, website.host, "192.0.{}.7")
    assert [answers[-1].status for answers in (several, one, claimed)] == [422, 429, 429]
