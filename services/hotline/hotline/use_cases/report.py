"""Reports of citizens: receiving them, and telling their reporter how far they are."""

import json
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from shared.contracts.hotline import (
    HandedInAddresses,
    RefusedAddress,
    ReportIntake,
    ReportProgress,
    ReportReceipt,
    ReportStatus,
    ReportStatusQuestion,
)
from shared.domain.errors import Invalid, NotFound
from shared.domain.references import new_receipt_code, public_reference, receipt_hash
from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.report import (
    Origin,
    ReadAddresses,
    ReportState,
    check_contact,
    read_addresses,
)
from hotline.domain.role import Permission
from hotline.domain.url import Priority, UrlState
from hotline.queries.report import is_handed_over, report, report_by_receipt
from hotline.queries.url import pictures_on
from hotline.tables import Report, ReportUrl, Url
from hotline.use_cases.url import (
    TakenUrls,
    finish_reports,
    is_to_be_looked_at,
    look_again,
    start_url,
    take_urls,
)

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def receive_report(
    work: UnitOfWork, intake: ReportIntake, origin: Origin = Origin.PUBLIC_WEB
) -> ReportReceipt:
    """Take a report: each address once, each mention counted, everything typed sealed.

    Nothing about who sent it is kept but what they typed. Raises Invalid.
    """
    check_contact(intake.contact_email, anonymous=intake.anonymous)
    addresses = read_addresses(intake.addresses)
    priority = Priority.DANGER if intake.child_in_danger else Priority.PUBLIC
    code = new_receipt_code()
    received = _new_report(work, intake, addresses, origin, code)
    taken = take_urls(
        work, (found.address for found in addresses.occurrences), priority, UrlState.TO_FETCH
    )
    _store_occurrences(work, received, addresses, taken)
    for key, url in taken.by_key.items():
        if key in taken.new_keys:
            start_url(work, url)
        else:
            _join_known(work, url, priority)
    work.record(
        "report.received",
        received.id,
        occurrences=received.occurrence_count,
        addresses=len(taken.by_key),
        refused=received.refused_count,
    )
    finish_reports(work, next(iter(taken.by_key.values())).id)
    return ReportReceipt(
        code=code,
        occurrence_count=received.occurrence_count,
        address_count=len(taken.by_key),
        already_known_count=len(taken.by_key) - len(taken.new_keys),
        refused=[RefusedAddress(position=r.position, code=r.code) for r in addresses.refusals],
    )


def take_from_helpline(work: UnitOfWork, handed_in: HandedInAddresses) -> None:
    """Take what a worker of the helpline hands in: addresses, and nothing about anybody.

    Raises Invalid when there is one among them that cannot be taken; then none is.
    """
    if read_addresses(handed_in.addresses).refusals:
        raise Invalid("address_refused", fields=("addresses",))
    receive_report(work, ReportIntake(addresses=handed_in.addresses), Origin.HELPLINE)


def report_status(work: UnitOfWork, question: ReportStatusQuestion) -> ReportStatus:
    """How far a report is, for who holds its receipt; never what was decided.

    Raises NotFound; a mistyped code is not found either, so that nothing can be learned from it.
    """
    try:
        found = report_by_receipt(work.session, receipt_hash(question.code))
    except Invalid:
        raise NotFound from None
    return ReportStatus(
        progress=_progress(work, found), received_on=found.received_at.astimezone(AMSTERDAM).date()
    )


def read_reporter(work: UnitOfWork, report_id: UUID) -> tuple[str, str]:
    """The note and the contact address of a report, both empty when there is none.

    That they were read is recorded.
    """
    work.require(Permission.READ_REPORTER)
    found = report(work.session, report_id)
    work.record("report.reporter_read", found.id)
    return (
        _open(work, found, "report.note", found.sealed_note),
        _open(work, found, "report.contact", found.sealed_contact),
    )


def _new_report(
    work: UnitOfWork, intake: ReportIntake, addresses: ReadAddresses, origin: Origin, code: str
) -> Report:
    report_id = uuid4()

    def seal(column: str, text: str) -> bytes:
        return work.vault.seal(report_id, column, report_id, text) if text else b""

    received = Report(
        id=report_id,
        reference=public_reference("R", report_id),
        receipt_hash=receipt_hash(code),
        origin=origin,
        state=ReportState.RECEIVED,
        child_in_danger=intake.child_in_danger,
        occurrence_count=len(addresses.occurrences),
        refused_count=len(addresses.refusals),
        sealed_addresses=seal("report.addresses", json.dumps(intake.addresses)),
        sealed_note=seal("report.note", intake.note.strip()),
        sealed_contact=seal("report.contact", intake.contact_email or ""),
        received_at=work.now,
    )
    work.session.add(received)
    work.session.flush()
    return received


def _store_occurrences(
    work: UnitOfWork, received: Report, addresses: ReadAddresses, taken: TakenUrls
) -> None:
    for occurrence in addresses.occurrences:
        work.session.add(
            ReportUrl(
                report_id=received.id,
                url_id=taken.by_key[occurrence.address.key].id,
                position=occurrence.position,
                received_at=work.now,
            )
        )


def _join_known(work: UnitOfWork, url: Url, priority: Priority) -> None:
    """A known address gets no second task; what was closed is looked at again (UR-4)."""
    for named in (url, *pictures_on(work.session, url.id)):
        named.priority = min(named.priority, priority)
    if is_to_be_looked_at(work, url):
        look_again(work, url)
        start_url(work, url)


def _progress(work: UnitOfWork, found: Report) -> ReportProgress:
    if found.state is not ReportState.PROCESSED:
        in_progress = found.state is ReportState.IN_PROGRESS
        return ReportProgress.IN_PROGRESS if in_progress else ReportProgress.RECEIVED
    handed_over = is_handed_over(work.session, found.id)
    return ReportProgress.HANDED_OVER if handed_over else ReportProgress.ASSESSED


def _open(work: UnitOfWork, found: Report, column: str, sealed: bytes) -> str:
    return work.vault.open(found.id, column, found.id, sealed) if sealed else ""
