"""Every form of a question is answered alike: plain and careful JSON, packed, and lines."""

import asyncio
import json
import struct
from typing import Any
from uuid import uuid4

import pytest
from hashcheck.api.check_json import _read_plainly, _read_strictly, answer_in_json
from hashcheck.api.check_lines import LINES
from hashcheck.api.check_packed import PACKED
from hashcheck.domain.check import RADIUS
from hashcheck.use_cases.check import Asked, Snapshot, check_hashes
from hashcheck.use_cases.known_hashes import KnownHashes
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st
from shared.contracts.hashcheck import CheckAnswer, CheckItem, Match
from shared.domain.content_hash import HashType
from shared.domain.errors import DomainError

from tests.applications import token_of
from tests.hashcheck.api.test_check_refusals import problem
from tests.hashcheck.hashes import POOR, item, picture, value
from tests.hashcheck.service import CHECK, Hoster, Service

NUMBERS = {"md5": 1, "sha1": 2, "sha256": 3, "phash": 4, "pdq": 5}


def packed(items: list[CheckItem], since: int = 0) -> bytes:
    """A section for each item, as anybody would write it from the description."""
    body = struct.pack(">Q", since)
    for each in items:
        quality = 255 if each.quality is None else each.quality
        record = bytes.fromhex(each.value)
        body += struct.pack(">BH", NUMBERS[each.type], 1)
        body += bytes([quality]) + record if each.type == "pdq" else record
    return body


