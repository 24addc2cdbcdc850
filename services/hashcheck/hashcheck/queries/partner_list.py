"""Keys and imports of partners' lists, and the file that is being imported."""

from collections.abc import Sequence
from uuid import UUID

from shared.domain.content_hash import HashType
from shared.domain.errors import NotFound
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from hashcheck.domain.partner_list import ImportState
from hashcheck.tables import Entry, HashList, Honeypot, ListImport, PartnerKey

MOST_IMPORTS = 50
# Of a list a steward took something off by hand, it stays off whatever the next file says.
ON_LIST = "entry.list_id = :list_id AND entry.import_id IS NOT NULL AND entry.state IN" + (
    " ('listed', 'quarantined')"
)
OFF_FOR_GOOD = (
    "entry.list_id = :list_id AND entry.import_id IS NOT NULL AND entry.state = 'withdrawn'"
    " AND entry.withdrawal NOT IN ('source_withdrew', 'import_rolled_back')"
)
IN_FILE = (
    "EXISTS (SELECT FROM incoming WHERE incoming.source_ref = entry.source_ref"
    " AND incoming.content = entry.content)"
)


def hash_list_named(session: Session, name: str) -> HashList:
    """Raises NotFound `list_unknown`."""
    found = session.exec(select(HashList).where(HashList.name == name)).one_or_none()
    if found is None:
        raise NotFound("list_unknown", fields=("list",))
    return found


def partner_key(session: Session, key_id: UUID) -> PartnerKey:
    """Held until the end of the transaction. Raises NotFound."""
    wanted = select(PartnerKey).where(PartnerKey.id == key_id)
    found = session.exec(
        wanted.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def keys_of_list(session: Session, list_id: UUID) -> Sequence[PartnerKey]:
    """The newest first."""
    wanted = select(PartnerKey).where(PartnerKey.list_id == list_id)
    return session.exec(wanted.order_by(col(PartnerKey.proposed_at).desc())).all()


def trusted_keys(session: Session, list_id: UUID) -> Sequence[PartnerKey]:
    """Those two people agreed on, and nobody stopped."""
    return session.exec(
        select(PartnerKey).where(
            PartnerKey.list_id == list_id,
            col(PartnerKey.confirmed_by).is_not(None),
            col(PartnerKey.stopped_by).is_(None),
        )
    ).all()


def honeypot_counts(session: Session, list_id: UUID) -> dict[UUID, int]:
    """Per key, how many hashes have to be in every file signed with it."""
    rows = session.exec(
        select(Honeypot.key_id, func.count())
        .join(PartnerKey, col(PartnerKey.id) == col(Honeypot.key_id))
        .where(PartnerKey.list_id == list_id)
        .group_by(col(Honeypot.key_id))
    )
    return dict(rows.all())


def imports_of(session: Session, list_id: UUID) -> Sequence[ListImport]:
    """The newest first."""
    wanted = select(ListImport).where(ListImport.list_id == list_id)
    return session.exec(
        wanted.order_by(col(ListImport.imported_at).desc()).limit(MOST_IMPORTS)
    ).all()


def list_import(session: Session, import_id: UUID) -> ListImport:
    """Raises NotFound."""
    found = session.get(ListImport, import_id)
    if found is None:
        raise NotFound
    return found


def newest_version(session: Session, list_id: UUID) -> int:
    """The highest number that was ever accepted, also if it was rolled back; 0 for none."""
    newest = select(func.coalesce(func.max(ListImport.version), 0)).where(
        ListImport.list_id == list_id, ListImport.state != ImportState.REFUSED
    )
    return session.exec(newest).one() or 0


def import_in_use(session: Session, list_id: UUID) -> ListImport | None:
    """The newest version that is not rolled back."""
    return session.exec(
        select(ListImport)
        .where(ListImport.list_id == list_id, ListImport.state == ImportState.ACCEPTED)
        .order_by(col(ListImport.version).desc())
        .limit(1)
    ).one_or_none()


def contradicting_line(session: Session) -> int:
    """The first line of the file that says otherwise than an earlier one; 0 for none.

    One name has one picture, and one SHA-256 one MD5 and one SHA-1.
    """
    found = session.execute(
        text(
            "SELECT coalesce(min(line), 0) FROM ("
            " SELECT line, content IS DISTINCT FROM first_value(content) OVER by_ref AS is_other,"
            "  sha256 IS NOT NULL AND ("
            "   md5 IS DISTINCT FROM first_value(md5) OVER by_file"
            "   OR sha1 IS DISTINCT FROM first_value(sha1) OVER by_file) AS is_other_file"
            " FROM incoming"
            " WINDOW by_ref AS (PARTITION BY source_ref ORDER BY line),"
            "  by_file AS (PARTITION BY sha256 ORDER BY line)) AS told"
            " WHERE is_other OR is_other_file"
        )
    )
    return int(found.scalar_one())


def line_of_test_hash(session: Session) -> int:
    """The first line of the file with a hash that is listed for trying a connection; 0 for none."""
    found = session.execute(
        text(
            "WITH test AS (SELECT hashes.* FROM entry_hashes AS hashes"  # noqa: S608
            " JOIN entry ON entry.id = hashes.entry_id AND entry.state = 'listed'"
            " JOIN hash_list ON hash_list.id = entry.list_id AND hash_list.list_class = 'test')"
            f" SELECT coalesce(min(line), 0) FROM incoming WHERE {_any_of('test')}"
        )
    )
    return int(found.scalar_one())


def missing_honeypots(session: Session, key_id: UUID) -> int:
    found = session.execute(
        text(
            "SELECT count(*) FROM honeypot AS hash WHERE key_id = :key_id"  # noqa: S608
            f" AND NOT EXISTS (SELECT FROM incoming WHERE {_same_digest()})"
        ),
        {"key_id": key_id},
    )
    return int(found.scalar_one())


def on_list(session: Session, list_id: UUID) -> tuple[int, int]:
    """How many imported entries are listed, and how many of them the file does not have."""
    # Two statements, because as a column of one the second would be asked for every entry anew.
    count = f"SELECT count(*) FROM entry WHERE {ON_LIST}"  # noqa: S608  our own text
    asked = (text(each) for each in (count, f"{count} AND NOT {IN_FILE}"))
    before, gone = (session.execute(each, {"list_id": list_id}).scalar_one() for each in asked)
    return int(before), int(gone)


def entries_of_import(session: Session, import_id: UUID) -> list[UUID]:
    """What an import, or its rollback, listed or took off."""
    wanted = select(Entry.id).where(
        (col(Entry.import_id) == import_id) | (col(Entry.gone_with) == import_id)
    )
    return list(session.exec(wanted))


def taken_off(session: Session, list_id: UUID) -> Sequence[Entry]:
    """Imported entries that a steward took off, for the partner to know; oldest first."""
    return session.exec(
        select(Entry)
        .where(text(OFF_FOR_GOOD).bindparams(list_id=list_id))
        .order_by(col(Entry.withdrawn_at), col(Entry.source_ref))
    ).all()


def _any_of(table: str) -> str:
    """Asked kind by kind, each is one look for all lines."""
    return " OR ".join(
        f"{kind} IN (SELECT {kind} FROM {table} WHERE {kind} IS NOT NULL)"  # noqa: S608
        for kind in HashType
    )


def _same_digest() -> str:
    each = (f"hash.type = '{kind}' AND incoming.{kind} = hash.digest" for kind in HashType)
    return "(" + " OR ".join(each) + ")"
