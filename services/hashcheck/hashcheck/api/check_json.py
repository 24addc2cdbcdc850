"""Hashes asked, and answered, as JSON."""

from typing import Any

import orjson
from pydantic import ValidationError
from shared.contracts.hashcheck import LONGEST_VALUE, MOST_ITEMS, CheckItem, CheckRequest, Outcome
from shared.domain.content_hash import HashType
from shared.domain.errors import Invalid, TooLarge
from shared.platform.strict_json import LARGEST_INTEGER, parse_strictly

from hashcheck.use_cases.check import Asked, Checked

LARGEST_JSON = 256 * 1024
BEST_QUALITY = 100
SINCE = "since_list_version"
NAMES = {"type", "value", "quality"}
KINDS = {kind.value: kind for kind in HashType}
# Of most items there is no more to say than this.
PLAIN = {
    outcome: b'{"outcome":"%b","code":null,"matches":[]}' % outcome.value.encode()
    for outcome in Outcome
}


def asked_in_json(body: bytes) -> Asked:
    """Raises Malformed, TooLarge `batch_too_large`, Invalid."""
    return _read_plainly(body) or _read_strictly(body)


def answer_in_json(checked: Checked) -> bytes:
    """A CheckAnswer."""
    results = [PLAIN[outcome] for outcome in checked.outcomes]
    for place, code in checked.codes.items():
        results[place] = orjson.dumps({"outcome": Outcome.INVALID, "code": code, "matches": []})
    for place in checked.found:
        results[place] = orjson.dumps(result_of(checked, place))
    told = b'"sandbox":true,' if checked.is_sandbox else b""
    return b'{"list_version":%d,%b"results":[%b]}' % (
        checked.list_version,
        told,
        b",".join(results),
    )


def result_of(checked: Checked, place: int) -> dict[str, Any]:
    """A CheckResult."""
    return {
        "outcome": checked.outcomes[place],
        "code": checked.codes.get(place),
        "matches": [match.model_dump(mode="json") for match in checked.matches(place)],
    }


def add_item_in_json(asked: Asked, line: bytes) -> None:
    """One CheckItem. Raises Malformed, Invalid `bad_line`."""
    if _add_plainly(asked, _plain_item(line)):
        return
    parse_strictly(line)
    try:
        item = CheckItem.model_validate_json(line)
    except ValidationError:
        raise Invalid("bad_line") from None
    asked.add(item.type, item.value, item.quality)


def _plain_item(line: bytes) -> Any:
    """None for what has an escape, or a name twice."""
    if b"\\" in line or any(line.count(b'"%b"' % name) > 1 for name in (b"type", b"value")):
        return None
    try:
        return orjson.loads(line) if line.count(b'"quality"') <= 1 else None
    except orjson.JSONDecodeError:
        return None


def _read_plainly(body: bytes) -> Asked | None:
    """What nearly every client sends, at a tenth of the cost; None for anything to look at closer.

    No escapes, and as many quotes as what was read has: so no name is given twice.
    """
    if b"\\" in body:
        return None
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    items, since = _plain_parts(value)
    if items is None:
        return None
    asked = Asked(since)
    for item in items:
        if not _add_plainly(asked, item):
            return None
    # Names and texts, two quotes each: of a name that is given twice only one was read.
    quoted = len(value) + sum(map(len, items)) + 2 * len(items)
    return asked if body.count(b'"') == 2 * quoted else None


def _plain_parts(value: Any) -> tuple[list[Any] | None, int]:
    if type(value) is not dict or not value.keys() <= {"items", SINCE}:
        return None, 0
    items, since = value.get("items"), value.get(SINCE, 0)
    if type(since) is not int or not 0 <= since <= LARGEST_INTEGER:
        return None, 0
    return (items, since) if type(items) is list and 0 < len(items) <= MOST_ITEMS else (None, 0)


def _add_plainly(asked: Asked, item: Any) -> bool:
    """Whether it was of the plainest shape, and so was added."""
    if type(item) is not dict or not {"type", "value"} <= item.keys() <= NAMES:
        return False
    name, text, quality = item["type"], item["value"], item.get("quality")
    if type(name) is not str or type(text) is not str:
        return False
    kind = KINDS.get(name)
    is_plain = text.isascii() and text.isalnum() and len(text) <= LONGEST_VALUE
    if kind is None or not is_plain or not _is_quality(quality):
        return False
    asked.add(kind, text, quality)
    return True


def _is_quality(value: Any) -> bool:
    return value is None or (type(value) is int and 0 <= value <= BEST_QUALITY)


def _read_strictly(body: bytes) -> Asked:
    _refuse_large_batch(parse_strictly(body))
    try:
        request = CheckRequest.model_validate_json(body)
    except ValidationError as error:
        places = {
            str(fault["loc"][0]) for fault in error.errors(include_input=False) if fault["loc"]
        }
        raise Invalid(fields=tuple(sorted(places & set(CheckRequest.model_fields)))) from None
    return Asked.of(request.items, request.since_list_version)


def _refuse_large_batch(value: Any) -> None:
    items = value.get("items") if isinstance(value, dict) else None
    if isinstance(items, list) and len(items) > MOST_ITEMS:
        raise TooLarge("batch_too_large", fields=("items",))
