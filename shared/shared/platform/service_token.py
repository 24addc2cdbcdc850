"""Tokens between services: one caller, one receiver, sixty seconds.

An Ed25519-signed JWT (RFC 8037, RFC 7519) with `iss`, exactly one `aud`, `iat`, `nbf`, `exp` and a
unique `jti`. The algorithm is fixed here and the key is chosen by the issuer's name from a local
list, so nothing in a token can choose how it is verified.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import Table, bindparam, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from shared.domain.errors import NotAuthenticated
from shared.platform.account_tables import UsedToken
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.encryption import decode_key
from shared.platform.unit_of_work import UnitOfWork

LIFE = timedelta(seconds=60)
# How far the clocks of two machines may be apart.
LEEWAY = timedelta(seconds=5)
LONGEST_TOKEN = 4096
ALGORITHM = "EdDSA"
_SERVICE_NAME = re.compile(r"[a-z]{1,32}")
# Asked with every call that changes something, so it is built once.
_USED: Table = UsedToken.__table__  # type: ignore[attr-defined]
_USE = (
    insert(_USED)
    .values(issuer=bindparam("by"), token_id=bindparam("token"), expires_at=bindparam("until"))
    .on_conflict_do_nothing()
    .returning(_USED.c.token_id)
)
_CLAIMS = ["iss", "aud", "sub", "iat", "nbf", "exp", "jti"]


@dataclass(frozen=True, slots=True)
class ServiceToken:
    """A verified token: which service calls, and the id that a single use is counted by."""

    issuer: str
    id: str
    expires_at: datetime


class TokenSigner:
    """Signs the calls of one service. `seed` is the Ed25519 private key, base64url, 32 bytes."""

    def __init__(self, service: str, seed: str, *, clock: Clock = utc_now) -> None:
        self.service = service
        self._key = Ed25519PrivateKey.from_private_bytes(decode_key(seed))
        self._clock = clock

    def token_for(self, audience: str) -> str:
        now = self._clock()
        claims = {
            "iss": self.service,
            "sub": self.service,
            "aud": audience,
            "iat": now,
            "nbf": now,
            "exp": now + LIFE,
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, self._key, algorithm=ALGORITHM)


class TokenVerifier:
    """Verifies calls to one service. `trusted` is issuer → Ed25519 public key, base64url."""

    def __init__(self, service: str, trusted: Mapping[str, str], *, clock: Clock = utc_now) -> None:
        self._service = service
        self._clock = clock
        self._keys = {
            issuer: Ed25519PublicKey.from_public_bytes(decode_key(key))
            for issuer, key in trusted.items()
        }

    def verify(self, token: str) -> ServiceToken:
        """Raises NotAuthenticated for anything but a fresh token of a trusted issuer for us."""
        if len(token) > LONGEST_TOKEN:
            raise NotAuthenticated
        try:
            issuer = jwt.decode(token, options={"verify_signature": False}).get("iss", "")
            key = self._keys.get(issuer) if isinstance(issuer, str) else None
            if key is None or not _SERVICE_NAME.fullmatch(issuer):
                raise NotAuthenticated
            return self._checked(token, key)
        except (jwt.PyJWTError, ValueError, TypeError):
            raise NotAuthenticated from None

    def _checked(self, token: str, key: Ed25519PublicKey) -> ServiceToken:
        # Times are compared with our own clock, so that a test and a drill can hold it.
        options = {
            "require": _CLAIMS,
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=self._service,
            options=options,  # type: ignore[arg-type]
        )
        now = self._clock()
        begins, ends = (datetime.fromtimestamp(claims[c], tz=now.tzinfo) for c in ("nbf", "exp"))
        fresh = begins - LEEWAY <= now < ends + LEEWAY and ends - begins <= LIFE
        if not fresh or not isinstance(claims["aud"], str) or claims["sub"] != claims["iss"]:
            raise NotAuthenticated
        return ServiceToken(claims["iss"], str(claims["jti"]), ends)


def use_once(sessions: Sessions, token: ServiceToken) -> None:
    """Raises NotAuthenticated when the token was used before, also by a request that failed.

    One insert decides, so of several at once one wins.
    """
    try:
        used = {"token": UUID(token.id), "by": token.issuer, "until": token.expires_at + LEEWAY}
    except ValueError:
        raise NotAuthenticated from None
    with plain_database_errors(), sessions() as session, session.begin():
        if session.execute(_USE, used).first() is None:
            raise NotAuthenticated


def forget_used_tokens(work: UnitOfWork) -> None:
    """Delete the ids of tokens that are too old to be taken anyway."""
    work.session.exec(delete(UsedToken).where(col(UsedToken.expires_at) < work.now))
