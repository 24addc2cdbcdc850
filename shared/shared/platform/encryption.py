"""Sealing of case texts, with a key per case that can be destroyed.

A text is sealed with AES-256-GCM under the data key of its case (DEK). The data key is wrapped by
the key of the line's retention month, and that by the line's master key. Data keys and month keys
live in a database of their own, whose backups die sooner: erasing a key erases every copy of the
text, old backups included (NIST SP 800-38D; SP 800-88 cryptographic erase).

Envelope: 1 byte version, 12 bytes nonce, ciphertext with 16 bytes tag. The additional data binds
it to version, line, table, column and row, so that it cannot be moved.
"""

import base64
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary, Table, bindparam, delete
from sqlalchemy import select as sql_select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, select

from shared.domain.errors import NotFound
from shared.platform.clock import Clock, utc_now
from shared.platform.database import (
    Sessions,
    close_pool,
    plain_database_errors,
    service_metadata,
)
from shared.platform.tables import UTC_TIME

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
MOST_REMEMBERED = 1000
RETENTION_ZONE = ZoneInfo("Europe/Amsterdam")

keys_registry = registry(metadata=service_metadata())


class KeysTable(SQLModel, registry=keys_registry):
    """Parent of the tables of a `<line>_keys` database."""


class MonthKey(KeysTable, table=True):
    """The key of a retention month (`2026-11`, Europe/Amsterdam), wrapped by the master key."""

    __tablename__ = "month_key"

    month: str = Field(primary_key=True)
    wrapped: bytes = Field(sa_type=LargeBinary)


class CaseKey(KeysTable, table=True):
    """The data key of a case, wrapped by its month key."""

    __tablename__ = "case_key"

    case_id: UUID = Field(primary_key=True)
    month: str = Field(foreign_key="month_key.month", index=True, ondelete="CASCADE")
    wrapped: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UTC_TIME)


class ErasedCase(KeysTable, table=True):
    """A case whose key was destroyed: it never gets another, so nothing can be added to it."""

    __tablename__ = "erased_case"

    case_id: UUID = Field(primary_key=True)
    erased_at: datetime = Field(sa_type=UTC_TIME)


# Asked for every case in turn, so it is built once.
_CASE: Table = CaseKey.__table__  # type: ignore[attr-defined]
_MONTH: Table = MonthKey.__table__  # type: ignore[attr-defined]
_STORED_KEY = (
    sql_select(_MONTH.c.month, _MONTH.c.wrapped, _CASE.c.wrapped)
    .join_from(_MONTH, _CASE, _CASE.c.month == _MONTH.c.month)
    .where(_CASE.c.case_id == bindparam("case"))
)


class Unreadable(Exception):
    """A sealed text that cannot be opened: altered, moved, or its key is gone."""


def decode_key(text: str) -> bytes:
    """32 bytes from base64url. Raises ValueError for anything shorter, longer or malformed."""
    key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if len(key) != KEY_BYTES:
        raise ValueError("a key has 32 bytes")
    return key


