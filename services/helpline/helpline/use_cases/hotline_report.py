"""Handing addresses in to the hotline: the addresses, and nothing else of a contact (H-15)."""

import json
from datetime import timedelta
from uuid import UUID

from shared.contracts.hotline import ADDRESSES_HANDED_IN, HandedInAddresses
from shared.domain.errors import Invalid
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.removal_notice import check_addresses
from helpline.domain.role import Permission
from helpline.queries.contact import contact
from helpline.queries.follow_up import hotline_reports_to_erase
from helpline.tables import HotlineReport

HOTLINE = "hotline"
ADDRESSES = "hotline_report.addresses"
# Until then the outbox may send again what the hotline has but we do not know of.
KEPT_AFTER_DELIVERY = timedelta(days=1)
MOST_AT_ONCE = 200


def hand_in(
    work: UnitOfWork,
    contact_id: UUID,
    addresses: tuple[str, ...],
    report_id: UUID,
    *,
    agreed: bool,
) -> HotlineReport:
    """Hand addresses in to the hotline; the same id again is the same report.

    Raises NotFound, Invalid: not agreed to, or what is not a whole address.
    """
    work.require(Permission.ANSWER_CONTACTS)
    contact(work.session, contact_id, held=True)
    known = work.session.get(HotlineReport, report_id)
    if known is not None and known.contact_id == contact_id:
        return known
    check_addresses(addresses)
    if not agreed:
        raise Invalid("agreement_missing", fields=("agreed",))
    report = HotlineReport(
        id=report_id,
        contact_id=contact_id,
        sealed_addresses=work.vault.seal(report_id, ADDRESSES, report_id, json.dumps(addresses)),
        address_count=len(addresses),
        handed_in_at=work.now,
    )
    work.session.add(report)
    work.record("hotline_report.handed_in", report.id, addresses=len(addresses))
    work.announce(ADDRESSES_HANDED_IN, HOTLINE, report.id)
    return report


def handed_in_addresses(work: UnitOfWork, report_id: UUID) -> HandedInAddresses | None:
    """What goes to the hotline; None when there is nothing to send any more."""
    report = work.session.get(HotlineReport, report_id)
    if report is None or report.erased_at:
        return None
    opened = work.vault.open(report.id, ADDRESSES, report.id, report.sealed_addresses)
    return HandedInAddresses(addresses=json.loads(opened))


def note_taken(work: UnitOfWork, report_id: UUID) -> None:
    work.session.get_one(HotlineReport, report_id).taken_at = work.now


def note_refused(work: UnitOfWork, report_id: UUID) -> None:
    """The hotline does not take it, or could not be reached for days: a person has to look."""
    report = work.session.get_one(HotlineReport, report_id)
    if report.taken_at is None:
        report.refused_at = work.now


def erase_hotline_reports(work: UnitOfWork) -> None:
    """Destroy the addresses that the hotline has, or does not want."""
    due = work.now - KEPT_AFTER_DELIVERY
    for report in hotline_reports_to_erase(work.session, due, MOST_AT_ONCE):
        work.vault.erase(report.id)
        report.sealed_addresses, report.erased_at = b"", work.now
        work.record("hotline_report.erased", report.id)
