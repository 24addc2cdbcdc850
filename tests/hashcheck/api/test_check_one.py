"""The call that hosting companies integrated before: one hash, `true` or `false`."""

from base64 import b64encode
from uuid import uuid4

import pytest
from httpx2 import Response
from shared.domain.content_hash import HashType

from tests.hashcheck.api.test_check_refusals import NOBODY, problem
from tests.hashcheck.hashes import picture, value
from tests.hashcheck.service import Hoster, Service, eventually

CANARY = "canary-7d1e"


def basic(name: str, password: str) -> str:
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def ask(
    hoster: Hoster, algorithm: str, body: bytes, kind: str = "", credentials: str = ""
) -> Response:
    headers = {"Authorization": credentials or basic("hoster", hoster.key)}
    told = {"Content-Type": kind} if kind else {}
    return hoster.browser.post(f"/v1/check/{algorithm}", content=body, headers=headers | told)


@pytest.mark.requirement("HC-LEGACY-1")
def test_one_hash_is_answered_with_true_or_false_and_nothing_else(
    service: Service, hoster: Hoster
) -> None:
    known = picture(uuid4())
    service.listed(known)
    for each in known[:2]:
        for kind, body in (
            ("", each.value),
            ("text/plain; charset=utf-8", f"{each.value.upper()}\r\n"),
            ("application/json", f'"{each.value}"'),
            ("application/json", f'{{"hash": "{each.value}"}}'),
        ):
            answer = ask(hoster, each.type, body.encode(), kind)
            assert (answer.status_code, answer.text) == (200, "true")
            assert answer.headers["content-type"] == "application/json"
        missed = value(each.type, uuid4()).text
        assert ask(hoster, each.type, missed.encode()).text == "false"


@pytest.mark.requirement("HC-COUNT-1")
@pytest.mark.requirement("HC-LEGACY-1")
def test_such_a_check_is_counted_as_any_other(service: Service) -> None:
    hoster = service.hoster()
    ask(hoster, "md5", value(HashType.MD5, uuid4()).text.encode())
    assert eventually(lambda: service.counts(hoster.caller) == {("md5", "no_match"): 1})


@pytest.mark.requirement("HC-LEGACY-1")
@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("", b"", 422, "hash_wrong_length"),
        ("", b"0" * 31, 422, "hash_wrong_length"),
        ("", b"g" * 32, 422, "hash_not_hexadecimal"),
        ("", b"\xff" * 32, 400, "not_utf8"),
        ("", b"0" * 1025, 413, "body_too_large"),
        ("application/json", b"[]", 422, "invalid"),
        ("application/json", b"{}", 422, "invalid"),
        ("application/json", b"{", 400, "bad_json"),
        ("image/png", b"0" * 32, 415, "unsupported_media_type"),
    ],
)
def test_what_is_no_hash_is_refused(
    hoster: Hoster, kind: str, body: bytes, status: int, code: str
) -> None:
    assert problem(ask(hoster, "md5", body, kind))[:2] == (status, code)


@pytest.mark.requirement("HC-LEGACY-1")
@pytest.mark.parametrize("algorithm", ["sha256", "pdq", "MD5", "x"])
def test_other_algorithms_have_no_such_call(hoster: Hoster, algorithm: str) -> None:
    answer = ask(hoster, algorithm, b'"00"', "application/json")
    assert problem(answer)[:2] == (404, "not_found")


@pytest.mark.requirement("HC-LEGACY-1")
@pytest.mark.requirement("SEC-S10")
def test_who_has_no_good_key_is_asked_for_a_name_and_a_password(hoster: Hoster) -> None:
    wrong = [
        basic("hoster", CANARY),
        basic(hoster.key, ""),
        "Basic",
        "Basic !!!",
        "Basic " + "x" * 5000,
        f"Bearer {CANARY}",
    ]
    for credentials in wrong:
        answer = ask(hoster, "md5", b"0" * 32, credentials=credentials)
        assert problem(answer) == NOBODY, credentials
        assert answer.headers["www-authenticate"].startswith("Basic ")
        assert CANARY not in answer.text
    assert ask(hoster, "md5", b"0" * 32, credentials=f"Bearer {hoster.key}").text == "false"
