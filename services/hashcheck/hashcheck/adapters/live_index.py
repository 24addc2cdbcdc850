"""The index of this process, following the changes of the database.

PostgreSQL is the truth. A thread asks for the newest change twice a second. A few changes are
applied to the index in use: additions to a small index beside it, withdrawals as marks. After many
a new one is made beside the checks from all that is listed, and only what people took off is left
out at once. Either way one reference is swapped at the end: a check sees one version from begin to
end.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from uuid import UUID

import structlog
from shared.domain.content_hash import HashType
from shared.domain.errors import Invalid, Unavailable
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.failure import code_of, place_of
from sqlalchemy import text
from sqlmodel import Session

from hashcheck import queries
from hashcheck.adapters.shared_bases import Base, Origin, SharedBases
from hashcheck.domain.check import RADIUS
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.list_change import ListChange
from hashcheck.matching import warm
from hashcheck.tables import Change
from hashcheck.use_cases.check import ActiveList, Snapshot
from hashcheck.use_cases.known_hashes import KnownHashes, Packed

POLL_SECONDS = 0.5
STOP_SECONDS = 5.0
# More hashes than this beside the base cost a search more than making a new base is worth.
MOST_ADDED = 10_000
# Millions of hashes, on a machine that is busy.
LONGEST_READING = "10min"
# A replica that has not known for so long whether its list is the newest leaves the balancer.
LONGEST_LAG_SECONDS = 60.0

log = structlog.get_logger()


class LiveIndex:
    """Call `start` before the first check; it raises Unavailable without a database."""

    def __init__(
        self,
        sessions: Sessions,
        *,
        bases: SharedBases | None = None,
        every: float = POLL_SECONDS,
        most_added: int = MOST_ADDED,
        longest_lag: float = LONGEST_LAG_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Without `bases` this process has an index of its own in memory."""
        self._sessions = sessions
        self._bases = bases
        self._longest_lag = longest_lag
        self._every = every
        self._most_added = most_added
        self._seconds = seconds
        self._current_at = seconds()
        self._snapshot = Snapshot(0, KnownHashes({}, RADIUS), {})
        # A base made meanwhile, and the version of the last one.
        self._renewed: Base | None = None
        self._base_version = -1
        # The newest change that is known of; whether it is applied, or too much to be at once.
        self._newest = 0
        self._is_behind = False
        # Up to which change people's withdrawals were applied while behind.
        self._withdrawn_to = 0
        self._renewal: threading.Thread | None = None
        self._refreshing = threading.Lock()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="live-index", daemon=True)

    @property
    def snapshot(self) -> Snapshot:
        return self._snapshot

    @property
    def lag(self) -> float:
        """For how many seconds nobody knows whether there is a newer list."""
        return self._seconds() - self._current_at

    def start(self) -> None:
        warm()
        self.renew()
        self.refresh()
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def refuse_lagging(self) -> None:
        """Raises Unavailable `list_is_old`."""
        if self.lag > self._longest_lag:
            raise Unavailable("list_is_old")

    def refuse_future(self, version: int) -> None:
        """Another process may be a moment ahead of us, or more while we read very much.

        Raises Invalid `list_version_in_future` and Unavailable `list_is_old`.
        """
        self.refresh()
        if version > self._newest:
            raise Invalid("list_version_in_future", fields=("since_list_version",))
        if version > self._snapshot.version:
            raise Unavailable("list_is_old")

    def refresh(self) -> None:
        """Take over the newest list version, if it is not the one in use. Raises DamagedIndex."""
        asked_at = self._seconds()
        with self._refreshing:
            # Taken before the moment begins: a base must not know more than the moment does.
            renewed = self._renewed
            self._follow_up(renewed)
            if self._renewed is renewed:
                self._renewed = None
            if not self._is_behind:
                self._current_at = asked_at

    def _follow_up(self, renewed: Base | None) -> None:
        """Leave `_is_behind` set when so much changed that it has to be read beside the checks."""
        with self._one_moment() as session:
            self._newest = queries.list_version(session)
            self._is_behind = False
            if self._newest == self._snapshot.version and not renewed:
                return
            at, index = self._snapshot.version, self._snapshot.index
            if renewed:
                at, index = renewed.origin.version, renewed.hashes
            lists = _active_lists(session)
            if not at:
                index = KnownHashes(_all_columns(session), RADIUS)
            elif queries.change_count_after(session, at) > self._most_added:
                self._is_behind = True
                self._snapshot = self._without_withdrawn(session, at, index, lists)
                return
            else:
                index = _amended(session, index, queries.changes_after(session, at))
            self._snapshot = Snapshot(self._newest, index, lists)

    def _without_withdrawn(
        self, session: Session, at: int, index: KnownHashes, lists: Mapping[UUID, ActiveList]
    ) -> Snapshot:
        """What is in use, of its own version, less what people took off since: that never waits."""
        begun = max(at, self._withdrawn_to) if at == self._snapshot.version else at
        withdrawn = queries.withdrawn_after(session, begun)
        self._withdrawn_to = self._newest
        kept = {id_: known for id_, known in lists.items() if known.since <= at}
        return Snapshot(at, index.amended((), withdrawn) if withdrawn else index, kept)

    def renew(self) -> None:
        """Find or make a new base, to be taken over by the next refresh. Raises DamagedIndex."""
        base = self._bases.base(self._fits, self._new_base) if self._bases else self._new_base()
        self._renewed, self._base_version = base, base.origin.version

    def _fits(self, origin: Origin) -> bool:
        """Whether a base is of these lists, newer than ours, and few hashes have come since."""
        with self._one_moment() as session:
            is_of_these_lists = origin.fingerprint == queries.fingerprint_of(
                session, origin.version
            ) and origin.version <= queries.list_version(session)
            since = queries.change_count_after(session, origin.version) * len(HashType)
        is_newer = origin.version > self._base_version
        return is_of_these_lists and is_newer and since <= self._most_added

    def _new_base(self) -> Base:
        with self._one_moment() as session:
            version = queries.list_version(session)
            origin = Origin(version, queries.fingerprint_of(session, version))
            columns = _all_columns(session)
        return Base(origin, KnownHashes(columns, RADIUS))

    @contextmanager
    def _one_moment(self) -> Iterator[Session]:
        """Version and entries must be of one moment. Raises Unavailable."""
        with plain_database_errors(), self._sessions() as session, session.begin():
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
            yield session

    def _follow(self) -> None:
        while not self._ended.wait(self._every):
            self._try(self.refresh)
            is_renewing = self._renewal is not None and self._renewal.is_alive()
            is_due = self._is_behind or self._snapshot.index.added > self._most_added
            if is_due and not is_renewing and not self._renewed:
                # Beside the following, or a withdrawal would wait for the new base.
                self._renewal = threading.Thread(
                    target=self._try, args=[self.renew], name="new-base", daemon=True
                )
                self._renewal.start()

    def _try(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  checks go on with the version in use
            log.warning("list_not_refreshed", code=code_of(error), place=place_of(error))


def _all_columns(session: Session) -> dict[HashType, Packed]:
    # Of a request a statement may take seconds; here nobody waits for an answer.
    session.execute(text(f"SET LOCAL statement_timeout = '{LONGEST_READING}'"))
    return {kind: Packed(*columns) for kind, *columns in queries.packed_hashes(session)}


def _active_lists(session: Session) -> dict[UUID, ActiveList]:
    return {
        each.id: ActiveList(each.name, ListClass(each.list_class), each.active_since)
        for each in queries.active_lists(session)
    }


def _amended(session: Session, index: KnownHashes, changes: Sequence[Change]) -> KnownHashes:
    """An import is read as it is by now: what is of it is taken out, and put in if it is listed."""
    imported = [
        entry_id
        for import_id in _of(changes, ListChange.LIST_IMPORTED)
        for entry_id in queries.entries_of_import(session, import_id)
    ]
    listed = queries.listed_hashes(session, _of(changes, ListChange.ENTRY_LISTED) + imported)
    return index.amended(list(listed), _of(changes, ListChange.ENTRY_WITHDRAWN) + imported)


def _of(changes: Sequence[Change], kind: ListChange) -> list[UUID]:
    return [change.subject_id for change in changes if change.kind is kind]
