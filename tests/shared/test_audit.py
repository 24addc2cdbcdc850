from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import LiteralString
from urllib.parse import urlsplit

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from shared.domain.actor import SYSTEM
from shared.platform.audit_checkpoint import Forged, read_checkpoints
from shared.platform.audit_sealer import AuditSealer
from shared.platform.database import session_factory
from shared.platform.unit_of_work import open_work
from sqlalchemy import Engine

from infra.databases import ServiceDatabases
from tests.applications import fixed_key
from tests.databases import EXAMPLE, DatabaseCopies, engine_on
from tests.fakes import FrozenClock
from tests.shared.auditing import KEY, Audit, everything_allowed

EVENTS = 6
LATER = timedelta(minutes=10)


@pytest.fixture(scope="module")
def databases(database_copies: DatabaseCopies, worker_number: int) -> Iterator[ServiceDatabases]:
    with database_copies.copy(EXAMPLE, f"w{worker_number}_audit") as databases:
        yield databases


@pytest.fixture(scope="module")
def superuser(databases: ServiceDatabases, postgres: str) -> Iterator[psycopg.Connection]:
    url = urlsplit(postgres)._replace(path=urlsplit(databases.app).path).geturl()
    with everything_allowed(url) as connection:
        yield connection


@pytest.fixture(scope="module")
def engines(databases: ServiceDatabases) -> Iterator[tuple[Engine, Engine]]:
    with engine_on(databases.app) as app, engine_on(databases.sealer) as sealing:
        yield app, sealing


@pytest.fixture
def audit(
    engines: tuple[Engine, Engine],
    superuser: psycopg.Connection,
    tmp_path: Path,
    clock: FrozenClock,
) -> Audit:
    """An empty audit; its database serves the whole module."""
    superuser.execute("TRUNCATE audit_event, audit_seal RESTART IDENTITY")
    app, sealing = map(session_factory, engines)
    return Audit(app, sealing, superuser, tmp_path, clock)


@pytest.fixture
def sealed(audit: Audit) -> Audit:
    """Events that are sealed and spoken for by two checkpoints."""
    audit.happen(EVENTS // 2)
    audit.seal()
    audit.witness()
    audit.happen(EVENTS // 2)
    audit.seal()
    audit.witness()
    assert audit.verify().is_clean
    assert audit.verify().seals == EVENTS
    return audit


@pytest.mark.requirement("SEC-S5")
def test_what_happened_is_sealed_once(audit: Audit) -> None:
    audit.happen(3)
    assert [audit.seal(), audit.seal()] == [3, 0]


@pytest.mark.requirement("SEC-S5")
def test_an_event_that_committed_after_a_later_one_is_sealed_too(audit: Audit) -> None:
    with open_work(audit.app, SYSTEM, clock=audit.clock) as slow:
        slow.record("case.read")
        slow.session.flush()
        audit.happen()
        assert audit.seal() == 1
    assert audit.seal() == 1
    assert audit.verify().is_clean


@pytest.mark.requirement("SEC-S5")
def test_a_sealer_that_starts_anew_goes_on_with_the_same_chain(sealed: Audit) -> None:
    sealed.happen(2)
    assert AuditSealer(sealed.sealing, KEY, clock=sealed.clock).seal_new() == 2
    assert sealed.verify().is_clean


@pytest.mark.requirement("SEC-S5")
def test_only_one_sealer_is_at_work(audit: Audit) -> None:
    audit.happen()
    with audit.sealing() as session, session.begin():
        # The first sealer in the middle of its work: it holds the lock of its transaction.
        held = session.connection().exec_driver_sql(
            "SELECT pg_advisory_xact_lock("
            "('x' || substr(encode(sha256('audit sealer'), 'hex'), 1, 16))::bit(64)::bigint)"
        )
        assert held
        assert audit.seal() is None
    assert audit.seal() == 1


@pytest.mark.requirement("SEC-S5")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_event SET at = at + interval '1 microsecond' WHERE id = %(id)s",
        "UPDATE audit_event SET actor_kind = 'staff' WHERE id = %(id)s",
        "UPDATE audit_event SET actor_name = 'bram' WHERE id = %(id)s",
        "UPDATE audit_event SET actor_id = gen_random_uuid() WHERE id = %(id)s",
        "UPDATE audit_event SET action = 'case.closed' WHERE id = %(id)s",
        "UPDATE audit_event SET object_id = gen_random_uuid() WHERE id = %(id)s",
        "UPDATE audit_event SET object_id = NULL WHERE id = %(id)s",
        "UPDATE audit_event SET reason = '' WHERE id = %(id)s",
        """UPDATE audit_event SET facts = '{"page": 4}' WHERE id = %(id)s""",
        "UPDATE audit_event SET actor_name = '', action = actor_name || action WHERE id = %(id)s",
        "UPDATE audit_seal SET sealed_at = sealed_at + interval '1 us' WHERE event_id = %(id)s",
        "UPDATE audit_seal SET mac = sha256(mac) WHERE event_id = %(id)s",
    ],
)
def test_every_edit_of_every_row_is_found(sealed: Audit, change: LiteralString) -> None:
    assert _found_in_every_row(sealed, change) == EVENTS


