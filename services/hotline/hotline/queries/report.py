"""Questions about reports: by receipt, by address, and lists for staff."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.domain.errors import NotFound
from sqlalchemy import ScalarSelect
from sqlmodel import Session, col, func, select

from hotline.domain.assessment import Verdict
from hotline.domain.takedown import NoticeState
from hotline.tables import RemovalCase, Report, ReportUrl, TakedownNotice, Url


@dataclass(frozen=True, slots=True)
class Mention:
    """An address of a report with how often the report names it."""

    url: Url
    count: int


def report(session: Session, report_id: UUID) -> Report:
    """Raises NotFound."""
    found = session.get(Report, report_id)
    if found is None:
        raise NotFound
    return found


def report_by_receipt(session: Session, receipt_hash: bytes) -> Report:
    """Raises NotFound."""
    found = session.exec(select(Report).where(Report.receipt_hash == receipt_hash)).one_or_none()
    if found is None:
        raise NotFound
    return found


def reports(session: Session, *, limit: int, before: datetime | None = None) -> list[Report]:
    """The newest reports first, those received before a moment when one is given."""
    newest = select(Report).order_by(col(Report.received_at).desc(), col(Report.id)).limit(limit)
    if before is not None:
        newest = newest.where(col(Report.received_at) < before)
    return list(session.exec(newest))


def mentions(session: Session, report_id: UUID) -> list[Mention]:
    """The distinct addresses of a report, in the order they were typed."""
    rows = session.exec(
        select(Url, func.count())
        .join(ReportUrl, col(ReportUrl.url_id) == col(Url.id))
        .where(ReportUrl.report_id == report_id)
        .group_by(col(Url.id))
        .order_by(func.min(ReportUrl.position), col(Url.address))
    )
    return [Mention(url, count) for url, count in rows]


def occurrence_count(session: Session, url_id: UUID) -> int:
    """How often an address was reported, in all reports together."""
    return session.exec(
        select(func.count()).select_from(ReportUrl).where(ReportUrl.url_id == url_id)
    ).one()


def reports_naming(session: Session, url_id: UUID) -> list[Report]:
    """Every report that names an address, newest first."""
    return list(
        session.exec(
            select(Report)
            .where(col(Report.id).in_(_naming(url_id)))
            .order_by(col(Report.received_at).desc())
        )
    )


def open_reports_naming(session: Session, url_id: UUID) -> list[Report]:
    """Unfinished reports that name an address, held until the end of the transaction.

    In the order of their ids, so that two transactions cannot wait for each other.
    """
    return list(
        session.exec(
            select(Report)
            .where(col(Report.id).in_(_naming(url_id)), col(Report.processed_at).is_(None))
            .order_by(col(Report.id))
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    )


def unfinished(session: Session, report_ids: Collection[UUID]) -> set[UUID]:
    """Those of the reports that still name an address without a final verdict."""
    return set(
        session.exec(
            select(ReportUrl.report_id)
            .join(Url, col(Url.id) == col(ReportUrl.url_id))
            .where(col(ReportUrl.report_id).in_(report_ids), Url.verdict == Verdict.UNDECIDED)
            .distinct()
        )
    )


def open_report_count(session: Session) -> int:
    """How many reports still name an address without a final verdict."""
    return session.exec(
        select(func.count()).select_from(Report).where(col(Report.processed_at).is_(None))
    ).one()


def is_handed_over(session: Session, report_id: UUID) -> bool:
    """Whether a notice about an address of this report was delivered."""
    delivered = (
        select(TakedownNotice.id)
        .join(RemovalCase, col(RemovalCase.id) == col(TakedownNotice.removal_case_id))
        .join(ReportUrl, col(ReportUrl.url_id) == col(RemovalCase.url_id))
        .where(ReportUrl.report_id == report_id, TakedownNotice.state == NoticeState.DELIVERED)
        .limit(1)
    )
    return session.exec(delivered).first() is not None


def _naming(url_id: UUID) -> ScalarSelect[UUID]:
    return select(ReportUrl.report_id).where(ReportUrl.url_id == url_id).scalar_subquery()
