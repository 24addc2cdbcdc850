"""What the database itself refuses, whoever writes past the use cases."""

from uuid import uuid4

import psycopg
import pytest
from hashcheck.domain.entry import EntryState, WithdrawalReason
from hashcheck.use_cases.entry import approve_entry, withdraw_entry
from shared.domain.errors import Conflict, NotPermitted
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from tests.conftest import OwnDatabase
from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Lists

INSERT_ENTRY = """
INSERT INTO entry (id, list_id, state, proposed_by, proposed_in, proposed_at, decided_by,
                   decided_at, ai_involvement, gender, self_generated)
SELECT :id, id, :state, :first, 'hashcheck', now(), :second,
       now(),
       'not_seen', 'both', 'unknown'
FROM hash_list
"""


def run(lists: Lists, statement: str, **values: object) -> None:
    """Run SQL in the name of the application, past the use cases."""
    with lists.sessions() as session, session.begin():
        session.execute(text(statement), values)


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize("state", ["listed", "refused", "withdrawn"])
def test_sql_cannot_begin_with_anything_but_a_proposal(lists: Lists, state: str) -> None:
    with pytest.raises(IntegrityError, match="begins as a proposal"):
        run(lists, INSERT_ENTRY, id=uuid4(), state=state, first=uuid4(), second=uuid4())


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize(
    "change",
    [
        "state = 'listed'",
        "state = 'listed', decided_at = now(), decided_by = proposed_by",
        "state = 'listed', decided_at = now(), decided_by = gen_random_uuid(),"
        " proposed_by = gen_random_uuid()",
        "state = 'withdrawn', decided_at = now(), decided_by = gen_random_uuid(),"
        " withdrawal = 'false_positive', withdrawn_at = now()",
        "state = 'refused', decided_at = now(), decided_by = gen_random_uuid()",
    ],
    ids=["nobody", "the same person", "another first person", "past the list", "no reason"],
)
def test_sql_cannot_list_what_two_people_did_not_decide(lists: Lists, change: str) -> None:
    entry_id = lists.propose(picture(1))
    with pytest.raises(IntegrityError):
        run(lists, f"UPDATE entry SET {change} WHERE id = :id", id=entry_id)  # noqa: S608
    assert lists.entry(entry_id).state is EntryState.PROPOSED


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize(
    "change",
    [
        "decided_by = gen_random_uuid()",
        "proposed_by = gen_random_uuid()",
        "list_id = gen_random_uuid()",
        "state = 'proposed', decided_by = NULL, decided_at = NULL",
    ],
    ids=["who decided", "who proposed", "which list", "undone"],
)
def test_sql_cannot_change_what_two_people_decided(lists: Lists, change: str) -> None:
    entry_id = lists.listed(picture(1))
    with pytest.raises(IntegrityError):
        run(lists, f"UPDATE entry SET {change} WHERE id = :id", id=entry_id)  # noqa: S608


@pytest.mark.requirement("HC-LIST-1")
def test_sql_cannot_add_a_hash_to_what_two_people_decided(lists: Lists) -> None:
    without_md5 = [each for each in picture(1) if each.type != "md5"]
    add = "INSERT INTO entry_hashes (entry_id, md5) VALUES (:id, :digest)"
    with pytest.raises(IntegrityError, match="pk_entry_hashes"):
        run(lists, add, id=lists.listed(without_md5), digest=bytes(16))
    bare = uuid4()
    run(
        lists,
        "INSERT INTO entry (id, list_id, state, proposed_by, proposed_in, proposed_at,"
        " ai_involvement, gender, self_generated) SELECT :id, id, 'proposed',"
        " gen_random_uuid(), 'x', now(), 'not_seen', 'female', 'no' FROM hash_list LIMIT 1",
        id=bare,
    )
    run(
        lists,
        "UPDATE entry SET state = 'listed', decided_by = gen_random_uuid(), decided_at = now()"
        " WHERE id = :id",
        id=bare,
    )
    for entry_id in (bare, uuid4()):
        with pytest.raises(IntegrityError, match="hashes of a proposal only"):
            run(lists, add, id=entry_id, digest=bytes(16))


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize("statement", ["DELETE FROM entry", "TRUNCATE entry CASCADE"])
def test_not_even_the_owner_of_the_tables_deletes_an_entry(
    session_databases: OwnDatabase, statement: str
) -> None:
    with (
        psycopg.connect(session_databases("hashcheck").owner) as owner,
        pytest.raises(psycopg.errors.CheckViolation, match="withdrawn, never deleted"),
    ):
        owner.execute(statement)


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.requirement("SEC-S13")
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM entry",
        "DELETE FROM entry_hashes",
        "DELETE FROM hit",
        "DELETE FROM list_version",
        "UPDATE entry_hashes SET md5 = md5",
        "UPDATE hit SET distance = 0",
        "TRUNCATE entry_hashes",
        "DROP TRIGGER keep_entry ON entry",
        "ALTER TABLE entry DISABLE TRIGGER ALL",
    ],
)
def test_the_application_has_no_right_to_it(lists: Lists, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="InsufficientPrivilege"):
        run(lists, statement)


@pytest.mark.requirement("SEC-R6")
def test_a_refusal_leaves_nothing_behind(lists: Lists) -> None:
    entry_id = lists.propose(picture(1))
    recorded = len(lists.audit(entry_id))
    with pytest.raises(NotPermitted):
        lists.do(lists.first, lambda work: approve_entry(work, entry_id))
    with pytest.raises(Conflict):
        lists.do(
            lists.first,
            lambda work: withdraw_entry(work, entry_id, WithdrawalReason.FALSE_POSITIVE),
        )
    assert len(lists.audit(entry_id)) == recorded
