"""Registered documents: the only ones that production executes for the public.

`registered.json` maps the SHA-256 of a document to its file. A changed file is refused at start
until its new hash is committed, so that what the public may ask is seen in review.
"""

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from importlib.resources import files

from gateway.limits import Refused

IDENTIFIER = re.compile(r"sha256:([0-9a-f]{64})")


def registered_documents(folder_name: str = "") -> Mapping[str, str]:
    """Text of each registered document by its hash. Raises ValueError on an unregistered change.

    Those of the website lie in the folder itself, those of the management pages in `management`.
    """
    folder = files("gateway") / "documents" / folder_name
    names: dict[str, str] = json.loads((folder / "registered.json").read_text())
    documents = {}
    for digest, name in names.items():
        text = (folder / name).read_text()
        if sha256(text.encode()).hexdigest() != digest:
            raise ValueError(f"documents/{name} is not the document that was registered")
        documents[digest] = text
    return documents


def registered(documents: Mapping[str, str], identifier: object) -> str:
    """The text behind `sha256:<hash>`. Raises Refused."""
    match = IDENTIFIER.fullmatch(identifier) if isinstance(identifier, str) else None
    if match is None or match[1] not in documents:
        raise Refused("not_registered")
    return documents[match[1]]


def chat_documents() -> Mapping[str, str]:
    """What the script of a conversation asks by: name of the file → `sha256:<hash>`."""
    folder = files("gateway") / "documents"
    names: dict[str, str] = json.loads((folder / "registered.json").read_text())
    return {name.removesuffix(".graphql"): f"sha256:{digest}" for digest, name in names.items()}
