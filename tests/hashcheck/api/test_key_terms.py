"""Quotas, addresses and sandbox keys, at every form of the question."""

from base64 import b64encode
from uuid import uuid4

import pytest
from hashcheck.domain.key_terms import SANDBOX_SCOPE, Quota
from hashcheck.use_cases.client import set_key_terms
from httpx2 import Response
from imaging.sample import SAMPLE_NAMES, sample_picture

from tests.hashcheck.hashes import picture
from tests.hashcheck.service import Hoster, Service, eventually

LINES = "application/x-ndjson"
SANDBOX = "offlimits-sandbox"


def agree(
    service: Service,
    hoster: Hoster,
    quota: Quota | None = None,
    networks: tuple[str, ...] = (),
) -> None:
    key_id, agreed = hoster.key.split("_")[1], quota or Quota(1_000, 1_000)
    service.lists.do(
        service.manager,
        lambda work: set_key_terms(work, hoster.id, key_id, networks, agreed),
    )


def in_json(*names: object) -> bytes:
    items = [each.model_dump_json() for name in names for each in picture(name)]
    return ('{"items":[' + ",".join(items) + "]}").encode()


def in_lines(name: object) -> bytes:
    return b"".join(each.model_dump_json().encode() + b"\n" for each in picture(name))


def ask_one(hoster: Hoster, md5: str, **headers: str) -> Response:
    password = b64encode(f"any:{hoster.key}".encode()).decode()
    told = {"Authorization": f"Basic {password}", "Content-Type": "text/plain"} | headers
    return hoster.browser.post("/v1/check/md5", content=md5.encode(), headers=told)


@pytest.mark.requirement("HC-QUOTA-1")
def test_a_used_up_quota_is_told_with_its_code_and_when_to_come_back(service: Service) -> None:
    hoster = service.hoster()
    agree(service, hoster, Quota(per_day=12, per_minute=12))
    assert hoster.send(in_json(1, 2)).status_code == 200
    for answer in (
        hoster.send(in_json(3)),
        hoster.send(in_lines(3), LINES),
        hoster.send(in_json(3), "application/json; charset=utf-8"),
    ):
        assert answer.status_code == 429
        assert answer.json()["code"] == "quota_day_used"
        assert 1 <= int(answer.headers["retry-after"]) <= 25 * 3600
    md5 = picture(3)[0].value
    assert [ask_one(hoster, md5).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.requirement("SEC-P1")
def test_an_address_that_was_not_agreed_is_refused_and_what_a_header_says_is_not_believed(
    service: Service,
) -> None:
    hoster = service.hoster()
    agree(service, hoster, networks=("203.0.113.77/32",))
    pretended = {"X-Forwarded-For": "203.0.113.77", "X-Real-IP": "203.0.113.77"}
    for answer in (
        hoster.send(in_json(1), **pretended),
        hoster.send(in_lines(1), LINES, **pretended),
        ask_one(hoster, picture(1)[0].value, **pretended),
        hoster.browser.post("/v1/hits", json={"reports": []}, headers=hoster.headers | pretended),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "address_not_allowed")


@pytest.mark.requirement("HC-SANDBOX-1")
def test_a_sandbox_key_matches_what_is_listed_for_tests_and_says_so(service: Service) -> None:
    real, sandbox = service.hoster(), service.hoster(scope=SANDBOX_SCOPE)
    name = uuid4()
    service.listed(picture(name))
    assert real.check(*picture(name))[0]["outcome"] == "match"
    assert {each["outcome"] for each in sandbox.check(*picture(name))} == {"no_match"}
    answer = sandbox.send(in_json(name))
    assert answer.json()["sandbox"] is True
    for told in (answer, sandbox.send(in_lines(name), LINES), ask_one(sandbox, "0" * 32)):
        assert told.headers[SANDBOX] == "only public-test is matched"
    assert SANDBOX not in real.send(in_json(name)).headers
    assert "sandbox" not in real.send(in_json(name)).json()


@pytest.mark.requirement("HC-TEST-1")
@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.parametrize("name", SAMPLE_NAMES)
def test_the_test_pictures_match_in_every_environment(
    service: Service, hoster: Hoster, name: str
) -> None:
    answer = hoster.send(sample_picture(name), "image/png").json()
    [result] = answer["results"]
    assert result["outcome"] == "match"
    [match] = result["matches"]
    assert (match["list_name"], match["classification"], match["band"]) == (
        "public-test",
        "test",
        "exact",
    )


@pytest.mark.requirement("HC-KEY-1")
def test_use_of_a_key_is_one_row_a_day(service: Service) -> None:
    hoster = service.hoster()
    for _ in range(5):
        hoster.send(in_json(1))

    def counted() -> bool:
        key_id = hoster.key.split("_")[1]
        return service.key_use(key_id) == [25]

    assert eventually(counted)
