"""Tables of staff accounts, their sessions and second factors, and of API clients and their keys.

No secret is stored in a form that can be used: passwords as argon2id, tokens and keys as SHA-256
of at least 256 random bits, seeds sealed under the service's master key.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from shared.platform.tables import UTC_TIME, PlatformTable


class StaffAccount(PlatformTable, table=True):
    """A member of staff of one service."""

    __tablename__ = "staff_account"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    display_name: str
    role: str
    password_hash: str
    sealed_totp_seed: bytes | None = Field(default=None, sa_type=LargeBinary)
    # The time step of the last accepted code: neither it nor an earlier one is taken again.
    totp_last_step: int = Field(default=0, sa_type=BigInteger)
    created_at: datetime = Field(sa_type=UTC_TIME)
    password_changed_at: datetime = Field(sa_type=UTC_TIME)
    disabled_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class StaffSession(PlatformTable, table=True):
    """A signed-in browser, known by the SHA-256 of its token."""

    __tablename__ = "staff_session"

    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    id: UUID = Field(default_factory=uuid4, unique=True)
    account_id: UUID = Field(foreign_key="staff_account.id", index=True, ondelete="CASCADE")
    created_at: datetime = Field(sa_type=UTC_TIME)
    last_seen_at: datetime = Field(sa_type=UTC_TIME, index=True)
    # NULL until the second factor was given: such a session may do nothing else.
    second_factor_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
    ended_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class RecoveryCode(PlatformTable, table=True):
    """A one-time replacement of the second factor."""

    __tablename__ = "recovery_code"

    code_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    account_id: UUID = Field(foreign_key="staff_account.id", index=True, ondelete="CASCADE")
    used_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class LoginThrottle(PlatformTable, table=True):
    """Failed log-ins per name, existing or not, as a keyed hash of the name."""

    __tablename__ = "login_throttle"

    name_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    failures: int = 0
    window_started_at: datetime = Field(sa_type=UTC_TIME, index=True)
    blocked_until: datetime | None = Field(default=None, sa_type=UTC_TIME)


class UsedToken(PlatformTable, table=True):
    """A service token that changed something, so that it changes nothing twice."""

    __tablename__ = "used_token"

    issuer: str = Field(primary_key=True)
    token_id: UUID = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UTC_TIME, index=True)


class ApiClient(PlatformTable, table=True):
    """An organisation outside that may call an API, such as a hosting company."""

    __tablename__ = "api_client"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str = Field(unique=True)
    created_at: datetime = Field(sa_type=UTC_TIME)
    disabled_at: datetime | None = Field(default=None, sa_type=UTC_TIME)


class ApiKey(PlatformTable, table=True):
    """A key of a client; at most two are live, so that one can be replaced without a gap."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True)
    client_id: UUID = Field(foreign_key="api_client.id", index=True, ondelete="CASCADE")
    secret_hash: bytes = Field(sa_type=LargeBinary)
    # Scopes separated by one space, as in OAuth 2 (RFC 6749 section 3.3).
    scope: str
    created_at: datetime = Field(sa_type=UTC_TIME)
    expires_at: datetime = Field(sa_type=UTC_TIME)
    revoked_at: datetime | None = Field(default=None, sa_type=UTC_TIME)
