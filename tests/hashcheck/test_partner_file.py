"""Lines of a partner's file: what is read fast is read as the strict reading would have it."""

import json
from typing import Any

import pytest
from hashcheck.adapters.partner_file import plain_object
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import DomainError
from shared.platform.strict_json import parse_strictly

from tests.hashcheck.partner import line

LINE = json.dumps(line(1)).encode()
STRUCTURE = [b'"', b'"id"', b":", b": ", b" :", b",", b"{", b"}", b"[", b'"id":"b",', b'""']
VALUES = [b"1", b"-1", b"1.5", b"1e400", b"01", b"9007199254740993", b"NaN", b"null", b"true"]
ODD = [b"\\", b"\\u0000", b"\x00", b"\x7f", b"\x1f", b"\t", b"\r", b"\xff", b"\xef\xbb\xbf"]
PIECES = st.sampled_from([*STRUCTURE, *VALUES, *ODD, "é".encode()])


def strictly(text: bytes) -> Any:
    try:
        return parse_strictly(text)
    except DomainError:
        return None


def agrees(text: bytes) -> bool:
    """Whether it is read the same, or left to the strict reading."""
    plain = plain_object(text)
    return plain is None or plain == strictly(text)


@pytest.mark.requirement("HC-IMPORT-1")
def test_a_line_as_partners_write_it_is_read_fast() -> None:
    assert plain_object(LINE) == line(1)


@pytest.mark.requirement("HC-IMPORT-1")
@given(st.integers(0, len(LINE)), st.integers(0, 12), PIECES)
def test_a_damaged_line_is_read_as_strictly(at: int, gone: int, piece: bytes) -> None:
    assert agrees(LINE[:at] + piece + LINE[at + gone :])


@pytest.mark.requirement("HC-IMPORT-1")
@given(st.lists(PIECES, max_size=12))
def test_any_line_is_read_as_strictly(pieces: list[bytes]) -> None:
    assert agrees(b"".join(pieces))
    assert agrees(b"{" + b"".join(pieces) + b"}")