@pytest.mark.requirement("SEC-S5")
@pytest.mark.parametrize(
    "removal",
    [
        "DELETE FROM audit_event WHERE id = %(id)s",
        "DELETE FROM audit_seal WHERE event_id = %(id)s",
        """WITH seal AS (DELETE FROM audit_seal WHERE event_id = %(id)s RETURNING event_id)
           DELETE FROM audit_event USING seal WHERE id = event_id""",
    ],
)
def test_every_removal_of_every_row_is_found(sealed: Audit, removal: LiteralString) -> None:
    sealed.clock.advance(LATER)
    assert _found_in_every_row(sealed, removal) == EVENTS


def _found_in_every_row(sealed: Audit, change: LiteralString) -> int:
    """How many of the events cannot be changed like this unnoticed."""
    rows, found = sealed.saved(), 0
    for event_id in range(1, EVENTS + 1):
        assert sealed.tamper(change, id=event_id) == 1
        found += bool(sealed.faults())
        sealed.restore(rows)
    assert sealed.verify().is_clean
    return found


@pytest.mark.requirement("SEC-S5")
@pytest.mark.parametrize(
    "swap",
    [
        """UPDATE audit_event one SET actor_name = two.actor_name, object_id = two.object_id
           FROM audit_event two WHERE (one.id, two.id) IN ((%(a)s, %(b)s), (%(b)s, %(a)s))""",
        """UPDATE audit_seal one SET seq = -one.seq WHERE event_id IN (%(a)s, %(b)s);
           UPDATE audit_seal one SET seq = -two.seq FROM audit_seal two
           WHERE (one.event_id, two.event_id) IN ((%(a)s, %(b)s), (%(b)s, %(a)s))""",
    ],
    ids=["events", "seals"],
)
def test_two_rows_that_were_swapped_are_found(sealed: Audit, swap: LiteralString) -> None:
    rows = sealed.saved()
    for first in range(1, EVENTS):
        sealed.tamper(swap, a=first, b=first + 1)
        assert sealed.faults(), first
        sealed.restore(rows)
    assert sealed.verify().is_clean


@pytest.mark.requirement("SEC-S5")
def test_an_event_with_an_invented_seal_is_found(sealed: Audit) -> None:
    sealed.insert(900, sealed.clock.now)
    sealed.tamper(
        "INSERT INTO audit_seal SELECT max(seq) + 1, 900, sha256('guess'), now() FROM audit_seal"
    )
    assert "altered" in sealed.faults()


@pytest.mark.requirement("SEC-S5")
def test_an_event_that_was_dated_back_is_found_after_it_was_sealed(sealed: Audit) -> None:
    sealed.insert(900, sealed.clock.now - LATER)
    sealed.seal()
    assert sealed.verify().late == [900]


@pytest.mark.requirement("SEC-S5")
def test_the_lateness_of_a_seal_cannot_be_hidden(sealed: Audit) -> None:
    sealed.insert(900, sealed.clock.now - LATER)
    sealed.seal()
    sealed.tamper(
        "UPDATE audit_seal SET sealed_at = sealed_at - interval '10 minutes' WHERE event_id = 900"
    )
    assert sealed.verify().altered == [900]


@pytest.mark.requirement("SEC-S5")
@pytest.mark.parametrize("kept", range(EVENTS))
def test_a_cut_off_end_is_found_by_the_checkpoints(sealed: Audit, kept: int) -> None:
    sealed.tamper("DELETE FROM audit_seal WHERE seq > %(kept)s", kept=kept)
    sealed.tamper("DELETE FROM audit_event WHERE id > %(kept)s", kept=kept)
    assert sealed.faults() == {"contradicted_checkpoints"}


@pytest.mark.requirement("SEC-S5")
def test_an_old_copy_that_was_put_back_is_found(audit: Audit) -> None:
    audit.happen(3)
    audit.seal()
    copy = audit.saved()
    audit.happen(3)
    audit.seal()
    audit.witness()
    audit.restore(copy)
    assert audit.faults() == {"contradicted_checkpoints"}


