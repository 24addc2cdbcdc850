"""Clients that ask as if to learn what is listed: alarms, and holding back who goes on.

A client manager answers each alarm, and lets each client check again.
"""

from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from shared.domain.errors import Conflict, NotFound
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from hashcheck import queries
from hashcheck.domain.probing import AlarmAnswer, Asking, Probing, holds_back, probing_in
from hashcheck.domain.role import Permission
from hashcheck.tables import HeldClient, ProbeAlarm, WatchedHour

COUNTS = ("checked", "matched", "invalid", "sampled", "variants")


def judge_asking(work: UnitOfWork, client_id: UUID, seen: Asking, *, was_near: bool) -> None:
    """Add what was seen to the hour of the client, and raise what it shows.

    `was_near`: something was hit by looks and not exactly, so its distances are worth a look.
    """
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    asking = _add(work, client_id, hour, seen)
    if was_near:
        released_at = queries.last_release(work.session, client_id)
        since = max(hour, released_at) if released_at else hour
        distances = queries.most_distances(work.session, f"client:{client_id}", since)
        asking = replace(asking, distances=distances)
    for kind in probing_in(asking):
        _raise_alarm(work, client_id, kind, asking, hour)
        if holds_back(kind, asking):
            _hold_back(work, client_id, kind)


def acknowledge_alarm(work: UnitOfWork, alarm_id: UUID, answer: AlarmAnswer) -> None:
    """Say what became of an alarm. Raises NotFound, Conflict `not_awaiting_decision`."""
    work.require(Permission.EDIT_CLIENTS)
    alarm = queries.locked_alarm(work.session, alarm_id)
    if alarm.acknowledged_at is not None:
        raise Conflict("not_awaiting_decision")
    alarm.answer, alarm.acknowledged_by, alarm.acknowledged_at = answer, work.actor.id, work.now
    work.record("probe_alarm.acknowledged", alarm.client_id, reason=answer.value, kind=alarm.kind)


def let_check_again(work: UnitOfWork, client_id: UUID, answer: AlarmAnswer) -> None:
    """End the hold on a client, within a second in every process. Raises NotFound without one.

    What it asked before counts no more, or it would be held back again at once.
    """
    work.require(Permission.EDIT_CLIENTS)
    held = queries.held_client(work.session, client_id, for_update=True)
    if held is None:
        raise NotFound
    held.answer, held.released_by, held.released_at = answer, work.actor.id, work.now
    work.session.execute(delete(WatchedHour).where(col(WatchedHour.client_id) == client_id))
    work.record("client.released", client_id, reason=answer.value, kind=held.kind)


def _hold_back(work: UnitOfWork, client_id: UUID, kind: Probing) -> None:
    held = HeldClient(client_id=client_id, kind=kind, since=work.now)
    put = insert(HeldClient).values(held.model_dump()).on_conflict_do_nothing()
    if work.session.execute(put.returning(col(HeldClient.id))).first():
        work.record("client.held_back", client_id, kind=kind.value)


def _add(work: UnitOfWork, client_id: UUID, hour: datetime, seen: Asking) -> Asking:
    """What all processes together saw within the hour."""
    counts = {name: getattr(seen, name) for name in COUNTS}
    added = insert(WatchedHour).values(client_id=client_id, hour=hour, **counts)
    is_same_hour = col(WatchedHour.hour) == added.excluded.hour
    summed = {
        name: case(
            (is_same_hour, getattr(WatchedHour, name) + added.excluded[name]),
            else_=added.excluded[name],
        )
        for name in COUNTS
    }
    row = work.session.execute(
        added.on_conflict_do_update(
            index_elements=["client_id"], set_={"hour": added.excluded.hour, **summed}
        ).returning(*(getattr(WatchedHour, name) for name in COUNTS))
    ).one()
    return Asking(*row)


def _raise_alarm(
    work: UnitOfWork, client_id: UUID, kind: Probing, asking: Asking, hour: datetime
) -> None:
    """Once an hour per client and kind, and not while one is open."""
    if queries.was_raised(work.session, client_id, kind, hour):
        return
    alarm = ProbeAlarm(client_id=client_id, kind=kind, raised_at=work.now, **asdict(asking))
    put = insert(ProbeAlarm).values(alarm.model_dump()).on_conflict_do_nothing()
    if work.session.execute(put.returning(col(ProbeAlarm.id))).first():
        work.record("probe_alarm.raised", client_id, kind=kind.value, **asdict(asking))
