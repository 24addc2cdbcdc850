"""One-time codes that replace the second factor when the authenticator is lost.

Ten codes of 80 random bits, in four groups of four characters; only a SHA-256 of each is stored,
which is enough for a value that cannot be guessed.
"""

import secrets
from hashlib import sha256
from uuid import UUID

from sqlalchemy import delete, update
from sqlmodel import col

from shared.platform.account_tables import RecoveryCode
from shared.platform.unit_of_work import UnitOfWork

HOW_MANY = 10
GROUPS, GROUP_LENGTH = 4, 4
# Crockford's base32: no letter that can be taken for a digit.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def issue_recovery_codes(work: UnitOfWork, account_id: UUID) -> list[str]:
    """New codes, to be shown once; the earlier ones stop working."""
    work.session.exec(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))
    codes = [_new_code() for _ in range(HOW_MANY)]
    for code in codes:
        work.session.add(RecoveryCode(code_hash=_hash(account_id, code), account_id=account_id))
    work.record("staff.recovery_codes_issued", account_id, count=len(codes))
    return codes


def use_recovery_code(work: UnitOfWork, account_id: UUID, typed: str) -> bool:
    """Whether `typed` was an unused code of this account; it is used now."""
    taken = work.session.exec(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.code_hash) == _hash(account_id, typed),
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=work.now)
    )
    if taken.rowcount != 1:
        return False
    work.record("staff.recovery_code_used", account_id)
    return True


def _new_code() -> str:
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH)) for _ in range(GROUPS))
    return "-".join(groups)


def _hash(account_id: UUID, code: str) -> bytes:
    bare = "".join(code.lower().split()).replace("-", "")
    return sha256(account_id.bytes + bare.encode()).digest()