@pytest.mark.requirement("SEC-S5")
def test_an_old_copy_that_grew_to_the_same_length_is_found(audit: Audit) -> None:
    audit.happen(3)
    audit.seal()
    copy = audit.saved()
    audit.happen(3)
    audit.seal()
    audit.witness()
    audit.restore(copy)
    audit.happen(3)
    audit.seal()
    audit.witness()
    assert audit.faults() == {"contradicted_checkpoints"}


@pytest.mark.requirement("SEC-S5")
def test_without_a_checkpoint_a_cut_off_end_would_not_be_found(audit: Audit) -> None:
    """Why checkpoints are kept elsewhere, and why verifying without any is never clean."""
    audit.happen(EVENTS)
    audit.seal()
    audit.tamper("DELETE FROM audit_seal WHERE seq > 3")
    audit.tamper("DELETE FROM audit_event WHERE id > 3")
    assert audit.faults() == set()
    audit.clock.advance(LATER)
    assert audit.verify().unwitnessed == [1, 2, 3]


@pytest.mark.requirement("SEC-S5")
def test_an_event_that_stayed_unsealed_too_long_is_reported(audit: Audit) -> None:
    audit.happen()
    audit.clock.advance(timedelta(seconds=50))
    assert audit.verify().is_clean
    audit.clock.advance(timedelta(seconds=20))
    assert audit.verify().unsealed == [1]
    audit.seal()
    audit.witness()
    assert audit.verify().late == [1]


@pytest.mark.requirement("SEC-S5")
def test_a_checkpoint_that_was_changed_counts_as_forged(sealed: Audit) -> None:
    note = sorted(sealed.folder.rglob("*.note"))[-1]
    note.write_text(note.read_text(encoding="utf-8").replace("\n6\n", "\n5\n"), encoding="utf-8")
    assert sealed.verify().forged_checkpoints == [note.name]


@pytest.mark.requirement("SEC-S5")
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"offlimits/example/audit\n6\n"])
def test_a_file_that_is_no_checkpoint_counts_as_forged(sealed: Audit, content: bytes) -> None:
    sorted(sealed.folder.rglob("*.note"))[-1].write_bytes(content)
    assert len(sealed.verify().forged_checkpoints) == 1


@pytest.mark.requirement("SEC-S5")
def test_the_checkpoints_of_another_key_count_as_forged(sealed: Audit) -> None:
    other = Ed25519PrivateKey.from_private_bytes(fixed_key("somebody else"))
    found = list(read_checkpoints(sealed.folder, EXAMPLE, other.public_key()))
    assert [isinstance(checkpoint, Forged) for checkpoint in found] == [True, True]


@pytest.mark.requirement("SEC-S5")
def test_a_chain_that_did_not_grow_gets_no_other_checkpoint(sealed: Audit) -> None:
    sealed.clock.advance(timedelta(minutes=1))
    sealed.witness()
    assert len(list(sealed.folder.rglob("*"))) == len(list(sealed.folder.rglob("*.note"))) + 2


@pytest.mark.requirement("SEC-S13")
@pytest.mark.parametrize("role", ["app", "sealer", "owner"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "TRUNCATE audit_event_y2026",
        "DELETE FROM audit_event_y2026",
        "UPDATE audit_seal SET mac = 'x'",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
    ],
)
def test_nobody_who_works_with_the_audit_may_change_it(
    sealed: Audit, databases: ServiceDatabases, role: str, statement: LiteralString
) -> None:
    assert _is_refused(getattr(databases, role), statement)
    assert sealed.verify().is_clean


@pytest.mark.requirement("SEC-S13")
def test_the_application_cannot_seal_and_the_sealer_cannot_tell_what_happened(
    audit: Audit, databases: ServiceDatabases
) -> None:
    event: LiteralString = (
        "INSERT INTO audit_event (at, actor_kind, actor_name, action, reason, facts)"
        " VALUES ('2026-03-02T09:00Z', 'staff', 'ada', 'read', '', '{}')"
    )
    seal: LiteralString = "INSERT INTO audit_seal VALUES (99, 99, 'x', now())"
    assert [_is_refused(databases.app, event), _is_refused(databases.app, seal)] == [False, True]
    assert [_is_refused(databases.sealer, event), _is_refused(databases.sealer, seal)] == [
        True,
        False,
    ]


def _is_refused(url: str, statement: LiteralString) -> bool:
    with psycopg.connect(url) as connection:
        try:
            connection.execute(statement)
        except psycopg.errors.InsufficientPrivilege:
            return True
        finally:
            connection.rollback()
    return False
