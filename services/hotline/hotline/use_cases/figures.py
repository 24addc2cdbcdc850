"""The hotline's own figures, for the gateway to join."""

from datetime import datetime
from typing import Any

from shared.contracts.figures import ReleasedCount, YearFigures, months_begun, year_limits
from shared.contracts.hotline import HotlineFigures
from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.figures import RULE, check_period, hours_online
from hotline.queries import figures
from hotline.tables import Report, Url


def count_figures(work: UnitOfWork, since: datetime, until: datetime) -> HotlineFigures:
    """Count over [since, until). Raises Invalid."""
    check_period(since, until)
    session = work.session
    times = figures.times_online(session, since, until)
    hours = hours_online(times)
    return HotlineFigures(
        since=since,
        until=until,
        reports_received=figures.reports_received(session, since, until),
        reports_processed=figures.reports_processed(session, since, until),
        urls_received=figures.urls_received(session, since, until),
        urls_processed=figures.urls_processed(session, since, until),
        urls_illegal=figures.urls_illegal(session, since, until),
        urls_ai=figures.urls_ai(session, since, until),
        urls_removed=len(times),
        hours_online_median=hours.median,
        hours_online_mean=hours.mean,
    )


def release_figures(work: UnitOfWork, year: int) -> YearFigures:
    """The figures of a year as they may leave the hotline. Raises Invalid `bad_year`."""
    months, limits = months_begun(year, work.now), year_limits(year)

    def received(column: Any) -> list[int]:
        return figures.received_by_month(work.session, column, *limits, months)

    def decided(*conditions: Any) -> list[int]:
        return figures.decided_by_month(work.session, *limits, months, *conditions)

    volumes = {
        "hot_reports_incoming": received(Report.received_at),
        "hot_urls_incoming": received(Url.first_seen_at),
        "hot_reports_processed": received(Report.processed_at),
        "hot_urls_processed": decided(),
        "hot_urls_illegal": decided(figures.is_illegal()),
    }
    ai = RULE.release(decided(figures.is_illegal(), figures.is_ai()))
    return YearFigures(
        year=year,
        counts=[
            *(
                ReleasedCount(id=name, total=sum(cells), months=list(cells))
                for name, cells in volumes.items()
            ),
            ReleasedCount(id="hot_ai", total=ai.total, months=list(ai.cells)),
        ],
    )
