"""Looking whether illegal content is still online, by the published schedule and rule."""

from dataclasses import dataclass
from uuid import UUID

from shared.platform.unit_of_work import UnitOfWork

from hotline.domain.fetch import ProbeOutcome
from hotline.domain.online_check import Look, judge, next_egress, next_interval
from hotline.domain.policy import Policy
from hotline.domain.removal import CLOSED
from hotline.queries.removal import due_cases, locked_case, looks
from hotline.queries.url import picture_of, url
from hotline.tables import OnlineCheck, RemovalCase
from hotline.use_cases.ports import PageFetcher, Prober
from hotline.use_cases.removal import close_removal

CHECK_ONLINE = "hotline.check_online"
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ToProbe:
    """What was seen at an address, and from where it was looked at before."""

    address: str
    sha256: str | None
    pdq: str | None
    page_fingerprint: str
    known_ips: tuple[str, ...]
    looks: tuple[Look, ...]


def start_due_checks(work: UnitOfWork, policy: Policy) -> None:
    """Put every look that is due on the outbox; one that gets lost is due again soon."""
    for case in due_cases(work.session, work.now, MOST_AT_ONCE):
        case.next_check_at = work.now + policy.check_lease
        work.enqueue(CHECK_ONLINE, case.id)


def claim_check(work: UnitOfWork, case_id: UUID) -> ToProbe | None:
    """What to look at; None when the case is closed."""
    case = locked_case(work.session, case_id)
    if case.state in CLOSED:
        return None
    address = url(work.session, case.url_id)
    picture = picture_of(work.session, address)
    return ToProbe(
        address=address.address,
        sha256=picture.sha256 if picture else None,
        pdq=picture.pdq if picture else None,
        page_fingerprint=address.page_fingerprint,
        known_ips=tuple(address.ips),
        looks=_looks(work, case),
    )


def look(prober: Prober, fetcher: PageFetcher, message: ToProbe) -> ProbeOutcome:
    """Look once, from the vantage point used least; called outside any transaction."""
    return prober.probe(
        message.address,
        sha256=message.sha256,
        pdq=message.pdq,
        page_fingerprint=message.page_fingerprint,
        known_ips=message.known_ips,
        egress=next_egress(fetcher.egresses(), message.looks),
    )


def settle_check(work: UnitOfWork, case_id: UUID, outcome: ProbeOutcome, policy: Policy) -> None:
    """Store a look; close the case when the rule says that the content is gone."""
    case = locked_case(work.session, case_id)
    if case.state in CLOSED:
        return
    work.session.add(
        OnlineCheck(
            removal_case_id=case.id,
            at=work.now,
            egress=outcome.egress,
            state=outcome.state,
            cause=outcome.cause,
            ips=list(outcome.ips),
            http_status=outcome.http_status,
        )
    )
    work.session.flush()
    finding = judge(_looks(work, case), policy.offline_rule)
    case.missed_since = finding.since
    if finding.is_confirmed:
        close_removal(work, case, finding)
        return
    case.next_check_at = work.now + next_interval(
        work.now - case.opened_at, policy.schedule, is_suspected=finding.miss_count > 0
    )


def _looks(work: UnitOfWork, case: RemovalCase) -> tuple[Look, ...]:
    return tuple(
        Look(found.at, found.egress, found.state, found.cause)
        for found in looks(work.session, case.id)
    )
