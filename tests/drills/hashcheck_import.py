"""The importer of partners' lists dies at work, and a web process too: all of a file or none."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from hashcheck.domain.partner_list import ImportState
from hashcheck.queries.partner_list import imports_of
from hashcheck.tables import Entry
from shared.contracts.hashcheck import CheckItem
from shared.domain.content_hash import HashType
from sqlmodel import col, func, select

from infra.children import dies_with_parent
from infra.state import CHECKOUT
from tests.hashcheck.partner import AGREED, NAME, Partner, line, ndjson
from tests.hashcheck.replicas import SERVICE, Replicas, patiently

ENTRIES, ASKED = 20_000, 20
# From its start to its end the importer takes about so long here.
LONGEST_WAIT = 9.0


class Importer:
    """The command of the service, on a file that a partner signed."""

    def __init__(self, replicas: Replicas) -> None:
        self._replicas = replicas
        self._partner = Partner(replicas.lists)
        self._lines = [line(number) for number in range(ENTRIES - 1)]
        self.asked = [
            CheckItem(type=HashType.SHA256, value=each["sha256"])
            for each in self._lines[:: ENTRIES // ASKED]
        ]

    def start(self) -> subprocess.Popen[bytes]:
        file = self._file()
        with (self._replicas.folder / "import.log").open("ab") as log:
            return subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", SERVICE, "import", NAME, str(file)],
                env=self._replicas.each[0].environment,
                cwd=CHECKOUT,
                stdout=log,
                stderr=log,
                preexec_fn=dies_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )

    def finish(self) -> None:
        """Again until it is done: the database may be at the last statement of one that died."""
        patiently(lambda: self.start().wait() == 0, "a list does not come in")

    def half_listed(self) -> bool:
        """Whether some, and not all, of the file is listed, or more than that."""
        of_partner = (Entry.list_id == self._partner.list_id, Entry.state == "listed")
        with self._replicas.lists.sessions() as session:
            wanted = select(func.count(col(Entry.id))).where(*of_partner)
            return session.exec(wanted).one() not in {0, ENTRIES}

    def versions(self) -> list[int]:
        """The changes of the lists with which a version of the file came."""
        with self._replicas.lists.sessions() as session:
            made = imports_of(session, self._partner.list_id)
            accepted = [each for each in made if each.state is ImportState.ACCEPTED]
            return [each.list_version for each in accepted if each.added]

    def _file(self) -> Path:
        """The next version, and its signature beside it."""
        with self._replicas.lists.sessions() as session:
            number = len(imports_of(session, self._partner.list_id)) + 1
        content = ndjson(number, [AGREED, *self._lines])
        path = self._replicas.folder / "partner.ndjson"
        path.write_bytes(content)
        Path(f"{path}.sig").write_bytes(self._partner.key.sign(content))
        return path


def killed_at_work(importer: Importer, chance: random.Random) -> bool:
    """Whether it was still at work when it was killed."""
    process = importer.start()
    time.sleep(chance.uniform(1, LONGEST_WAIT))
    was_at_work = process.poll() is None
    process.kill()
    process.wait()
    return was_at_work
