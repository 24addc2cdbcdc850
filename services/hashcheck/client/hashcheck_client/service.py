"""The Hash Check Service, as a client of it: hashes go there, files never do."""

import json
import random
import struct
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx2

PACKED = "application/vnd.offlimits.hashes"
# Types of the packed form with their bytes, in the order in which a file has them.
FILE_HASHES = (("md5", 1, 16), ("sha1", 2, 20), ("sha256", 3, 32))
PDQ_TYPE, PDQ_BYTES = 5, 33
HASHES_PER_FILE = 4
# The service takes 1,024 hashes at a time.
MOST_FILES = 1_024 // HASHES_PER_FILE
MATCH = 1

TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
MOST_TRIES = 8
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 60.0
COME_BACK = {429, 500, 502, 503, 504}
# Comes back at midnight only, so nobody waits for it.
USED_UP = "quota_day_used"
SANDBOX_HEADER = "offlimits-sandbox"
LOOPBACK = {"localhost", "127.0.0.1", "::1"}
# A harmless text that is listed everywhere under "public-test", for trying a connection.
TEST_TEXT = b"This is a harmless test of the Offlimits Hash Check Service.\n"


class CannotCheck(Exception):
    """The service does not answer, or refuses; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Checked:
    """`matches`: place of a file → what is known about it; files without are not in it."""

    list_version: int
    matches: Mapping[int, list[dict[str, Any]]] = field(default_factory=dict)


class Service:
    """`wait` is given the seconds between two tries."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        transport: httpx2.BaseTransport | None = None,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        refuse_open_wire(url)
        self._client = httpx2.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=TIMEOUT,
            transport=transport,
        )
        self._wait = wait
        # Whether the key matches only what is listed for tests; told with the first answer.
        self.is_sandbox = False

    def close(self) -> None:
        self._client.close()

    def check(self, files: Sequence[bytes], since: int = 0) -> Checked:
        """`files`: the hashes of each, as `packed` makes them, at most MOST_FILES.

        Asking again changes nothing, so what fails on the way is asked again. Raises CannotCheck.
        """
        body, owners = _question(files, since)
        return _answer(self._post(body), owners)

    def _post(self, body: bytes) -> bytes:
        fault = ""
        for attempt in range(MOST_TRIES):
            try:
                answer = self._client.post(
                    "/v1/check", content=body, headers={"Content-Type": PACKED}
                )
            except httpx2.TransportError as error:
                fault, seconds = type(error).__name__, 0.0
            else:
                if answer.status_code == httpx2.codes.OK:
                    self.is_sandbox = SANDBOX_HEADER in answer.headers
                    return answer.content
                fault, seconds = _fault_of(answer), _told_wait(answer)
                if answer.status_code not in COME_BACK or fault == USED_UP:
                    raise CannotCheck(f"The service refuses: {fault}.")
            if attempt + 1 < MOST_TRIES:
                self._wait(max(seconds, _own_wait(attempt)))
        raise CannotCheck(f"The service did not answer, {MOST_TRIES} times: {fault}.")


def refuse_open_wire(url: str) -> None:
    """The key must not be readable on the way. Raises CannotCheck."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    is_this_machine = host in LOOPBACK or host.endswith(".localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_this_machine):
        raise CannotCheck("The address of the service must begin with https://.")


def packed(record: Mapping[str, Any]) -> bytes:
    """All hashes of a line of `hashcheck hash` that the service is asked for."""
    digests = b"".join(bytes.fromhex(record[name]) for name, _, _ in FILE_HASHES)
    if "pdq" not in record:
        return digests
    return digests + bytes([record["quality"]]) + bytes.fromhex(record["pdq"])


def _question(files: Sequence[bytes], since: int) -> tuple[bytes, list[int]]:
    """The body, and the place of the file that each item of it is of."""
    sections, begin = [struct.pack(">Q", since)], 0
    owners: list[int] = []
    for _, number, length in FILE_HASHES:
        hashes = b"".join(each[begin : begin + length] for each in files)
        sections += [struct.pack(">BH", number, len(files)), hashes]
        owners += range(len(files))
        begin += length
    pictures = [place for place, each in enumerate(files) if len(each) == begin + PDQ_BYTES]
    sections.append(struct.pack(">BH", PDQ_TYPE, len(pictures)))
    sections += [files[place][begin:] for place in pictures]
    return b"".join(sections), owners + pictures


def _answer(content: bytes, owners: Sequence[int]) -> Checked:
    try:
        version, count = struct.unpack_from(">QH", content)
        hits = json.loads(content[10 + count :] or b"[]")
        matches: dict[int, list[dict[str, Any]]] = {}
        for hit in hits:
            matches.setdefault(owners[hit["item"]], []).extend(hit["matches"])
        is_whole = count == len(owners)
    except (struct.error, ValueError, LookupError, TypeError):
        is_whole = False
    if not is_whole:
        raise CannotCheck("The service answered something that is not understood.")
    return Checked(version, {place: _once(each) for place, each in matches.items()})


def _once(matches: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each entry by its first match: hashes of the file come before what it looks like."""
    best: dict[str, dict[str, Any]] = {}
    for match in matches:
        best.setdefault(match["entry_id"], match)
    return list(best.values())


def _fault_of(answer: httpx2.Response) -> str:
    try:
        return str(answer.json()["code"])
    except (ValueError, LookupError, TypeError):
        return f"status {answer.status_code}"


def _told_wait(answer: httpx2.Response) -> float:
    told = answer.headers.get("retry-after", "")
    return min(int(told), LONGEST_WAIT_SECONDS) if told.isdigit() else 0.0


def _own_wait(attempt: int) -> float:
    """Twice as long each time, and not the same for all that failed at once."""
    most: float = min(FIRST_WAIT_SECONDS * 2**attempt, LONGEST_WAIT_SECONDS)
    return most * (0.5 + random.random() / 2)  # noqa: S311  not a secret
