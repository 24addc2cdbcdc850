"""A hosting company at its own machine with the command `hashcheck`, and a partner that signs."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra.peers.mail_server import received
from infra.story.telling import expect

SECONDS_FOR_A_COMMAND = 60
LINK = re.compile(r"https?://\S+/connect/link/\S+")
NOTHING_KNOWN, SOMETHING_KNOWN = 0, 3


@dataclass(frozen=True)
class Company:
    """`url` is the service, `key` what the company set on its machine, `folder` what it stores."""

    url: str
    key: str
    folder: Path

    def tries(self) -> str:
        """What `hashcheck test` says. StoryFailed when it is not content."""
        done = self._command("test")
        expect(done.returncode == 0, f"hashcheck test: {done.stdout}{done.stderr}")
        return done.stdout.strip()

    def scans(self) -> dict[str, dict[str, Any]]:
        """What is known, by the name of the file; after the first time only what is new is asked.

        StoryFailed when the exit code says something else.
        """
        cache = str(self.folder.with_suffix(".db"))
        done = self._command("scan", str(self.folder), "--cache", cache, "--quiet")
        hits = [json.loads(line) for line in done.stdout.splitlines()]
        expected = SOMETHING_KNOWN if hits else NOTHING_KNOWN
        expect(done.returncode == expected, f"hashcheck scan: {done.returncode} {done.stderr}")
        return {Path(hit["path"]).name: hit for hit in hits}

    def tells(self, entry_id: str, outcome: str, **because: str) -> None:
        """What was done after a hit, once. StoryFailed when it is not taken."""
        report = {"id": str(uuid4()), "entry_id": entry_id, "outcome": outcome, **because}
        answer = httpx2.post(
            f"{self.url}/v1/hits",
            json={"reports": [report]},
            headers={"Authorization": f"Bearer {self.key}"},
            trust_env=False,
        )
        expect(answer.is_success, f"a report is answered with {answer.status_code}: {answer.text}")

    def _command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "hashcheck_client", *words],
            env=os.environ | {"HASHCHECK_URL": self.url, "HASHCHECK_KEY": self.key},
            capture_output=True,
            text=True,
            timeout=SECONDS_FOR_A_COMMAND,
            check=False,
        )


@dataclass(frozen=True)
class Partner:
    """Keeps a list of its own and signs each version. Every version has the agreed entry."""

    list_name: str
    folder: Path
    _private: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    _agreed: str = field(default_factory=lambda: sha256(uuid4().bytes).hexdigest())

    @property
    def public_key(self) -> str:
        key = self._private.public_key()
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    @property
    def agreed_entry(self) -> str:
        """The SHA-256 without which a file is not the whole list."""
        return self._agreed

    def signs(self, version: int, pictures: dict[str, bytes]) -> Path:
        """A file of these pictures under the partner's own names, its signature beside it."""
        entries = [{"id": "agreed", "sha256": self._agreed}]
        entries += [
            {"id": name, "sha256": sha256(content).hexdigest()}
            for name, content in pictures.items()
        ]
        header = {
            "list": self.list_name,
            "class": "illegal",
            "version": version,
            "entries": len(entries),
        }
        path = self.folder / f"{self.list_name}-{version}.ndjson"
        path.write_text("".join(json.dumps(line) + "\n" for line in (header, *entries)))
        path.with_name(f"{path.name}.sig").write_bytes(self._private.sign(path.read_bytes()))
        return path


def mailed_link(folder: Path, mailbox: str) -> str | None:
    """The newest link to the client page that came to `mailbox`."""
    mails = [mail for mail in received(folder) if mail["To"] == mailbox]
    body = mails[-1].get_body(("plain",)) if mails else None
    found = LINK.search(body.get_content()) if body else None
    return found[0] if found else None
