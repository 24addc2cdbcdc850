"""Imports of partners' lists: a signed file becomes a version as a whole, or changes nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol
from uuid import UUID, uuid4

from psycopg import Connection
from shared.domain.content_hash import HashType
from shared.domain.errors import Conflict
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy import text

from hashcheck.domain.list_change import ListChange
from hashcheck.domain.partner_list import (
    ImportState,
    ListHeader,
    PartnerEntry,
    RefusedImport,
    RollbackReason,
    check_header,
    check_rollback,
    check_shrink,
    content_of,
)
from hashcheck.domain.role import Permission
from hashcheck.queries import partner_list as queries
from hashcheck.queries.entry import locked_list_named
from hashcheck.tables import HashList, ListImport
from hashcheck.use_cases.list_version import list_changed

OpenWork = Callable[[], AbstractContextManager[UnitOfWork]]

HASHES = ", ".join(HashType)
ONE_AT_A_TIME = 0x696D706F
# For one statement over all of a list; a request has seconds, and this is minutes at most. Nobody
# has counted what came a moment ago, and a plan for a few rows would never end with a million.
NO_HURRY = (
    "SET LOCAL statement_timeout = '10min';"
    " SET LOCAL idle_in_transaction_session_timeout = '10min'; SET LOCAL work_mem = '256MB';"
    " SET LOCAL enable_nestloop = off"
)


TAKE_OFF_GONE = (
    "UPDATE entry SET state = 'withdrawn', withdrawal = 'source_withdrew',"  # noqa: S608
    f" withdrawn_at = :now, gone_with = :id WHERE {queries.ON_LIST} AND NOT {queries.IN_FILE}"
)
FORGET_OFF_FOR_GOOD = (
    "DELETE FROM incoming USING entry WHERE entry.content = incoming.content"  # noqa: S608
    f" AND {queries.OFF_FOR_GOOD}"
)
FORGET_LISTED = (
    "DELETE FROM incoming USING entry WHERE entry.source_ref = incoming.source_ref"  # noqa: S608
    f" AND entry.content = incoming.content AND {queries.ON_LIST}"
)
FORGET_REPEATED = (
    "DELETE FROM incoming USING incoming AS earlier"
    " WHERE earlier.source_ref = incoming.source_ref AND earlier.line < incoming.line"
)
TAKE_OFF_ADDED = (
    "UPDATE entry SET state = 'withdrawn', withdrawal = 'import_rolled_back', withdrawn_at = :now"
    " WHERE import_id = :id AND state IN ('listed', 'quarantined')"
)
PUT_BACK_GONE = (
    "UPDATE entry SET state = 'listed', withdrawal = NULL, withdrawn_at = NULL"
    " WHERE gone_with = :id AND state = 'withdrawn' AND withdrawal = 'source_withdrew'"
)
NUMBER_WHAT_IS_BACK = (
    "UPDATE entry SET listed_version = :version WHERE gone_with = :id AND state = 'listed'"
)


class SignedFile(Protocol):
    """A file as the partner made it, with its detached signature."""

    @property
    def sha256(self) -> bytes: ...

    def signed_with(self, public_keys: Sequence[bytes]) -> bytes:
        """The key with which the exact bytes were signed. Raises RefusedImport."""
        ...

    def header(self) -> ListHeader: ...

    def entries(self) -> Iterator[PartnerEntry]:
        """Every line but those that say too little to be compared. Raises RefusedImport."""
        ...


def bring_in(open_work: OpenWork, list_name: str, file: SignedFile) -> ListImport:
    """Import the file, or keep why not. Raises RefusedImport, NotFound, Conflict."""
    try:
        with open_work() as work:
            return import_list(work, list_name, file)
    except RefusedImport as refusal:
        with open_work() as work:
            _record_refusal(work, list_name, file, refusal)
        raise


def import_list(work: UnitOfWork, list_name: str, file: SignedFile) -> ListImport:
    """Make the file the version of the list that is matched. Raises RefusedImport, NotFound.

    Conflict `import_under_way`: one file at a time.
    """
    _alone(work)
    target = locked_list_named(work.session, list_name)
    keys = {key.public_key: key.id for key in queries.trusted_keys(work.session, target.id)}
    key_id = keys[file.signed_with(list(keys))]
    header = file.header()
    newest = queries.newest_version(work.session, target.id)
    check_header(header, target.name, target.list_class, newest)
    made = ListImport(
        id=uuid4(),
        list_id=target.id,
        version=header.version,
        state=ImportState.INCOMING,
        key_id=key_id,
        imported_at=work.now,
        file_sha256=file.sha256,
    )
    work.session.add(made)
    work.session.flush()
    made.entries = _stage(work, file.entries())
    _check_staged(work, target, key_id)
    _apply(work, made)
    return made


def roll_back(work: UnitOfWork, import_id: UUID, reason: RollbackReason) -> UUID:
    """Go back to the version before: what it added comes off, what it took off comes back.

    One steward is enough: every entry that comes back had come with a signed list. Returns the
    list. Raises NotFound, Conflict `not_the_newest_version`, `import_under_way`.
    """
    work.require(Permission.DECIDE_ENTRIES)
    _alone(work)
    made = queries.list_import(work.session, import_id)
    in_use = queries.import_in_use(work.session, made.list_id)
    is_newest = in_use is not None and in_use.id == made.id
    check_rollback(made.state, is_newest=is_newest)
    made.state, made.rolled_back_at = ImportState.ROLLED_BACK, work.now
    made.rolled_back_by, made.rollback_reason = work.actor.id, reason
    work.session.flush()
    told: dict[str, object] = {"id": made.id, "now": work.now}
    taken_off, back = _run(work, TAKE_OFF_ADDED, **told), _run(work, PUT_BACK_GONE, id=made.id)
    version = list_changed(work, ListChange.LIST_IMPORTED, made.id, max(1, taken_off + back))
    work.session.flush()
    # What is back is new to whoever asked since.
    _run(work, NUMBER_WHAT_IS_BACK, id=made.id, version=version)
    work.record(
        "list.rolled_back",
        made.list_id,
        reason=reason.value,
        version=made.version,
        taken_off=taken_off,
        back=back,
        list_version=version,
    )
    return made.list_id


def _record_refusal(
    work: UnitOfWork, list_name: str, file: SignedFile, refusal: RefusedImport
) -> None:
    """What the file says of itself is told only when it is who it says that signed it."""
    target = queries.hash_list_named(work.session, list_name)
    version = None
    if refusal.code != "signature_invalid":
        with suppress(RefusedImport):
            version = file.header().version
    work.session.add(
        ListImport(
            list_id=target.id,
            version=version,
            state=ImportState.REFUSED,
            code=refusal.code,
            line=refusal.line or None,
            imported_at=work.now,
            file_sha256=file.sha256,
        )
    )
    work.record("list.import_refused", target.id, reason=refusal.code, line=refusal.line)


def _alone(work: UnitOfWork) -> None:
    """Raises Conflict `import_under_way`."""
    work.session.execute(text(NO_HURRY))
    lock = text("SELECT pg_try_advisory_xact_lock(:number)")
    if not work.session.execute(lock, {"number": ONE_AT_A_TIME}).scalar_one():
        raise Conflict("import_under_way")


def _stage(work: UnitOfWork, entries: Iterator[PartnerEntry]) -> int:
    """Write the lines of the file beside the lists, in one stream. Returns how many."""
    session, count = work.session, 0
    session.execute(text("TRUNCATE incoming"))
    driver: Any = session.connection().connection.driver_connection
    connection: Connection[Any] = driver
    copy_in = f"COPY incoming (line, source_ref, content, {HASHES}) FROM STDIN (FORMAT BINARY)"
    with connection.cursor() as cursor, cursor.copy(copy_in.encode()) as copy:
        copy.set_types(["int8", "text", "bytea", *["bytea"] * len(HashType)])
        for line, ref, digests in entries:
            copy.write_row((line, ref, content_of(digests), *digests))
            count += 1
    return count


def _check_staged(work: UnitOfWork, target: HashList, key_id: UUID) -> None:
    """Raises RefusedImport."""
    session = work.session
    if line := queries.contradicting_line(session):
        raise RefusedImport("entries_contradict", line)
    if line := queries.line_of_test_hash(session):
        raise RefusedImport("hash_is_for_tests", line)
    if queries.missing_honeypots(session, key_id):
        raise RefusedImport("honeypot_missing")
    check_shrink(*queries.on_list(session, target.id))


def _apply(work: UnitOfWork, made: ListImport) -> None:
    """The lists' version is locked at the end only: others list and withdraw meanwhile."""
    told: dict[str, object] = {"id": made.id, "list_id": made.list_id, "now": work.now}
    made.withdrawn = _run(work, TAKE_OFF_GONE, **told)
    made.kept_off = _run(work, FORGET_OFF_FOR_GOOD, list_id=made.list_id)
    _run(work, FORGET_LISTED, list_id=made.list_id)
    _run(work, FORGET_REPEATED)
    made.added = _add_entries(work, made)
    changed = made.added + made.withdrawn
    if changed:
        made.list_version = list_changed(work, ListChange.LIST_IMPORTED, made.id, changed)
    made.state = ImportState.ACCEPTED
    work.record(
        "list.imported",
        made.list_id,
        version=made.version,
        entries=made.entries,
        added=made.added,
        withdrawn=made.withdrawn,
        kept_off=made.kept_off,
        list_version=made.list_version,
    )


def _add_entries(work: UnitOfWork, made: ListImport) -> int:
    """Entries of a partner have no labels: nobody here saw the pictures."""
    added = _run(
        work,
        "INSERT INTO entry (id, list_id, state, proposed_by, proposed_in, proposed_at,"
        " ai_involvement, gender, self_generated, import_id, source_ref, content)"
        " SELECT entry_id, :list_id, 'listed', :key_id, 'import', :now,"
        " 'cannot_tell', 'not_determined', 'unknown', :id, source_ref, content FROM incoming"
        " ORDER BY entry_id",
        id=made.id,
        list_id=made.list_id,
        key_id=made.key_id,
        now=work.now,
    )
    _run(
        work,
        f"INSERT INTO entry_hashes (entry_id, {HASHES}) SELECT entry_id, {HASHES} FROM incoming"  # noqa: S608
        " ORDER BY entry_id",
    )
    work.session.execute(text("TRUNCATE incoming"))
    return added


def _run(work: UnitOfWork, statement: str, **values: object) -> int:
    """How many rows it touched."""
    result: Any = work.session.execute(text(statement), values)
    return int(result.rowcount)
