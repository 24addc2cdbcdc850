"""Addresses: taking them in once, sending them on their way, and concluding them."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from hotline.domain.assessment import DecidedBy, Verdict, verdict_of_page
from hotline.domain.labels import LAW_VERSION, SCHEMA_VERSION, Labels, national_verdict
from hotline.domain.removal import needs_own_case
from hotline.domain.report import ReportState
from hotline.domain.url import Priority, UrlState, is_looked_at_again
from hotline.domain.web_address import WebAddress, may_be_fetched
from hotline.queries.assessment import last_assessment
from hotline.queries.removal import has_open_case
from hotline.queries.report import open_reports_naming, unfinished
from hotline.queries.url import pages_of_picture, pictures_on, urls_by_key
from hotline.tables import Assessment, Url
from hotline.use_cases.imagery import forget_later
from hotline.use_cases.removal import open_removal, stop_notices

FETCH_URL = "hotline.fetch_url"


@dataclass(frozen=True, slots=True)
class TakenUrls:
    """Rows for addresses by key; `new_keys` are those never seen before."""

    by_key: dict[bytes, Url]
    new_keys: frozenset[bytes]


def take_urls(
    work: UnitOfWork, addresses: Iterable[WebAddress], priority: Priority, state: UrlState
) -> TakenUrls:
    """One row per canonical address, made now or long ago, held until the transaction ends.

    The same address in two transactions at once is still one row: the key is unique.
    """
    distinct = {address.key: address for address in addresses}
    if not distinct:
        return TakenUrls({}, frozenset())
    rows = [_new_url(distinct[key], priority, state, work.now) for key in sorted(distinct)]
    made = work.session.exec(
        insert(Url)
        .values([row.model_dump() for row in rows])
        .on_conflict_do_nothing(index_elements=["key"])
        .returning(col(Url.key))
    )
    new_keys = frozenset(key for (key,) in made)
    return TakenUrls({url.key: url for url in urls_by_key(work.session, list(distinct))}, new_keys)


def start_url(work: UnitOfWork, url: Url) -> None:
    """Send a new address to the fetcher; one that may not be fetched, to a person."""
    if may_be_fetched(url.obstacle):
        url.state = UrlState.TO_FETCH
        work.enqueue(FETCH_URL, url.id)
    else:
        url.fetch_code = url.obstacle.value
        await_decision(work, url)


def look_again(work: UnitOfWork, url: Url) -> None:
    """Take back the verdict of an address until it is known what stands there now (UR-4)."""
    url.verdict, url.decided_by, url.decided_at = Verdict.UNDECIDED, None, None
    url.fetch_count, url.picture_id = 0, None
    work.record("url.looked_at_again", url.id)


def is_to_be_looked_at(work: UnitOfWork, url: Url) -> bool:
    """Whether this address was decided and has to be judged anew when it is met again."""
    return url.state is UrlState.DECIDED and is_looked_at_again(
        url.verdict, url.role, has_open_case=has_open_case(work.session, url.id)
    )


def await_decision(work: UnitOfWork, url: Url) -> None:
    """Queue an address for a person."""
    url.state = UrlState.AWAITING_DECISION
    url.queued_at = work.now
    url.version += 1


@dataclass(frozen=True, slots=True)
class Ruling:
    """What was decided and on whose word; `entry_id` names the listed entry that was copied."""

    verdict: Verdict
    decided_by: DecidedBy
    labels: Labels
    entry_id: UUID | None = None


def rule(work: UnitOfWork, url: Url, ruling: Ruling) -> Assessment:
    """Conclude an address without a person."""
    assessment = new_assessment(url, ruling.labels, work.now)
    assessment.verdict = ruling.verdict
    assessment.decided_by = ruling.decided_by
    assessment.entry_id = ruling.entry_id
    work.record("url.decided", url.id, reason=ruling.verdict.value, by=ruling.decided_by.value)
    conclude(work, url, assessment)
    return assessment


def conclude(work: UnitOfWork, url: Url, assessment: Assessment) -> None:
    """Store the final verdict of an address and everything that follows from it.

    An illegal one starts its own removal case at once (CL-17); pages that waited for it and
    reports that name it are finished when it was the last.
    """
    _store_verdict(work, url, assessment)
    forget_later(work, url)
    if url.verdict is Verdict.ILLEGAL:
        open_removal(work, url, assessment.id)
    else:
        stop_notices(work, url.id)
    for page in pages_of_picture(work.session, url.id, UrlState.FOLLOWS_PICTURES):
        conclude_page(work, page)
    finish_reports(work, url.id)


def conclude_page(work: UnitOfWork, page: Url) -> None:
    """Give a page the verdict that follows from all its pictures, once all are decided."""
    pictures = pictures_on(work.session, page.id)
    verdict = verdict_of_page([picture.verdict for picture in pictures])
    if verdict is Verdict.UNDECIDED:
        return
    assessment = _page_assessment(work, page, verdict)
    _store_verdict(work, page, assessment)
    illegal_hosts = {seen.host for seen in pictures if seen.verdict is Verdict.ILLEGAL}
    if needs_own_case(page.host, illegal_hosts):
        open_removal(work, page, assessment.id)
    finish_reports(work, page.id)


def _page_assessment(work: UnitOfWork, page: Url, verdict: Verdict) -> Assessment:
    """The latest one when it says the same: looking again changes no figure."""
    latest = last_assessment(work.session, page.id)
    if latest is not None and latest.verdict is verdict:
        work.record("url.verdict_stands", page.id, reason=verdict.value)
        return latest
    made = new_assessment(page, Labels(), work.now)
    made.verdict = verdict
    work.record("url.decided", page.id, reason=verdict.value, by=DecidedBy.SYSTEM_RULE.value)
    return made


def begin_reports(work: UnitOfWork, url_id: UUID) -> None:
    """Mark reports that name an address as being worked on."""
    for report in open_reports_naming(work.session, url_id):
        report.state = ReportState.IN_PROGRESS


def finish_reports(work: UnitOfWork, url_id: UUID) -> None:
    """Mark the reports processed in which this was the last address without a verdict."""
    work.session.flush()
    reports = open_reports_naming(work.session, url_id)
    still_open = unfinished(work.session, [report.id for report in reports])
    for report in reports:
        if report.id not in still_open:
            report.state = ReportState.PROCESSED
            report.processed_at = work.now
            work.record("report.processed", report.id)


def _store_verdict(work: UnitOfWork, url: Url, assessment: Assessment) -> None:
    work.session.add(assessment)
    url.verdict = assessment.verdict
    url.decided_by = assessment.decided_by
    url.decided_at = assessment.decided_at
    url.state = UrlState.DECIDED
    url.claimed_by = url.claimed_until = None
    url.version += 1
    work.session.flush()


def new_assessment(url: Url, labels: Labels, now: datetime) -> Assessment:
    """An assessment of these labels by rule, to be given its verdict and its author."""
    facts = asdict(labels)
    age = facts.pop("age")
    return Assessment(
        url_id=url.id,
        picture_id=url.picture_id,
        verdict=Verdict.UNDECIDED,
        decided_by=DecidedBy.SYSTEM_RULE,
        decided_at=now,
        schema_version=SCHEMA_VERSION,
        law_version=LAW_VERSION,
        national_verdict=national_verdict(labels),
        age_min=age[0] if age else None,
        age_max=age[1] if age else None,
        **facts,
    )


def _new_url(address: WebAddress, priority: Priority, state: UrlState, now: datetime) -> Url:
    return Url(
        address=address.canonical,
        key=address.key,
        host=address.host,
        obstacle=address.obstacle,
        has_mixed_scripts=address.has_mixed_scripts,
        state=state,
        priority=priority,
        first_seen_at=now,
        queued_at=now,
    )
