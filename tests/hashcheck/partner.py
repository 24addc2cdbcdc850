"""A partner of the tests: its key, its files, and how they come in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hashcheck.adapters.partner_file import PartnerFile
from hashcheck.domain.hash_list import ListClass
from hashcheck.tables import ListImport
from hashcheck.use_cases.hash_list import create_list
from hashcheck.use_cases.list_import import bring_in
from hashcheck.use_cases.partner_key import confirm_key, propose_key
from shared.domain.actor import SYSTEM
from shared.domain.content_hash import HashType
from shared.platform.unit_of_work import open_work

from tests.hashcheck.hashes import value
from tests.hashcheck.lists import Lists

NAME = "partner"
HONEYPOT = value(HashType.SHA256, "agreed")

Line = Mapping[str, Any]


def line(seed: object, **changed: Any) -> dict[str, Any]:
    """An entry of an invented picture with all its hashes."""
    hashes = {kind.value: value(kind, f"partner {seed}").text for kind in HashType}
    return {"id": f"A-{seed}", **hashes, "pdq_quality": 90, **changed}


# The entry that was agreed to be in every version.
AGREED = {"id": "canary", "sha256": HONEYPOT.text}


def ndjson(version: int, lines: Sequence[Line], **header: Any) -> bytes:
    first = {"list": NAME, "class": "illegal", "version": version, "entries": len(lines)} | header
    return b"".join(json.dumps(each).encode() + b"\n" for each in (first, *lines))


def comma_separated(version: int, lines: Sequence[Line]) -> bytes:
    columns = ["id", *(kind.value for kind in HashType), "pdq_quality"]
    told = [f"list,{NAME},class,illegal,version,{version},entries,{len(lines)}", ",".join(columns)]
    told += [",".join(str(each.get(name, "")) for name in columns) for each in lines]
    return "\r\n".join(told).encode()


@dataclass
class Partner:
    lists: Lists
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    list_class: ListClass = ListClass.ILLEGAL
    name: str = NAME
    list_id: UUID = field(init=False)
    key_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        """A list with a key on which two stewards agreed."""
        self.list_id = self.lists.do(
            self.lists.first,
            lambda work: create_list(work, self.name, "A partner.", self.list_class),
        )
        self.key_id = self.propose()
        self.lists.do(self.lists.second, lambda work: confirm_key(work, self.key_id))

    @property
    def pem(self) -> str:
        public = self.key.public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def propose(self) -> UUID:
        public = self.key.public_key().public_bytes_raw()
        return self.lists.do(
            self.lists.first, lambda work: propose_key(work, self.list_id, public, [HONEYPOT])
        )

    def sends(self, version: int, *lines: Line, **header: Any) -> ListImport:
        """What is told of a file with these entries and the agreed one."""
        return self.sends_bytes(ndjson(version, [AGREED, *lines], **{"list": self.name} | header))

    def sends_bytes(self, content: bytes, signature: bytes | None = None) -> ListImport:
        file = PartnerFile(content, self.key.sign(content) if signature is None else signature)
        open_system = partial(open_work, self.lists.sessions, SYSTEM, clock=self.lists.clock)
        return bring_in(open_system, self.name, file)
