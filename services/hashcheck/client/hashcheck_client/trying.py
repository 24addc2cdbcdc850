"""What `hashcheck test` does: whether the key works and what is listed for tests is known."""

import hashlib
import sys

from imaging import hash_image
from imaging.sample import SAMPLE_NAMES, sample_picture

from hashcheck_client.service import FILE_HASHES, TEST_TEXT, Service, packed

DONE, NOT_FOUND = 0, 1
SANDBOX_WARNING = (
    "This is a sandbox key: it matches the list public-test and nothing else."
    " It says nothing about any other file.\n"
)


def test_files() -> list[bytes]:
    """Hashes of a text and three pictures that are listed for tests, then of a text that is not."""

    def digests(content: bytes) -> bytes:
        return b"".join(
            hashlib.new(name, content, usedforsecurity=False).digest() for name, _, _ in FILE_HASHES
        )

    pictures = [packed(_record(sample_picture(name))) for name in SAMPLE_NAMES]
    return [digests(TEST_TEXT), *pictures, digests(TEST_TEXT + b"changed")]


def try_connection(service: Service) -> int:
    """The exit code. Raises CannotCheck."""
    files = test_files()
    checked = service.check(files)
    sys.stdout.write(f"The key works; the list version is {checked.list_version}.\n")
    if service.is_sandbox:
        sys.stdout.write(SANDBOX_WARNING)
    *listed, nowhere = range(len(files))
    is_found, is_silent = checked.matches.keys() >= set(listed), nowhere not in checked.matches
    known = "known, as they should be" if is_found else "NOT all known"
    sys.stdout.write(f"The test text and the test pictures are {known}.\n")
    if not is_silent:
        sys.stdout.write("A file that is nowhere was called known.\n")
    return DONE if is_found and is_silent else NOT_FOUND


def _record(picture: bytes) -> dict[str, object]:
    found = hash_image(picture)
    names = (*(name for name, _, _ in FILE_HASHES), "pdq", "quality")
    return {name: getattr(found, name) for name in names}
