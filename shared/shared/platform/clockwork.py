"""Recurring duties of a service: each runs once per period, however many relays there are."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select

from shared.domain.actor import SYSTEM
from shared.platform.clock import Clock, utc_now
from shared.platform.database import Sessions
from shared.platform.encryption import CaseVault
from shared.platform.failure import code_of, place_of
from shared.platform.tables import Clock as ClockRow
from shared.platform.unit_of_work import UnitOfWork, open_work

LONGEST_PAUSE_AFTER_FAILURE = timedelta(minutes=1)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Clockwork:
    """`run` is one use case and one transaction; it happens every `every`."""

    name: str
    every: timedelta
    run: Callable[[UnitOfWork], None]


def run_due_clocks(
    sessions: Sessions,
    clocks: Sequence[Clockwork],
    *,
    clock: Clock = utc_now,
    vault: CaseVault | None = None,
) -> None:
    """Run what is due. One that fails is logged and tried again within a minute."""
    with open_work(sessions, SYSTEM, clock=clock) as work:
        due = select(ClockRow.name).where(col(ClockRow.due_at) <= work.now)
        names = set(work.session.exec(due))
    for duty in clocks:
        if duty.name not in names:
            continue
        try:
            with open_work(sessions, SYSTEM, clock=clock, vault=vault) as work:
                _run_if_due(work, duty)
        except Exception as error:  # noqa: BLE001  one failing duty must not stop the others
            log.warning("clock_failed", clock=duty.name, code=code_of(error), place=place_of(error))
            with open_work(sessions, SYSTEM, clock=clock) as work:
                pause = min(duty.every, LONGEST_PAUSE_AFTER_FAILURE)
                work.session.get_one(ClockRow, duty.name).due_at = work.now + pause


def _run_if_due(work: UnitOfWork, duty: Clockwork) -> None:
    due = work.session.exec(
        select(ClockRow).where(ClockRow.name == duty.name).with_for_update(skip_locked=True)
    ).one_or_none()
    if due is None or due.due_at > work.now:
        return
    due.due_at = work.now + duty.every
    duty.run(work)


def know_clocks(sessions: Sessions, clocks: Sequence[Clockwork], *, clock: Clock = utc_now) -> None:
    """Write down clocks that are new, due at once."""
    with open_work(sessions, SYSTEM, clock=clock) as work:
        for duty in clocks:
            row = insert(ClockRow).values(name=duty.name, due_at=work.now)
            work.session.exec(row.on_conflict_do_nothing())