def unpacked(answer: Response) -> tuple[int, list[int], dict[int, list[dict[str, Any]]]]:
    """List version, outcome of each item, and what matches the items that match."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == PACKED
    version, count = struct.unpack_from(">QH", answer.content)
    outcomes, rest = answer.content[10 : 10 + count], answer.content[10 + count :]
    hits = {each["item"]: each["matches"] for each in json.loads(rest)} if rest else {}
    return version, list(outcomes), hits


def lines(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == LINES
    return [json.loads(line) for line in answer.content.splitlines()]


def ndjson(items: list[CheckItem]) -> bytes:
    return b"".join(each.model_dump_json().encode() + b"\n" for each in items)


@pytest.mark.requirement("HC-FORM-1")
def test_packed_hashes_are_answered_as_json_ones_are(service: Service, hoster: Hoster) -> None:
    known = picture(uuid4())
    service.listed(known)
    poor = item(value(HashType.PDQ, uuid4()), POOR)
    asked = [*known, poor, *picture(uuid4()), known[0]]
    results = hoster.check(*asked)

    version, outcomes, hits = unpacked(hoster.send(packed(asked), PACKED))

    names = ["no_match", "match", "low_quality"]
    assert [names[outcome] for outcome in outcomes] == [each["outcome"] for each in results]
    assert version == service.version_seen_by(hoster)
    assert hits == {n: each["matches"] for n, each in enumerate(results) if each["matches"]}
    assert [Match.model_validate_json(json.dumps(each)) for each in hits[0]]


@pytest.mark.requirement("HC-FORM-1")
def test_a_whole_section_of_packed_hashes_is_one_item_each(hoster: Hoster) -> None:
    digests = b"".join(value(HashType.PDQ, n).digest.rjust(33, b"\x40") for n in range(1000))
    body = bytes(8) + struct.pack(">BH", 5, 1000) + digests + struct.pack(">BH", 1, 24) + bytes(384)
    _, outcomes, hits = unpacked(hoster.send(body, PACKED))
    assert (outcomes, hits) == ([0] * 1024, {})


@pytest.mark.requirement("HC-FORM-1")
@pytest.mark.parametrize("number", NUMBERS.values())
def test_a_section_may_be_empty(hoster: Hoster, number: int) -> None:
    empty = struct.pack(">BH", number, 0)
    body = bytes(8) + empty + struct.pack(">BH", 1, 1) + bytes(16) + empty
    _, outcomes, hits = unpacked(hoster.send(body, PACKED))
    assert (outcomes, hits) == ([0], {})
    assert problem(hoster.send(bytes(8) + empty, PACKED))[:2] == (422, "invalid")


BAD_PACKING = {
    "nothing": (b"", 400, "bad_packing"),
    "half a version": (bytes(7), 400, "bad_packing"),
    "no hash": (bytes(8), 422, "invalid"),
    "half a section": (bytes(8) + b"\x01\x00", 400, "bad_packing"),
    "less than told": (bytes(8) + b"\x01\x00\x02" + bytes(31), 400, "bad_packing"),
    "more than told": (bytes(8) + b"\x01\x00\x01" + bytes(17), 400, "bad_packing"),
    "a type nobody knows": (bytes(8) + b"\x09\x00\x01" + bytes(16), 422, "unknown_type"),
    "a quality of 101": (bytes(8) + b"\x05\x00\x01\x65" + bytes(32), 422, "quality_invalid"),
    "one too many": (bytes(8) + b"\x04\x04\x01" + bytes(8 * 1025), 413, "batch_too_large"),
    "far too much": (bytes(256 * 1024 + 1), 413, "body_too_large"),
    "a future version": (b"\x01" * 8 + b"\x01\x00\x01" + bytes(16), 422, "list_version_in_future"),
}


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("HC-FORM-1")
@pytest.mark.parametrize(("body", "status", "code"), BAD_PACKING.values(), ids=BAD_PACKING.keys())
def test_packed_hashes_of_another_shape_are_refused_whole(
    hoster: Hoster, body: bytes, status: int, code: str
) -> None:
    assert problem(hoster.send(body, PACKED))[:2] == (status, code)


@pytest.mark.requirement("HC-FORM-2")
def test_lines_are_answered_where_there_is_something_to_say_and_summed_up(
    service: Service, hoster: Hoster
) -> None:
    known = picture(uuid4())
    entry_id = service.listed(known)
    short = CheckItem(type=HashType.MD5, value="00")
    misses = [item(value(HashType.MD5, n)) for n in range(1500)]
    asked = [*misses, known[0], short, *misses, known[1]]

    *told, summary = lines(hoster.send(ndjson(asked), LINES))

    places = [(each["item"], each["outcome"]) for each in told]
    assert places == [(1500, "match"), (1501, "invalid"), (3002, "match")]
    assert told[0]["matches"][0]["entry_id"] == str(entry_id)
    assert told[1]["code"] == "hash_wrong_length"
    assert summary == {
        "checked": 3003,
        "list_version": service.version_seen_by(hoster),
        "outcomes": {"no_match": 3000, "match": 2, "invalid": 1},
    }


@pytest.mark.requirement("HC-FORM-2")
def test_ends_of_lines_do_not_matter_and_the_last_needs_none(hoster: Hoster) -> None:
    first, second = (each.model_dump_json().encode() for each in picture(1)[:2])
    body = b"\r\n" + first + b"\r\n\n  \n" + second
    assert lines(hoster.send(body, LINES))[-1]["checked"] == 2


BAD_LINES = {
    "nothing": (b"", 422, "invalid"),
    "only ends": (b"\n\n", 422, "invalid"),
    "no JSON": (b"md5\n", 400, "bad_json"),
    "no item": (b"[]\n", 422, "bad_line"),
    "a name twice": (b'{"type":"md5","type":"md5","value":"00"}\n', 400, "bad_json"),
    "a name nobody knows": (b'{"type":"md5","value":"00","x":1}\n', 422, "bad_line"),
    "latin-1": (b'{"type":"md5","value":"\xe9"}\n', 400, "not_utf8"),
    "a line without end": (b"x" * 5000, 413, "line_too_long"),
}


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("HC-FORM-2")
@pytest.mark.parametrize(("body", "status", "code"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_stream_that_begins_with_a_bad_line_is_refused(
    hoster: Hoster, body: bytes, status: int, code: str
) -> None:
    assert problem(hoster.send(body, LINES))[:2] == (status, code)


@pytest.mark.requirement("HC-FORM-2")
def test_a_stream_ends_at_a_bad_line_with_what_was_checked_before(hoster: Hoster) -> None:
    misses = [item(value(HashType.MD5, n)) for n in range(1024)]
    assert lines(hoster.send(ndjson(misses) + b"{}\n", LINES)) == [
        {"problem": "bad_line", "checked": 1024}
    ]


@pytest.mark.requirement("HC-FORM-1")
@pytest.mark.parametrize("kind", [PACKED, LINES])
def test_a_service_of_ours_may_ask_in_every_form(service: Service, kind: str) -> None:
    body = packed(picture(1)) if kind == PACKED else ndjson(picture(1))
    answer = service.browser.post(
        CHECK,
        content=body,
        headers={"Authorization": f"Bearer {token_of('hotline', 'hashcheck')}"}
        | {"Content-Type": kind},
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"] == kind


@pytest.mark.requirement("HC-SINCE-1")
def test_only_what_was_listed_later_is_found_when_asked_so(
    service: Service, hoster: Hoster
) -> None:
    old, new = picture(uuid4()), picture(uuid4())
    service.listed(old)
    before = service.version_seen_by(hoster)
    service.listed(new)
    asked = [old[0], new[0]]
    body = {"items": [each.model_dump() for each in asked]}

    def outcomes(since: int) -> list[str]:
        answer = hoster.send(json.dumps(body | {"since_list_version": since}).encode())
        return [each["outcome"] for each in answer.json()["results"]]

    assert outcomes(0) == ["match", "match"]
    assert outcomes(before - 1) == ["match", "match"]
    assert outcomes(before) == ["no_match", "match"]
    _, told, _ = unpacked(hoster.send(packed(asked, before), PACKED))
    assert told == [0, 1]
    assert outcomes(service.version_seen_by(hoster)) == ["no_match", "no_match"]


@pytest.mark.requirement("HC-CHECK-3")
@pytest.mark.requirement("HC-SINCE-1")
@pytest.mark.parametrize("since", [2**40, -1, "7", 1.5, True, None, 2**60])
def test_a_version_that_cannot_be_is_refused(hoster: Hoster, since: object) -> None:
    body = {"items": [picture(1)[0].model_dump()], "since_list_version": since}
    status, code, fields = problem(hoster.send(json.dumps(body).encode()))
    expected = {
        str(2**40): (422, "list_version_in_future", ["since_list_version"]),
        str(2**60): (400, "bad_json", []),
    }
    told = (422, "invalid", ["since_list_version"])
    assert (status, code, fields) == expected.get(str(since), told)


NAMES = st.sampled_from(["type", "value", "quality", "items", "x"])
VALUES = st.one_of(
    st.sampled_from(["md5", "pdq", "MD5", "type", "0" * 32, "f" * 64, "g", "", "é", "\x85", "\\"]),
    st.integers(-1, 101),
    st.none(),
    st.booleans(),
    st.just(1e2),
)
ITEMS = st.lists(
    st.one_of(
        st.fixed_dictionaries(
            {"type": st.sampled_from(["md5", "pdq"]), "value": st.sampled_from(["0" * 32, "zz"])},
            optional={"quality": st.integers(0, 100)},
        ),
        st.dictionaries(NAMES, VALUES, max_size=4),
    ),
    max_size=4,
)


def read(reader: Any, body: bytes) -> object:
    try:
        asked: Asked | None = reader(body)
    except DomainError as refused:
        return refused.code, refused.fields
    return asked and (asked.types, asked.outcomes, asked.codes, asked.digests, asked.since)


@pytest.mark.requirement("HC-FORM-3")
@given(ITEMS, st.dictionaries(st.sampled_from(["since_list_version", "x"]), VALUES, max_size=1))
def test_what_is_read_plainly_is_what_careful_reading_reads(
    items: list[Any], more: dict[str, Any]
) -> None:
    body = json.dumps({"items": items} | more, ensure_ascii=False).encode()
    plainly = read(_read_plainly, body)
    assert plainly is None or plainly == read(_read_strictly, body)


@pytest.mark.requirement("HC-FORM-3")
@pytest.mark.parametrize(
    "body",
    [
        b'{"items":[{"type":"md5","type":"sha1","value":"00"}]}',
        b'{"items":[{"type":"md5","\\u0074ype":"sha1","value":"00"}]}',
        b'{"items":[{"type":"md5","value":"00"}],"items":[{"type":"md5","value":"00"}]}',
        b'{"items":[{"type":"md5","value":"00","quality":1,"quality":2}]}',
        b'{"items":[{"type":1,"type":"md5","value":"00"}]}',
        b'{"since_list_version":1,"items":[{"type":"md5","value":"00"}],"since_list_version":2}',
    ],
)
def test_a_name_that_is_there_twice_is_never_read_plainly(body: bytes) -> None:
    assert read(_read_plainly, body) is None


@pytest.mark.requirement("HC-FORM-3")
def test_plain_json_is_read_plainly_and_its_answer_is_the_contract() -> None:
    body = json.dumps({"items": [each.model_dump(exclude_none=True) for each in picture(1)]})
    asked = _read_plainly(body.encode())
    assert asked
    checked = check_hashes(Snapshot(7, KnownHashes.of([], RADIUS), {}), asked)
    assert CheckAnswer.model_validate_json(answer_in_json(checked)) == checked.answer


@pytest.mark.requirement("HC-FORM-2")
def test_a_client_that_goes_silent_within_a_stream_is_not_waited_for(service: Service) -> None:
    hoster = service.hoster()
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not sent:
            sent.append({})
            return {"type": "http.request", "body": ndjson(picture(1)), "more_body": True}
        await asyncio.sleep(60)
        raise AssertionError("nobody waits for so long")

    answer: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        answer.append(message)

    headers = {"host": "x", "content-type": LINES} | hoster.headers
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": CHECK,
        "raw_path": CHECK.encode(),
        "query_string": b"",
        "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
        "state": {"patience": 0.05},
    }
    asyncio.run(service.app(scope, receive, send))  # type: ignore[arg-type]
    assert answer[0]["status"] == 408
