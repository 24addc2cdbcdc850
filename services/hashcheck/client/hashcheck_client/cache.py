"""What was checked before, so that a file is hashed once and only news is asked for.

A small database in one file: for each unchanged file its hashes and the list version that they
were checked at. A file that matched is not in it: it is checked as new every time.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from hashcheck_client.output import CannotWrite
from hashcheck_client.record import key_of
from hashcheck_client.walking import Found

FORMAT = 1
OWNER_ONLY = 0o600
IN_MEMORY = ":memory:"


class Known(NamedTuple):
    """`hashes`: as `service.packed` makes them."""

    hashes: bytes
    list_version: int


class Cache:
    """Written after each answer: an interrupted run goes on where it was."""

    def __init__(self, path: Path | None) -> None:
        """Without a path it lasts as long as the process. Raises CannotWrite."""
        if path is not None:
            path.touch(OWNER_ONLY)
        self._database = sqlite3.connect(
            path or IN_MEMORY, isolation_level=None, check_same_thread=False
        )
        try:
            self._prepare()
        except sqlite3.DatabaseError:
            raise CannotWrite(f"{path}: in use, or no cache of this program") from None

    def close(self) -> None:
        self._database.close()

    def known(self, file: Found) -> Known | None:
        row = self._database.execute(
            "SELECT hashes, list_version FROM checked WHERE file = ?", [key_of(file)]
        ).fetchone()
        return Known(*row) if row else None

    def keep(self, files: Iterable[tuple[Found, bytes]], list_version: int) -> None:
        """These had no match at this version."""
        rows = [(key_of(file), hashes, list_version) for file, hashes in files]
        with self._database:
            self._database.executemany("INSERT OR REPLACE INTO checked VALUES (?, ?, ?)", rows)

    def forget(self, file: Found) -> None:
        self._database.execute("DELETE FROM checked WHERE file = ?", [key_of(file)])

    def _prepare(self) -> None:
        # One run at a time; the lock ends with the process.
        self._database.execute("PRAGMA locking_mode = EXCLUSIVE")
        (found,) = self._database.execute("PRAGMA user_version").fetchone()
        if found not in {0, FORMAT}:
            raise sqlite3.DatabaseError("another format")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS checked"
            " (file BLOB PRIMARY KEY, hashes BLOB NOT NULL, list_version INTEGER NOT NULL)"
            " WITHOUT ROWID"
        )
        self._database.execute(f"PRAGMA user_version = {FORMAT}")
