"""What `POST /v1/check` refuses: each with its stable code, none with anything of the input."""

import json
import time
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response
from shared.contracts.hashcheck import LONGEST_VALUE, MOST_ITEMS
from shared.platform.account_tables import ApiClient, ApiKey

from tests.applications import token_of
from tests.hashcheck.service import CHECK, Hoster, Service, eventually

CANARY = "canary-4b7e"
MD5 = {"type": "md5", "value": "0" * 32}
LARGEST_JSON = 256 * 1024
NOBODY: tuple[int, str, list[str]] = (401, "not_authenticated", [])


def problem(answer: Response) -> tuple[int, str, list[str]]:
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["status"] == answer.status_code
    assert told["request_id"] == answer.headers["x-request-id"]
    return answer.status_code, told["code"], told["fields"]


def with_item(**changed: Any) -> bytes:
    return json.dumps({"items": [MD5, MD5 | changed]}).encode()


INVALID = {
    "an unknown algorithm": with_item(type=CANARY),
    "an algorithm that is not matched": with_item(type="sha512"),
    "an algorithm in capitals": with_item(type="MD5"),
    "no algorithm": json.dumps({"items": [{"value": CANARY}]}).encode(),
    "an algorithm that is null": with_item(type=None),
    "a value that is null": with_item(value=None),
    "a value that is a number": with_item(value=12345),
    "a value longer than any hash": with_item(value=CANARY + "0" * LONGEST_VALUE),
    "a quality over 100": with_item(quality=101),
    "a quality below 0": with_item(quality=-1),
    "a quality in words": with_item(quality="50"),
    "a quality with a fraction": with_item(quality=50.5),
    "a quality that is true": with_item(quality=True),
    "a field nobody knows": with_item(**{CANARY: 1}),
    "an item that is null": json.dumps({"items": [MD5, None]}).encode(),
    "an item that is a text": json.dumps({"items": [CANARY]}).encode(),
    "no items": b"{}",
    "nothing asked": b'{"items": []}',
    "items that are not a list": json.dumps({"items": MD5}).encode(),
}


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.requirement("SEC-P4")
@pytest.mark.parametrize("content", INVALID.values(), ids=INVALID.keys())
def test_a_question_of_another_shape_is_refused_by_its_field(
    hoster: Hoster, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = hoster.send(content)

    assert problem(answer) == (422, "invalid", ["items"])
    assert "canary" not in answer.text
    assert "canary" not in "".join(capfd.readouterr())


NOT_AN_OBJECT = {"a list": b"[]", "a text": b'"md5"', "null": b"null", "a number": b"5"}


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("content", NOT_AN_OBJECT.values(), ids=NOT_AN_OBJECT.keys())
def test_what_is_not_a_question_at_all_is_refused(hoster: Hoster, content: bytes) -> None:
    assert problem(hoster.send(content)) == (422, "invalid", [])


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("SEC-P4")
def test_no_list_version_can_be_asked_for_not_even_a_future_one(hoster: Hoster) -> None:
    answer = hoster.send(json.dumps({"items": [MD5], "list_version": 2**40}).encode())
    assert problem(answer) == (422, "invalid", [])
    named_by_the_caller = hoster.send(json.dumps({"items": [MD5], CANARY: CANARY}).encode())
    assert problem(named_by_the_caller) == (422, "invalid", [])
    assert CANARY not in named_by_the_caller.text


UNREADABLE = {
    "broken": (b'{"items": [' + CANARY.encode(), 400, "bad_json"),
    "empty": (b"", 400, "bad_json"),
    "something after the end": (json.dumps({"items": [MD5]}).encode() + b"x", 400, "bad_json"),
    "a name twice": (b'{"items": [{"type": "md5", "type": "sha1", "value": ""}]}', 400, "bad_json"),
    "not a number": (b'{"items": [{"quality": NaN}]}', 400, "bad_json"),
    "infinity": (b'{"items": [{"quality": 1e999}]}', 400, "bad_json"),
    "a huge integer": (b'{"items": [{"quality": 9007199254740993}]}', 400, "bad_json"),
    "too deep": (b'{"items": ' + b"[" * 30 + b"]" * 30 + b"}", 400, "bad_json"),
    "latin-1": ('{"items": "é"}'.encode("latin-1"), 400, "not_utf8"),
    "UTF-16": ('{"items": []}'.encode("utf-16"), 400, "not_utf8"),
    "a byte order mark": (b"\xef\xbb\xbf" + json.dumps({"items": [MD5]}).encode(), 400, "not_utf8"),
    "a NUL": (with_item(value="\x00"), 422, "bad_characters"),
    "half a surrogate pair": (b'{"items": [{"value": "\\ud800"}]}', 422, "bad_characters"),
}


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(("content", "status", "code"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_not_strict_json_is_refused(
    hoster: Hoster, content: bytes, status: int, code: str
) -> None:
    answer = hoster.send(content)
    assert problem(answer) == (status, code, [])
    assert CANARY not in answer.text


@pytest.mark.requirement("HC-CHECK-3")
def test_one_item_too_many_is_refused_whole(service: Service, hoster: Hoster) -> None:
    content = json.dumps({"items": [MD5] * (MOST_ITEMS + 1)}).encode()
    assert len(content) < LARGEST_JSON
    assert problem(hoster.send(content)) == (413, "batch_too_large", ["items"])
    assert service.counts(hoster.caller) == {}


@pytest.mark.requirement("HC-CHECK-3")
def test_one_byte_too_many_is_refused(hoster: Hoster) -> None:
    fits = json.dumps({"items": [MD5]}).encode().ljust(LARGEST_JSON)
    assert hoster.send(fits).status_code == 200
    assert problem(hoster.send(fits + b" ")) == (413, "body_too_large", [])


OTHER_KINDS = [
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/octet-stream",
    "application/postscript",
    "image/svg+xml",
    "image/tiff",
    "image/vnd.adobe.photoshop",
    "image/heic",
    "image/avif",
    "image/bmp",
    "application/pdf",
    "video/mp4",
]


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("kind", OTHER_KINDS)
def test_any_other_kind_of_content_is_refused(hoster: Hoster, kind: str) -> None:
    answer = hoster.send(json.dumps({"items": [MD5]}).encode(), kind)
    assert problem(answer) == (415, "unsupported_media_type", [])


@pytest.mark.requirement("HC-CHECK-3")
def test_two_content_types_are_none(hoster: Hoster) -> None:
    headers = [
        ("Authorization", f"Bearer {hoster.key}"),
        ("Content-Type", "application/json"),
        ("Content-Type", "image/png"),
    ]
    answer = hoster.browser.post(CHECK, content=b'{"items": []}', headers=headers)
    assert problem(answer) == (415, "unsupported_media_type", [])


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_posting_is_a_question(hoster: Hoster, method: str) -> None:
    answer = hoster.browser.request(method, CHECK, headers=hoster.headers)
    assert problem(answer)[:2] == (405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


def asked_with(hoster: Hoster, *credentials: str) -> Response:
    headers = [("Authorization", each) for each in credentials]
    return hoster.browser.post(CHECK, json={"items": [MD5]}, headers=headers)


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_a_question_without_exactly_one_good_credential_is_not_answered(hoster: Hoster) -> None:
    good = f"Bearer {hoster.key}"
    assert asked_with(hoster, good).status_code == 200
    name, secret = hoster.key.rsplit("_", 1)
    wrong = [
        (),
        (good, good),
        ("",),
        ("Bearer",),
        ("Bearer ",),
        (f"Basic {hoster.key}",),
        (f"{good} x",),
        (f"Bearer {name}_{'0' * len(secret)}",),
        (f"Bearer {hoster.key[:-1]}",),
        (f"Bearer {hoster.key.upper()}",),
        (f"Bearer olh_{'a' * 10}_{'b' * 43}_{'0' * 6}",),
        (f"Bearer {'x' * 5000}",),
        (f"Bearer {CANARY}",),
    ]
    for credentials in wrong:
        answer = asked_with(hoster, *credentials)
        assert problem(answer) == NOBODY, credentials
        assert answer.headers["www-authenticate"] == "Bearer"
        assert CANARY not in answer.text


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_a_key_for_something_else_does_not_open_this(service: Service) -> None:
    assert problem(asked_with_key(service.hoster(scope="notice:read"))) == NOBODY
    assert asked_with_key(service.hoster(scope="notice:read hash:check")).status_code == 200


def asked_with_key(hoster: Hoster) -> Response:
    return asked_with(hoster, f"Bearer {hoster.key}")


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_a_revoked_key_is_nobodys_within_five_seconds(service: Service) -> None:
    """Within one, in fact: for so long an answer of the database is good (`KeyRing`)."""
    hoster = service.hoster()
    assert asked_with_key(hoster).status_code == 200
    key_id = hoster.key.split("_")[1]
    service.lists.do(service.manager, lambda work: service.clients.revoke_key(work, key_id))
    revoked_at = time.monotonic()
    assert eventually(lambda: asked_with_key(hoster).status_code == NOBODY[0])
    assert time.monotonic() - revoked_at < 5
    assert problem(asked_with_key(hoster)) == NOBODY


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S10")
def test_an_expired_key_and_a_stopped_client_are_nobody(service: Service) -> None:
    hoster, other = service.hoster(), service.hoster()
    with service.app.state.sessions() as session, session.begin():
        key = session.get_one(ApiKey, hoster.key.split("_")[1])
        key.expires_at = key.created_at
        client = session.get_one(ApiClient, other.id)
        client.disabled_at = client.created_at
    assert problem(asked_with_key(hoster)) == NOBODY
    assert problem(asked_with_key(other)) == NOBODY


@pytest.mark.requirement("HC-KEY-1")
@pytest.mark.requirement("SEC-S9")
@pytest.mark.parametrize(
    ("caller", "audience", "status", "code"),
    [
        ("hotline", "hashcheck", 200, ""),
        ("gateway", "hashcheck", 403, "not_permitted"),
        ("helpline", "hashcheck", 403, "not_permitted"),
        ("hotline", "gateway", 401, "not_authenticated"),
        ("hashcheck", "hashcheck", 401, "not_authenticated"),
    ],
)
def test_of_our_own_services_only_the_hotline_asks(
    hoster: Hoster, caller: str, audience: str, status: int, code: str
) -> None:
    answer = asked_with(hoster, f"Bearer {token_of(caller, audience)}")
    assert answer.status_code == status
    assert answer.json().get("code", "") == code


@pytest.mark.requirement("HC-KEY-1")
def test_who_may_not_ask_is_told_before_the_body_is_read(hoster: Hoster) -> None:
    answer = hoster.send(b"x" * (LARGEST_JSON + 1), Authorization=f"Bearer {uuid4()}")
    assert problem(answer) == NOBODY
