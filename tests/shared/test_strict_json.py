import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import DomainError
from shared.platform.strict_json import DEEPEST, is_clean, parse_strictly

REFUSED = {
    "utf-16": ('{"a": 1}'.encode("utf-16"), "not_utf8"),
    "byte order mark": (b'\xef\xbb\xbf{"a": 1}', "not_utf8"),
    "invalid utf-8": (b'{"a": "\xff"}', "not_utf8"),
    "nan": (b'{"a": NaN}', "bad_json"),
    "infinity": (b'{"a": -Infinity}', "bad_json"),
    "1e999": (b'{"a": 1e999}', "bad_json"),
    "duplicate names": (b'{"a": 1, "a": 2}', "bad_json"),
    "integer beyond 2^53": (b'{"a": 9007199254740993}', "bad_json"),
    "5,000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "bad_json"),
    "trailing garbage": (b'{"a": 1} x', "bad_json"),
    "too deep": (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "bad_json"),
    "100,000 levels": (b"[" * 100_000, "bad_json"),
    "empty": (b"", "bad_json"),
    "nul": (b'{"a": "\\u0000"}', "bad_characters"),
    "lone surrogate": (b'{"a": "\\ud800"}', "bad_characters"),
    "c1 control": (b'{"a": "\\u0085"}', "bad_characters"),
    "control in a name": (b'{"\\u0007": 1}', "bad_characters"),
}


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize(("body", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_strict_json_is_refused_by_code(body: bytes, code: str) -> None:
    with pytest.raises(DomainError) as caught:
        parse_strictly(body)
    assert caught.value.code == code


def test_brackets_inside_a_text_are_no_levels() -> None:
    assert parse_strictly(json.dumps({"a": "[" * 50 + '\\"'}).encode()) == {"a": "[" * 50 + '\\"'}


@given(st.recursive(st.booleans() | st.text().filter(is_clean), st.lists, max_leaves=10))
def test_ordinary_values_come_through_unchanged(value: object) -> None:
    assert parse_strictly(json.dumps(value).encode()) == value


@pytest.mark.parametrize("text", ["dag\nwereld", "een\ttab", "é ✓ 日本"])
def test_ordinary_text_is_clean(text: str) -> None:
    assert is_clean(text)