def derive_key(master_key: bytes, purpose: str) -> bytes:
    """A key for one purpose only (HKDF-SHA-256, RFC 5869)."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=purpose.encode()).derive(master_key)


class SecretBox:
    """Seals small secrets of a service (second-factor seeds, stored answers) for one purpose."""

    def __init__(self, master_key: bytes, purpose: str) -> None:
        self._cipher = AESGCM(derive_key(master_key, purpose))

    def seal(self, secret: bytes, bound_to: str) -> bytes:
        return _seal(self._cipher, secret, bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> bytes:
        """Raises Unreadable when altered or bound to something else."""
        return _open(self._cipher, sealed, bound_to.encode())


class RecentKeys:
    """Data keys that were used lately, in the memory of this process only."""

    def __init__(self, for_how_long: timedelta, clock: Clock) -> None:
        self._for_how_long = for_how_long
        self._clock = clock
        self._keys: dict[UUID, tuple[bytes, datetime]] = {}
        self._lock = Lock()

    def of(self, case_id: UUID) -> bytes | None:
        key, since = self._keys.get(case_id, (None, self._clock()))
        return key if self._clock() - since < self._for_how_long else None

    def keep(self, case_id: UUID, key: bytes) -> None:
        """At most `MOST_REMEMBERED`; the oldest are forgotten."""
        if not self._for_how_long:
            return
        with self._lock:
            self._keys.pop(case_id, None)
            self._keys[case_id] = (key, self._clock())
            if len(self._keys) > MOST_REMEMBERED:
                del self._keys[next(iter(self._keys))]

    def forget(self) -> None:
        with self._lock:
            self._keys.clear()


class CaseVault:
    """Seals and opens the texts of one line's cases.

    `remembers` is how long this process may use a key again without asking for it: so long, at
    most, a case can be read here after another process destroyed its key.
    """

    def __init__(
        self,
        keys: Sessions,
        master_key: bytes,
        line: str,
        *,
        clock: Clock = utc_now,
        remembers: timedelta = timedelta(0),
    ) -> None:
        self._keys = keys
        self._master = AESGCM(derive_key(master_key, f"{line} month keys"))
        self._line = line
        self._clock = clock
        self._remembered = RecentKeys(remembers, clock)

    def close(self) -> None:
        """Close the idle connections to the keys database."""
        close_pool(self._keys)

    def seal(self, case_id: UUID, column: str, row_id: UUID, text: str) -> bytes:
        """Seal `text` for `column` (written `table.column`) of one row.

        Raises NotFound when the case was erased.
        """
        cipher = AESGCM(self._case_key(case_id) or self._new_case_key(case_id))
        return _seal(cipher, text.encode(), self._binding(column, row_id))

    def open(self, case_id: UUID, column: str, row_id: UUID, sealed: bytes) -> str:
        """Raises NotFound when the key was destroyed, Unreadable when the text was altered."""
        return self.open_many(case_id, [(column, row_id, sealed)])[0]

    def open_many(self, case_id: UUID, texts: Sequence[tuple[str, UUID, bytes]]) -> list[str]:
        """Open texts of one case, each `(column, row, sealed)`, with one look at its key.

        Raises NotFound and Unreadable as `open` does.
        """
        key = self._case_key(case_id) if texts else b""
        if key is None:
            raise NotFound("erased")
        cipher = AESGCM(key) if key else None
        return [
            _open(cipher, sealed, self._binding(column, row_id)).decode()
            for column, row_id, sealed in texts
            if cipher
        ]

    def erase(self, case_id: UUID) -> None:
        """Destroy the key of a case: none of its texts can be read again."""
        with self._transaction() as session:
            _mark_erased(session, [case_id], self._clock())
            session.exec(delete(CaseKey).where(col(CaseKey.case_id) == case_id))
        self._remembered.forget()

    def erase_month(self, month: str) -> None:
        """Destroy a month's key and so every case key under it."""
        with self._transaction() as session:
            cases = session.exec(select(CaseKey.case_id).where(CaseKey.month == month)).all()
            _mark_erased(session, cases, self._clock())
            session.exec(delete(MonthKey).where(col(MonthKey.month) == month))
        self._remembered.forget()

    @contextmanager
    def _transaction(self) -> Iterator[Session]:
        with plain_database_errors(), self._keys() as session, session.begin():
            yield session

    def _binding(self, column: str, row_id: UUID) -> bytes:
        return f"{VERSION}|{self._line}|{column}|{row_id}".encode()

    def _case_key(self, case_id: UUID) -> bytes | None:
        key = self._remembered.of(case_id)
        if key is None:
            with self._transaction() as session:
                key = self._stored_case_key(session, case_id)
            if key is not None:
                self._remembered.keep(case_id, key)
        return key

    def _stored_case_key(self, session: Session, case_id: UUID) -> bytes | None:
        wrapped = session.execute(_STORED_KEY, {"case": case_id}).one_or_none()
        if wrapped is None:
            return None
        month, wrapped_month_key, wrapped_case_key = wrapped
        month_key = _open(self._master, wrapped_month_key, month.encode())
        return _open(AESGCM(month_key), wrapped_case_key, str(case_id).encode())

    def _new_case_key(self, case_id: UUID) -> bytes:
        """Made and committed before the text is stored; a key without a text is harmless."""
        now = self._clock()
        month = f"{now.astimezone(RETENTION_ZONE):%Y-%m}"
        with self._transaction() as session:
            if session.get(ErasedCase, case_id):
                raise NotFound("erased")
            key = _seal(
                self._month_key(session, month), AESGCM.generate_key(256), str(case_id).encode()
            )
            row = CaseKey(case_id=case_id, month=month, wrapped=key, created_at=now)
            session.exec(insert(CaseKey).values(row.model_dump()).on_conflict_do_nothing())
            # Whoever came first: two seals of a new case use one key.
            stored = self._stored_case_key(session, case_id)
        if stored is None:
            raise NotFound("erased")
        return stored

    def _month_key(self, session: Session, month: str) -> AESGCM:
        fresh = _seal(self._master, AESGCM.generate_key(256), month.encode())
        row = insert(MonthKey).values(month=month, wrapped=fresh)
        session.exec(row.on_conflict_do_nothing())
        stored = session.exec(select(MonthKey.wrapped).where(MonthKey.month == month)).one()
        return AESGCM(_open(self._master, stored, month.encode()))


def _mark_erased(session: Session, cases: Sequence[UUID], now: datetime) -> None:
    for case_id in cases:
        row = insert(ErasedCase).values(case_id=case_id, erased_at=now)
        session.exec(row.on_conflict_do_nothing())


def _seal(cipher: AESGCM, data: bytes, bound_to: bytes) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return bytes([VERSION]) + nonce + cipher.encrypt(nonce, data, bound_to)


def _open(cipher: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    if len(sealed) <= 1 + NONCE_BYTES or sealed[0] != VERSION:
        raise Unreadable("unknown envelope")
    try:
        return cipher.decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], bound_to)
    except InvalidTag:
        raise Unreadable("altered, moved or another key") from None
