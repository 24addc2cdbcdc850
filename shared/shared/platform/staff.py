"""Staff accounts: signing in with a password and a second factor, and what a session stands for.

Sessions are 256 random bits in a `__Host-` cookie; only their SHA-256 is stored. Rights are read
with every request, so that disabling an account works at once. Failed attempts are counted in
PostgreSQL, so that the limit holds while the volatile store is gone.
"""

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Table, bindparam, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import Conflict, Invalid, NotAuthenticated, NotFound, TooMany
from shared.platform.access import SignedIn
from shared.platform.account_tables import LoginThrottle, StaffAccount, StaffSession
from shared.platform.api_key import ClientDesk
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.encryption import SecretBox, derive_key
from shared.platform.passwords import hash_password, password_fits
from shared.platform.recovery import use_recovery_code
from shared.platform.second_factor import step_of
from shared.platform.unit_of_work import UnitOfWork

LONGEST_SESSION = timedelta(hours=8)
# A page that asks every few seconds is not written down each time; `idle` is much longer.
SEEN_TO = timedelta(seconds=15)
# source: security promise S6; counted per account over both factors.
MOST_FAILURES = 5
FAILURE_WINDOW = timedelta(minutes=5)
Roles = Mapping[str, frozenset[str]]


class _Known(NamedTuple):
    """A session with its account."""

    id: UUID
    name: str
    role: str
    disabled_at: datetime | None
    created_at: datetime
    last_seen_at: datetime
    second_factor_at: datetime | None
    ended_at: datetime | None


# Asked with every request, so they are built once.
_ACCOUNT: Table = StaffAccount.__table__  # type: ignore[attr-defined]
_SESSION: Table = StaffSession.__table__  # type: ignore[attr-defined]
_KNOWN = (
    select(
        *(_ACCOUNT.c[name] for name in _Known._fields[:4]),
        *(_SESSION.c[name] for name in _Known._fields[4:]),
    )
    .join_from(_SESSION, _ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account_id)
    .where(_SESSION.c.token_hash == bindparam("token"))
)
_SEEN = (
    update(_SESSION)
    .where(_SESSION.c.token_hash == bindparam("token"))
    .values(last_seen_at=bindparam("now"))
)


@dataclass(frozen=True, slots=True)
class NewAccount:
    """`name` is what somebody types to sign in; `role` is one of the service's roles."""

    name: str
    display_name: str
    role: str
    password: str
    totp_seed: str


