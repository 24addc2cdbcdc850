"""Addresses and reports that the hotline does not take, or takes and never looks at."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hotline.domain.web_address import Obstacle
from hotline.tables import Report, Url
from shared.domain.actor import SYSTEM
from shared.platform.unit_of_work import open_work
from sqlmodel import col, select

from tests.journeys.edges.asking import Visit
from tests.journeys.edges.bad_bodies import JSON
from tests.journeys.edges.faces import service_knock
from tests.journeys.edges.listening import Heard
from tests.journeys.edges.wire import Answer

CANARY = "canary-5e90"
GOOD = "https://site.example/page"


def hand_in(visit: Visit, addresses: Any, **more: Any) -> Answer:
    headers = {"Host": visit.faces["hotline"].host, "Content-Type": JSON}
    headers |= service_knock("gateway", "hotline").headers() | {"Idempotency-Key": str(uuid4())}
    body = json.dumps({"addresses": addresses, **more}).encode()
    return visit.wire("hotline").ask("POST", "/api/reports", headers, body)


# source: security research, section 4 "Hotline intake".
REFUSED = {
    f"file:///etc/{CANARY}": "scheme_not_supported",
    f"data:text/html,{CANARY}": "scheme_not_supported",
    f"javascript:alert('{CANARY}')": "scheme_not_supported",
    f"blob:https://{CANARY}.example/7": "scheme_not_supported",
    f"ftp://{CANARY}.example/": "scheme_not_supported",
    f"gopher://{CANARY}.example/": "scheme_not_supported",
    f"magnet:?xt=urn:btih:{CANARY}": "scheme_not_supported",
    f"tel:{CANARY}": "scheme_not_supported",
    f"http://{CANARY}abcdefgh.onion/": "onion_address",
    f"https://{CANARY}@site.example/": "userinfo_not_allowed",
    f"https://user:{CANARY}@site.example/": "userinfo_not_allowed",
    "https://": "no_host",
    f"https:///{CANARY}": "no_host",
    f"https://{CANARY}/": "single_label",
    f"https://{CANARY}.example./": "trailing_dot",
    f"https://{CANARY}..example/": "empty_label",
    f"https://{'a' * 64}.example/{CANARY}": "label_too_long",
    f"https://xn--{CANARY}-zzzzzz99999999.example/": "bad_host",
    f"https://site.example:99999/{CANARY}": "bad_host",
    f"https://[::{CANARY}]/": "bad_host",
    f"https://256.256.256.256/{CANARY}": "bad_host",
}


@pytest.mark.requirement("UR-1")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(("address", "code"), REFUSED.items())
def test_an_address_that_is_none_is_refused_by_its_code(
    visit: Visit, heard: Heard, address: str, code: str
) -> None:
    alone = hand_in(visit, [address])
    assert (alone.status, alone.code) == (422, code)
    assert alone.json["fields"] == ["addresses.0"]
    beside = hand_in(visit, [GOOD, address])
    assert beside.status == 201
    assert beside.json["refused"] == [{"position": 1, "code": code}]
    assert CANARY not in alone.everything() + beside.everything() + heard.text


@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize(
    ("typed", "more", "code"),
    [
        ([], {}, "invalid"),
        ([""], {}, "invalid"),
        (["   "], {}, "no_address"),
        ([f"only words {CANARY}"], {}, "no_address"),
        ([f"https://{CANARY}.example/{n}" for n in range(51)], {}, "invalid"),
        ([" ".join(f"https://{CANARY}.example/{n}" for n in range(51))], {}, "too_many_addresses"),
        ([f"https://{CANARY}.example/{'a' * 8192}"], {}, "invalid"),
        ([GOOD], {"note": CANARY + "a" * 4000}, "invalid"),
        ([GOOD], {"note": CANARY + "\x00"}, "bad_characters"),
        ([GOOD], {"contact_email": f"{CANARY}@site.example"}, "contradiction"),
        ([GOOD], {"anonymous": False}, "contact_missing"),
        ([GOOD], {"anonymous": False, "contact_email": CANARY}, "bad_email"),
        ([GOOD], {"anonymous": False, "contact_email": f"a@b.example\nBcc: {CANARY}"}, "bad_email"),
        (
            [GOOD],
            {"anonymous": False, "contact_email": f"{CANARY}{'a' * 250}@b.example"},
            "invalid",
        ),
        ([GOOD], {"anonymous": "false"}, "invalid"),
        ([GOOD], {"attachment": CANARY}, "invalid"),
        ([{"address": CANARY}], {}, "invalid"),
        (CANARY, {}, "invalid"),
    ],
)
def test_a_report_that_contradicts_itself_or_its_limits_is_refused(
    visit: Visit, heard: Heard, typed: Any, more: dict[str, Any], code: str
) -> None:
    answer = hand_in(visit, typed, **more)
    assert (answer.status, answer.code) == (422, code)
    assert CANARY not in answer.everything() + heard.text


# Reported and stored, never connected to.
NEVER_FETCHED = {
    "http://localhost/": Obstacle.LOCAL_NAME,
    "http://printer.local/": Obstacle.LOCAL_NAME,
    "http://metadata.google.internal/": Obstacle.LOCAL_NAME,
    "http://127.0.0.1/": Obstacle.NOT_PUBLIC,
    "http://2130706433/": Obstacle.NOT_PUBLIC,
    "http://0x7f000001/": Obstacle.NOT_PUBLIC,
    "http://0177.0.0.1/": Obstacle.NOT_PUBLIC,
    "http://127.1/": Obstacle.NOT_PUBLIC,
    "http://①②⑦.⓪.⓪.①/": Obstacle.NOT_PUBLIC,
    "http://169.254.169.254/": Obstacle.NOT_PUBLIC,
    "http://[::1]/": Obstacle.NOT_PUBLIC,
    "http://[::ffff:127.0.0.1]/": Obstacle.NOT_PUBLIC,
    "http://[64:ff9b::7f00:1]/": Obstacle.NOT_PUBLIC,
    "http://[2002:7f00:1::]/": Obstacle.NOT_PUBLIC,
    "http://site.example:8080/": Obstacle.PORT_NEEDS_EXEMPTION,
}


@pytest.mark.requirement("UR-8")
@pytest.mark.requirement("SEC-S4")
def test_an_address_of_our_own_networks_is_stored_and_never_fetched(visit: Visit) -> None:
    answer = hand_in(visit, [f"{address}{CANARY}" for address in NEVER_FETCHED])
    assert answer.status == 201
    assert answer.json["refused"] == []
    desk = visit.faces["hotline"].desk
    assert desk
    with open_work(desk.sessions, SYSTEM) as work:
        stored = work.session.exec(select(Url).where(col(Url.address).endswith(CANARY))).all()
        found = {url.obstacle for url in stored}
    assert len(stored) == answer.json["address_count"]
    assert found == set(NEVER_FETCHED.values())


@pytest.mark.requirement("UR-3")
def test_a_difference_behind_the_hash_sign_is_the_same_address(visit: Visit) -> None:
    page = f"https://site.example/{uuid4()}"
    answer = hand_in(visit, [f"{page}#one", f"{page}#two", page])
    assert (answer.status, answer.json["refused"]) == (201, [])
    assert (answer.json["occurrence_count"], answer.json["address_count"]) == (3, 1)


@pytest.mark.requirement("SEC-P4")
def test_a_refused_report_leaves_nothing(visit: Visit) -> None:
    desk = visit.faces["hotline"].desk
    assert desk

    def count() -> int:
        with open_work(desk.sessions, SYSTEM) as work:
            return len(work.session.exec(select(Report.id)).all())

    before = count()
    for address, code in REFUSED.items():
        assert hand_in(visit, [address]).code == code
    assert count() == before
