"""A way back without an account: a code that is shown once and kept only as a slow hash (H-23).

16 decimal digits in four groups look like a number one may have on paper. Argon2id with 128 MiB
makes each guess cost about a third of a second; all guesses together stop after five failures a
minute, whoever makes them, so that no address has to be known. The salt is one per service,
derived from its master key, because a code must be found by its hash alone.
"""

import secrets
import threading
from datetime import datetime, timedelta

from argon2.low_level import Type, hash_secret_raw
from sqlalchemy.dialects.postgresql import insert

from shared.domain.errors import NotFound, TooMany
from shared.platform.account_tables import LoginThrottle
from shared.platform.contact.policy import ContactPolicy
from shared.platform.contact.tables import Conversation, ReturnCodeRow
from shared.platform.database import Sessions, plain_database_errors
from shared.platform.encryption import derive_key
from shared.platform.unit_of_work import UnitOfWork

DIGITS, GROUP = 16, 4
MEMORY_KIB, ROUNDS, LANES = 128 * 1024, 2, 1
HASH_BYTES = 32
MOST_FAILURES = 5
WINDOW = timedelta(minutes=1)

# A guess takes 128 MiB: more than two at once would be a way to exhaust the machine.
_at_once = threading.BoundedSemaphore(2)


class ReturnCodes:
    """The codes of one service. `sessions` count failures apart from the request that fails."""

    def __init__(self, sessions: Sessions, master_key: bytes) -> None:
        self._sessions = sessions
        self._salt = derive_key(master_key, "return codes")
        self._throttle = derive_key(master_key, "return code failures")

    def give(self, work: UnitOfWork, conversation: Conversation, policy: ContactPolicy) -> str:
        """A new code for a conversation; an older one of it works no more."""
        code = "".join(str(secrets.randbelow(10)) for _ in range(DIGITS))
        values = {
            "code_hash": self._hash(code),
            "created_at": work.now,
            "expires_at": work.now + policy.code_works_for,
        }
        row = insert(ReturnCodeRow).values(values | {"conversation_id": conversation.id})
        work.session.exec(
            row.on_conflict_do_update(index_elements=["conversation_id"], set_=values)
        )
        work.record("return_code.given", conversation.id)
        return " ".join(code[start : start + GROUP] for start in range(0, DIGITS, GROUP))

    def conversation_of(self, work: UnitOfWork, code: str) -> Conversation:
        """The conversation that gave this code. Raises NotFound, TooMany."""
        self._refuse_throttled(work.now)
        digits = "".join(character for character in code if character in "0123456789")
        found = None
        if len(digits) == DIGITS:
            found = work.session.get(ReturnCodeRow, self._hash(digits))
        if found is None or found.expires_at <= work.now:
            self._count_failure(work.now)
            raise NotFound("unknown_code")
        return work.session.get_one(Conversation, found.conversation_id)

    def _hash(self, digits: str) -> bytes:
        with _at_once:
            return hash_secret_raw(
                digits.encode(), self._salt, ROUNDS, MEMORY_KIB, LANES, HASH_BYTES, Type.ID
            )

    def _refuse_throttled(self, now: datetime) -> None:
        with plain_database_errors(), self._sessions() as session:
            row = session.get(LoginThrottle, self._throttle)
        if row and row.failures >= MOST_FAILURES and now - row.window_started_at < WINDOW:
            raise TooMany("slow_down", retry_after=WINDOW)

    def _count_failure(self, now: datetime) -> None:
        """In a transaction of its own: the refusal rolls the request's back."""
        with plain_database_errors(), self._sessions() as session, session.begin():
            values = {"name_hash": self._throttle, "failures": 0, "window_started_at": now}
            session.execute(insert(LoginThrottle).values(values).on_conflict_do_nothing())
            row = session.get_one(LoginThrottle, self._throttle, with_for_update=True)
            if now - row.window_started_at >= WINDOW:
                row.failures, row.window_started_at = 0, now
            row.failures += 1
