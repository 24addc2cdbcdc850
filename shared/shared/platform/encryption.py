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
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.domain.errors import NotFound
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, service_metadata
from shared.platform.tables import UTC_TIME

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12

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


class CaseVault:
    """Seals and opens the texts of one line's cases."""

    def __init__(
        self, keys: Sessions, master_key: bytes, line: str, *, clock: Clock = utc_now
    ) -> None:
        self._keys = keys
        self._master = AESGCM(derive_key(master_key, f"{line} month keys"))
        self._line = line
        self._clock = clock

    def seal(self, case_id: UUID, column: str, row_id: UUID, text: str) -> bytes:
        """Seal `text` for `column` (written `table.column`) of one row."""
        cipher = AESGCM(self._case_key(case_id) or self._new_case_key(case_id))
        return _seal(cipher, text.encode(), self._binding(column, row_id))

    def open(self, case_id: UUID, column: str, row_id: UUID, sealed: bytes) -> str:
        """Raises NotFound when the key was destroyed, Unreadable when the text was altered."""
        key = self._case_key(case_id)
        if key is None:
            raise NotFound("erased")
        return _open(AESGCM(key), sealed, self._binding(column, row_id)).decode()

    def erase(self, case_id: UUID) -> None:
        """Destroy the key of a case: none of its texts can be read again."""
        with self._keys() as session, session.begin():
            session.execute(delete(CaseKey).where(CaseKey.case_id == case_id))  # type: ignore[arg-type]

    def erase_month(self, month: str) -> None:
        """Destroy a month's key and so every case key under it."""
        with self._keys() as session, session.begin():
            session.execute(delete(MonthKey).where(MonthKey.month == month))  # type: ignore[arg-type]

    def _binding(self, column: str, row_id: UUID) -> bytes:
        return f"{VERSION}|{self._line}|{column}|{row_id}".encode()

    def _case_key(self, case_id: UUID) -> bytes | None:
        with self._keys() as session:
            case = session.get(CaseKey, case_id)
            if case is None:
                return None
            month = session.get(MonthKey, case.month)
            if month is None:
                return None
            month_key = _open(self._master, month.wrapped, month.month.encode())
            return _open(AESGCM(month_key), case.wrapped, str(case_id).encode())

    def _new_case_key(self, case_id: UUID) -> bytes:
        """Made and committed before the text is stored; a key without a text is harmless."""
        now = self._clock()
        month = f"{now:%Y-%m}"
        key = AESGCM.generate_key(256)
        with self._keys() as session, session.begin():
            fresh = _seal(self._master, AESGCM.generate_key(256), month.encode())
            session.execute(
                insert(MonthKey).values(month=month, wrapped=fresh).on_conflict_do_nothing()
            )
            stored = session.execute(select(MonthKey.wrapped).where(MonthKey.month == month))  # type: ignore[call-overload]
            month_key = _open(self._master, stored.scalar_one(), month.encode())
            wrapped = _seal(AESGCM(month_key), key, str(case_id).encode())
            session.add(CaseKey(case_id=case_id, month=month, wrapped=wrapped, created_at=now))
        return key


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
