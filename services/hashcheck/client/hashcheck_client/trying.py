"""What `hashcheck test` does: whether the key works and the harmless test hashes are known."""

import hashlib
import sys

from hashcheck_client.service import FILE_HASHES, TEST_TEXT, Service

DONE, NOT_FOUND = 0, 1


def test_files() -> tuple[bytes, bytes]:
    """Hashes of a file that is listed for tests, and of one that is nowhere."""

    def digests(content: bytes) -> bytes:
        return b"".join(
            hashlib.new(name, content, usedforsecurity=False).digest() for name, _, _ in FILE_HASHES
        )

    return digests(TEST_TEXT), digests(TEST_TEXT + b"changed")


def try_connection(service: Service) -> int:
    """The exit code. Raises CannotCheck."""
    checked = service.check(test_files())
    sys.stdout.write(f"The key works; the list version is {checked.list_version}.\n")
    is_found, is_silent = 0 in checked.matches, 1 not in checked.matches
    sys.stdout.write(f"The test file is {'known, as it should be' if is_found else 'NOT known'}.\n")
    if not is_silent:
        sys.stdout.write("A file that is nowhere was called known.\n")
    return DONE if is_found and is_silent else NOT_FOUND