@dataclass(frozen=True)
class StaffDesk:
    """The door of one service: makes accounts, signs people in, knows sessions.

    `idle` ends a session that was not used for so long.
    """

    service: str
    origin: str
    sessions: Sessions
    roles: Roles
    master_key: bytes
    idle: timedelta
    clients: ClientDesk | None = None
    clock: Clock = utc_now

    @property
    def cookie(self) -> str:
        return f"__Host-{self.service}"

    def create_account(self, work: UnitOfWork, new: NewAccount) -> UUID:
        """Raises Conflict for a taken name, Invalid for an unknown role or a weak password."""
        if new.role not in self.roles:
            raise Invalid("unknown_role", fields=("role",))
        if work.session.scalar(select(StaffAccount.id).where(col(StaffAccount.name) == new.name)):  # type: ignore[call-overload]
            raise Conflict("name_taken", fields=("name",))
        account = StaffAccount(
            name=new.name,
            display_name=new.display_name,
            role=new.role,
            password_hash=hash_password(new.password, name=new.name),
            created_at=work.now,
            password_changed_at=work.now,
        )
        account.sealed_totp_seed = self._seeds.seal(new.totp_seed.encode(), str(account.id))
        work.session.add(account)
        work.record("staff.account_created", account.id)
        return account.id

    def disable_account(self, work: UnitOfWork, account_id: UUID) -> None:
        """Ends every session with the next request. Raises NotFound, Conflict `own_account`."""
        if account_id == work.actor.id:
            raise Conflict("own_account")
        account = work.session.get(StaffAccount, account_id)
        if account is None:
            raise NotFound
        account.disabled_at = work.now
        work.record("staff.account_disabled", account_id)

    def sign_in(self, work: UnitOfWork, name: str, password: str) -> str:
        """A session token that may only give the second factor.

        Raises NotAuthenticated `wrong_credentials` alike for a wrong name and a wrong password,
        TooMany after too many failures.
        """
        self.refuse_throttled(name, work.now)
        account = work.session.scalar(select(StaffAccount).where(col(StaffAccount.name) == name))
        usable = account if account and account.disabled_at is None else None
        if not password_fits(password, usable.password_hash if usable else None) or not usable:
            self.count_failure(name, work.now)
            raise NotAuthenticated("wrong_credentials")
        return self._start_session(work, usable.id)

    def give_second_factor(self, work: UnitOfWork, token: str, code: str) -> str:
        """A new session token that may work; `code` is of the app or a recovery code.

        Raises NotAuthenticated, TooMany.
        """
        session, account = self._open_session(work, token)
        self.refuse_throttled(account.name, work.now)
        if not (self._takes_code(work, account, code) or use_recovery_code(work, account.id, code)):
            self.count_failure(account.name, work.now)
            raise NotAuthenticated("wrong_code")
        session.ended_at = work.now
        fresh = self._start_session(work, account.id, second_factor_at=work.now)
        work.record("staff.signed_in", account.id)
        return fresh

    def _takes_code(self, work: UnitOfWork, account: StaffAccount, code: str) -> bool:
        """One statement compares and stores the time step, so that one code cannot win twice."""
        seed = self._seeds.open(account.sealed_totp_seed or b"", str(account.id)).decode()
        step = step_of(seed, code, work.now)
        if step is None:
            return False
        taken = work.session.execute(
            update(StaffAccount)
            .where(col(StaffAccount.id) == account.id, col(StaffAccount.totp_last_step) < step)
            .values(totp_last_step=step)
            .returning(col(StaffAccount.id))
        )
        return taken.first() is not None

    def sign_out(self, work: UnitOfWork, token: str) -> None:
        session, account = self._open_session(work, token)
        session.ended_at = work.now
        work.record("staff.signed_out", account.id)

    def signed_in(self, session_token: str) -> SignedIn | None:
        """Who a cookie stands for, None when it stands for nobody any more."""
        now = self.clock()
        with plain_database_errors(), self.sessions() as session, session.begin():
            asked = {"token": _hash(session_token)}
            found = session.execute(_KNOWN, asked).first()
            known = _Known(*found) if found else None
            if known is None or not self._is_live(known, known, now):
                return None
            if now - known.last_seen_at >= SEEN_TO:
                session.execute(_SEEN, asked | {"now": now})
            permissions = self.roles.get(known.role, frozenset())
            actor = Actor(ActorKind.STAFF, known.name, known.id, permissions)
            return SignedIn(actor, self._csrf(session_token), known.second_factor_at is not None)

    def client_of(self, api_key: str, scope: str) -> Actor | None:
        return self.clients.client_of(api_key, scope) if self.clients else None

    @property
    def _seeds(self) -> SecretBox:
        return SecretBox(self.master_key, "second factor seeds")

    def _csrf(self, token: str) -> str:
        return hmac.new(self._form_key, token.encode(), sha256).hexdigest()

    @cached_property
    def _form_key(self) -> bytes:
        return derive_key(self.master_key, "form tokens")

    def _is_live(
        self, session: "StaffSession | _Known", account: "StaffAccount | _Known", now: datetime
    ) -> bool:
        return (
            session.ended_at is None
            and account.disabled_at is None
            and now - session.last_seen_at <= self.idle
            and now - session.created_at <= LONGEST_SESSION
        )

    def _open_session(self, work: UnitOfWork, token: str) -> tuple[StaffSession, StaffAccount]:
        session = work.session.get(StaffSession, _hash(token), with_for_update=True)
        account = work.session.get(StaffAccount, session.account_id) if session else None
        if session is None or account is None or not self._is_live(session, account, work.now):
            raise NotAuthenticated
        return session, account

    def _start_session(
        self, work: UnitOfWork, account_id: UUID, *, second_factor_at: datetime | None = None
    ) -> str:
        token = secrets.token_urlsafe(32)
        work.session.add(
            StaffSession(
                token_hash=_hash(token),
                account_id=account_id,
                created_at=work.now,
                last_seen_at=work.now,
                second_factor_at=second_factor_at,
            )
        )
        return token

    def _throttle_key(self, name: str) -> bytes:
        key = derive_key(self.master_key, "failed attempts")
        return hmac.new(key, name.lower().encode(), sha256).digest()

    def refuse_throttled(self, name: str, now: datetime) -> None:
        """Raises TooMany after too many wrong passwords and codes."""
        with plain_database_errors(), self.sessions() as session:
            row = session.get(LoginThrottle, self._throttle_key(name))
        if row and row.failures >= MOST_FAILURES and now - row.window_started_at < FAILURE_WINDOW:
            raise TooMany("too_many_attempts", retry_after=FAILURE_WINDOW)

    def count_failure(self, name: str, now: datetime) -> None:
        """In a transaction of its own: the refusal rolls the request's back."""
        key = self._throttle_key(name)
        with plain_database_errors(), self.sessions() as session, session.begin():
            session.execute(
                insert(LoginThrottle)
                .values(name_hash=key, failures=0, window_started_at=now)
                .on_conflict_do_nothing()
            )
            row = session.get(LoginThrottle, key, with_for_update=True)
            if row and now - row.window_started_at >= FAILURE_WINDOW:
                row.failures, row.window_started_at = 0, now
            if row:
                row.failures += 1


def forget_old_sign_ins(work: UnitOfWork) -> None:
    """Delete sessions that cannot be used any more, and attempts that are not counted any more."""
    over = col(StaffSession.created_at) < work.now - LONGEST_SESSION
    work.session.execute(delete(StaffSession).where(over))
    counted = col(LoginThrottle.window_started_at) < work.now - FAILURE_WINDOW
    work.session.execute(delete(LoginThrottle).where(counted))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
