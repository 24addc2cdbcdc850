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
       now(), 'not_seen', 'not_determined', 'unknown', %s
FROM generate_series(%s::int, %s::int - 1) AS n
"""
_HASHES = """
INSERT INTO entry_hash (entry_id, type, digest)
SELECT md5('entry ' || n)::uuid, 'pdq', sha256(convert_to('pdq ' || n, 'UTF8'))
FROM generate_series(%s::int, %s::int - 1) AS n
"""


def list_many(superuser_url: str, begin: int, end: int) -> int:
    """List entries `begin` to `end` - 1 as one change; returns its version."""
    with psycopg.connect(superuser_url) as connection:
        # What guards every single entry would look at each of a million.
        connection.execute("SET LOCAL session_replication_role = replica")
        told = connection.execute(
            "UPDATE list_version SET version = version + 1 RETURNING version"
        ).fetchone()
        assert told
        [version] = told
        connection.execute(_LIST, [LIST_ID, version])
        connection.execute(_ENTRIES, [LIST_ID, FIRST, SECOND, version, begin, end])
        connection.execute(_HASHES, [begin, end])
        connection.execute(
            "INSERT INTO list_change (version, kind, subject_id, changed_at)"
            " VALUES (%s, 'list_changed', %s, now())",
            [version, LIST_ID],
        )
    return int(version)


def digest(number: int) -> bytes:
    """The PDQ hash of entry `number`: 32 bytes as even as chance."""
    return sha256(f"pdq {number}".encode()).digest()
