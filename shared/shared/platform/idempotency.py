"""Public writes that may be repeated: the same key gives the same answer and one effect.

The key's row lives in the transaction of the effect, so either both exist or neither. The rules
are those of draft-ietf-httpapi-idempotency-key-header-07: 400 without a key, 409 while the first
request still runs, 422 when the key comes with another body. Answers are kept for 24 hours.

    @router.post("/api/reports", status_code=201)
    def submit(intake: ReportIntake, key: RequiredKey, work: Work) -> ReportReceipt:
        return answers.once(
            work, Request("reports.submit", key, intake), ReportReceipt,
            lambda: submit_report(work, intake),
        )
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import Depends, Header
from sqlalchemy import delete, func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, select

from shared.contracts.contract import Contract
from shared.domain.errors import Conflict, Invalid, Malformed
from shared.platform.encryption import SecretBox, derive_key
from shared.platform.tables import IdempotencyKey
from shared.platform.unit_of_work import UnitOfWork

ANSWERS_ARE_KEPT = timedelta(hours=24)
UUID_TEXT = 36

Answer = TypeVar("Answer", bound=Contract)


def required_key(idempotency_key: Annotated[str | None, Header()] = None) -> UUID:
    """The header `Idempotency-Key`, a UUID in its usual text form. Raises Malformed."""
    if not idempotency_key:
        raise Malformed("idempotency_key_missing")
    try:
        if len(idempotency_key) == UUID_TEXT:
            return UUID(idempotency_key)
    except ValueError:
        pass
    raise Malformed("idempotency_key_malformed")


RequiredKey = Annotated[UUID, Depends(required_key)]


@dataclass(frozen=True, slots=True)
class Request:
    """What identifies a repeat: the route's name, the caller's key and the body."""

    route: str
    key: UUID
    body: Contract


class StoredAnswers:
    """Answers of one service, sealed under its master key."""

    def __init__(self, master_key: bytes) -> None:
        self._box = SecretBox(master_key, "stored answers")
        self._fingerprint_key = derive_key(master_key, "request fingerprints")

    def once(
        self,
        work: UnitOfWork,
        request: Request,
        answer: type[Answer],
        act: Callable[[], Answer],
    ) -> Answer:
        """The answer of `act`, or the stored one if this request was answered before.

        Raises Conflict while the first request still runs and Invalid for another body.
        """
        scope = f"{work.actor.kind}:{work.actor.id or work.actor.name}:{request.route}"
        place = f"{scope}:{request.key}"
        if not work.session.exec(select(_lock(place))).one():
            raise Conflict("request_in_flight", retry_after=timedelta(seconds=1))
        fingerprint = self._fingerprint(request.body)
        known = work.session.get(IdempotencyKey, (scope, request.key))
        if known is None:
            return self._act(work, (scope, request.key), fingerprint, act)
        if not hmac.compare_digest(known.fingerprint, fingerprint):
            raise Invalid("idempotency_key_reused")
        return answer.model_validate_json(self._box.open(known.sealed_answer, place))

    def _act(
        self,
        work: UnitOfWork,
        key: tuple[str, UUID],
        fingerprint: bytes,
        act: Callable[[], Answer],
    ) -> Answer:
        given = act()
        sealed = self._box.seal(given.model_dump_json().encode(), f"{key[0]}:{key[1]}")
        work.session.add(
            IdempotencyKey(
                route=key[0],
                key=key[1],
                fingerprint=fingerprint,
                sealed_answer=sealed,
                created_at=work.now,
            )
        )
        return given

    def _fingerprint(self, body: Contract) -> bytes:
        """Keyed, because the body of a short form could be guessed from a plain hash."""
        return hmac.digest(self._fingerprint_key, body.model_dump_json().encode(), hashlib.sha256)


def _lock(place: str) -> ColumnElement[bool]:
    """Held until the transaction ends, after its row is visible; never waited for."""
    number = int.from_bytes(hashlib.sha256(place.encode()).digest()[:8], signed=True)
    return func.pg_try_advisory_xact_lock(number)


def forget_old_answers(work: UnitOfWork) -> None:
    """Delete answers older than 24 hours."""
    too_old = work.now - ANSWERS_ARE_KEPT
    work.session.exec(delete(IdempotencyKey).where(col(IdempotencyKey.created_at) < too_old))
