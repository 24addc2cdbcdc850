"""The hotline's own figures, for the gateway to join."""

from datetime import datetime

from shared.contracts.hotline import HotlineFigures
from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.figures import check_period, hours_online
from hotline.queries import figures


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
