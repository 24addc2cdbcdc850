"""Which pictures of the reported site the hash list knows, for `python -m hashcheck seed`."""

import json
from pathlib import Path

from imaging import hash_image

from infra.peers.pictures import EXACTLY_KNOWN, listed_original, picture


def write_known_pictures(path: Path) -> Path:
    """One picture is listed as the very file; of another, the original that it was made from."""
    entries = [
        {"items": _items(content)} for content in (picture(EXACTLY_KNOWN), listed_original())
    ]
    path.write_text(json.dumps(entries))
    return path


def _items(content: bytes) -> list[dict[str, str | int]]:
    hashes = hash_image(content)
    return [
        {"type": "sha256", "value": hashes.sha256},
        {"type": "sha1", "value": hashes.sha1},
        {"type": "md5", "value": hashes.md5},
        {"type": "pdq", "value": hashes.pdq, "quality": hashes.quality},
        {"type": "phash", "value": hashes.phash},
    ]
