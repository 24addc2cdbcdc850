"""Millions of listed entries in seconds: written in one statement, past what two people do.

Entry `n` has the hash that `digest` gives: who asks knows what is listed without keeping it.
"""

from hashlib import sha256

import psycopg

LIST_ID = "00000000-0000-4000-8000-000000000010"
FIRST, SECOND = "00000000-0000-4000-8000-000000000011", "00000000-0000-4000-8000-000000000012"

_LIST = """
INSERT INTO hash_list (id, name, provenance, list_class, state, created_at, active_since)
VALUES (%s, 'generated', 'Generated here.', 'illegal', 'active', now(), %s)
ON CONFLICT (id) DO NOTHING
"""
_ENTRIES = """
INSERT INTO entry (id, list_id, state, proposed_by, proposed_in, proposed_at, decided_by,
                   decided_at, ai_involvement, gender, self_generated, listed_version)
SELECT md5('entry ' || n)::uuid, %s, 'listed', %s, 'generated', now(), %s,
       now(), 'not_seen', 'not_determined', 'unknown', %s + n - %s
FROM generate_series(%s::int, %s::int - 1) AS n
"""
_HASHES = """
INSERT INTO entry_hashes (entry_id, pdq)
SELECT md5('entry ' || n)::uuid, sha256(convert_to('pdq ' || n, 'UTF8'))
FROM generate_series(%s::int, %s::int - 1) AS n
"""
_CHANGES = """
INSERT INTO list_change (version, kind, subject_id, changed_at)
SELECT %s + n - %s, 'entry_listed', md5('entry ' || n)::uuid, now()
FROM generate_series(%s::int, %s::int - 1) AS n
"""
# Which no check uses, and which would cost more than all the rest.
_INDEXES = "DROP INDEX ix_entry_list_state"
MANY = 500_000


def list_many(superuser_url: str, begin: int, end: int) -> int:
    """List entries `begin` to `end` - 1, each by a change of its own; returns the last version."""
    with psycopg.connect(superuser_url) as connection:
        # What guards every single entry would look at each of a million.
        connection.execute("SET LOCAL session_replication_role = replica")
        if end - begin >= MANY:
            connection.execute(_INDEXES)
        told = connection.execute(
            "UPDATE list_version SET version = version + %s RETURNING version", [end - begin]
        ).fetchone()
        assert told
        first = int(told[0]) - (end - begin) + 1
        connection.execute(_LIST, [LIST_ID, first])
        connection.execute(_ENTRIES, [LIST_ID, FIRST, SECOND, first, begin, begin, end])
        connection.execute(_HASHES, [begin, end])
        connection.execute(_CHANGES, [first, begin, begin, end])
    return int(told[0])


def digest(number: int) -> bytes:
    """The PDQ hash of entry `number`: 32 bytes as even as chance."""
    return sha256(f"pdq {number}".encode()).digest()
