"""The index of this process, following the list version of the database.

PostgreSQL is the truth. A thread asks for the version twice a second and, when it has changed,
builds a new snapshot and swaps one reference: a check sees one version from begin to end.
"""

import threading

import structlog
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.failure import code_of, place_of
from sqlalchemy import text

from hashcheck import queries
from hashcheck.domain.check import RADIUS
from hashcheck.matching import warm
from hashcheck.use_cases.check import Snapshot
from hashcheck.use_cases.known_hashes import KnownHashes

POLL_SECONDS = 0.5
STOP_SECONDS = 5.0

log = structlog.get_logger()


class LiveIndex:
    """Call `start` before the first check; it raises Unavailable without a database."""

    def __init__(self, sessions: Sessions, *, every: float = POLL_SECONDS) -> None:
        self._sessions = sessions
        self._every = every
        self._snapshot = Snapshot(0, KnownHashes([], RADIUS), {}, {})
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="live-index", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    def start(self) -> None:
        warm()
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def refresh(self) -> None:
        """Take over the newest list version, if it is not the one in use."""
        with plain_database_errors(), self._sessions() as session, session.begin():
            # Version and entries must be of one moment.
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            version = queries.list_version(session)
            if version == self._snapshot.version:
                return
            rows = list(queries.listed_hashes(session))
            lists = queries.active_lists(session)
        self._snapshot = Snapshot(
            version,
            KnownHashes((listed for listed, _ in rows), RADIUS),
            lists,
            {listed.entry_id: list_id for listed, list_id in rows},
        )

    def _follow(self) -> None:
        while not self._ended.wait(self._every):
            try:
                self.refresh()
            except Exception as error:  # noqa: BLE001  checks go on with the version in use
                log.warning("list_not_refreshed", code=code_of(error), place=place_of(error))
