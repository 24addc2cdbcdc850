"""A client tells what it did with a hit; what it calls false is reviewed by a steward."""

from collections.abc import Sequence
from uuid import UUID

from shared.contracts.hashcheck import HitOutcome, HitReport, HitReportsTaken
from shared.domain.actor import ActorKind
from shared.domain.errors import Conflict, NotPermitted
from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert

from hashcheck import tables
from hashcheck.domain.entry import EntryState, WithdrawalReason
from hashcheck.domain.hit_report import Review
from hashcheck.domain.role import Permission
from hashcheck.queries.entry import locked_entry
from hashcheck.queries.hit_report import hit_by, open_reports
from hashcheck.use_cases.entry import withdraw_entry


def report_hits(work: UnitOfWork, reports: Sequence[HitReport]) -> HitReportsTaken:
    """Count what the client did; a report that came before changes nothing. Raises NotPermitted."""
    if work.actor.kind is not ActorKind.CLIENT or work.actor.id is None:
        raise NotPermitted
    caller = f"client:{work.actor.id}"
    known = hit_by(work.session, caller, {report.entry_id for report in reports})
    taken = [report for report in reports if report.entry_id in known]
    for report in taken:
        work.session.execute(
            insert(tables.HitReport)
            .values(
                id=report.id,
                caller=caller,
                entry_id=report.entry_id,
                outcome=report.outcome,
                because=report.because,
                reported_at=work.now,
                review=Review.OPEN if report.outcome is HitOutcome.FALSE else None,
            )
            .on_conflict_do_nothing()
        )
    unknown = [report.id for report in reports if report.entry_id not in known]
    return HitReportsTaken(taken=len(taken), unknown=unknown)


def keep_entry(work: UnitOfWork, entry_id: UUID) -> None:
    """The match was right: the entry stays listed. Raises Conflict `not_awaiting_decision`."""
    count = _review(work, entry_id, Review.KEPT)
    work.record("feedback.kept", entry_id, reports=count)


def withdraw_after_feedback(work: UnitOfWork, entry_id: UUID) -> None:
    """The entry was wrong: it comes off its list at once. Raises Conflict, NotFound."""
    count = _review(work, entry_id, Review.WITHDRAWN)
    # Another steward may have taken it off since it was reported.
    if locked_entry(work.session, entry_id).state is EntryState.LISTED:
        withdraw_entry(work, entry_id, WithdrawalReason.FALSE_POSITIVE)
    work.record("feedback.accepted", entry_id, reports=count)


def _review(work: UnitOfWork, entry_id: UUID, outcome: Review) -> int:
    work.require(Permission.DECIDE_ENTRIES)
    reports = open_reports(work.session, entry_id)
    if not reports:
        raise Conflict("not_awaiting_decision")
    for report in reports:
        report.review, report.reviewed_by, report.reviewed_at = outcome, work.actor.id, work.now
    return len(reports)
