"""Texts and addresses that must not turn up anywhere, and the forms in which they might.

A search that finds nothing proves something only beside one that finds a canary put there on
purpose, in the same kind of place.
"""

import base64
import hashlib
from collections.abc import Iterator
from ipaddress import IPv4Address
from urllib.parse import quote
from uuid import uuid4


def text_canary() -> str:
    """A word that nobody else writes and that does not compress."""
    return f"canary{uuid4().hex}"


def forms_of_text(text: str) -> Iterator[bytes]:
    data = text.encode()
    yield data
    yield data.upper()
    yield quote(text).encode()
    yield data.hex().encode()
    yield text.encode("utf-16-le")
    yield from _base64_inside(data)


def forms_of_address(address: str) -> Iterator[bytes]:
    known = IPv4Address(address)
    yield from (address.encode(), known.packed.hex().encode(), str(int(known)).encode())
    yield base64.b64encode(known.packed).rstrip(b"=")
    for digest in (hashlib.md5, hashlib.sha1, hashlib.sha256):
        yield digest(address.encode()).hexdigest().encode()


def found_in(place: bytes, forms: Iterator[bytes]) -> list[bytes]:
    """The forms that stand in `place`."""
    return [form for form in forms if form in place]


def _base64_inside(data: bytes) -> Iterator[bytes]:
    """As it looks inside a longer text, wherever it begins; the edges depend on the neighbours."""
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + data)
        yield encoded[4 if offset else 0 : -4]
