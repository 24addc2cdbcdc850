"""Static files under names that contain their hash, so that a browser may keep them for ever."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
STATIC_PATH = "/static"
HASH_LENGTH = 12


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    media_type: str


class Assets:
    """The files of the `static` folders, read once; an earlier folder wins."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self._by_address: dict[str, Asset] = {}
        self._addresses: dict[str, str] = {}
        for folder in folders:
            for path in sorted((folder / "static").glob("*.*")):
                self._take(path)

    def _take(self, path: Path) -> None:
        if path.name in self._addresses or path.suffix not in MEDIA_TYPES:
            return
        body = path.read_bytes()
        digest = hashlib.sha256(body).hexdigest()[:HASH_LENGTH]
        hashed = f"{path.stem}.{digest}{path.suffix}"
        self._addresses[path.name] = f"{STATIC_PATH}/{hashed}"
        self._by_address[hashed] = Asset(body, MEDIA_TYPES[path.suffix])

    def address(self, name: str) -> str:
        """The path of a file for a page. Raises KeyError for a file that does not exist."""
        return self._addresses[name]

    def find(self, hashed_name: str) -> Asset | None:
        return self._by_address.get(hashed_name)
