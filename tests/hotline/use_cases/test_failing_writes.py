"""Everything or nothing: every write of every step of the story fails once (SEC-R6)."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from hotline.domain.assessment import Choice, Decision
from hotline.domain.exposure import Profile
from hotline.domain.fetch import OfflineCause, ProbeOutcome, ProbeState
from hotline.domain.removal import RemovalState
from hotline.domain.report import ReportState
from hotline.domain.takedown import MailOutcome, MailState, NoticeState
from hotline.queries.url import pictures_on
from hotline.tables import (
    AbuseContact,
    NoticeMail,
    RemovalCase,
    Report,
    ReportUrl,
    TakedownNotice,
    Url,
    ViewEvent,
)
from hotline.use_cases.assessment import claim_next, decide
from hotline.use_cases.exposure import reveal
from hotline.use_cases.fetch import claim_fetch, settle_fetch
from hotline.use_cases.hash_match import settle_match
from hotline.use_cases.hosting import approve_contact, load_networks, settle_look_up
from hotline.use_cases.imagery import settle_forgetting
from hotline.use_cases.online_check import settle_check, start_due_checks
from hotline.use_cases.report import receive_report
from hotline.use_cases.takedown import claim_mail, give_up_mail, send_notice, settle_mail
from shared.contracts.hashcheck import DistanceBand
from shared.contracts.hotline import ReportIntake
from shared.domain.actor import SYSTEM, Actor
from shared.domain.content_hash import HashType
from shared.platform.database import session_factory
from shared.platform.tables import AuditEvent, Outbox
from shared.platform.unit_of_work import UnitOfWork

from tests.conftest import OwnDatabase
from tests.databases import engine_on
from tests.fakes import FrozenClock
from tests.hotline.domain.test_assessment import ILLEGAL
from tests.hotline.failing_writes import FailingWrites
from tests.hotline.inside import ADA, OFFICER, Hotline
from tests.hotline.pages.cases import HOME_IP, NETWORKS, known
from tests.hotline.use_cases.notices import another_contact
from tests.hotline.use_cases.test_fetch import gone, seen_page, seen_picture
from tests.hotline.use_cases.test_hosting import answer

PAGE, ONE, TWO = (
    "https://forum.example/thread/1",
    "https://forum.example/1.png",
    "https://forum.example/2.png",
)
SAME_FILE = known(DistanceBand.EXACT, HashType.SHA256)
LOOKS_ALIKE = known(DistanceBand.NEAR, HashType.PDQ)

pytestmark = pytest.mark.requirement("SEC-R6")


class Steps:
    """Does every step with each of its writes failing once before it succeeds."""

    def __init__(self, hotline: Hotline, failing: FailingWrites) -> None:
        self.hotline = hotline
        self.failing = failing
        self.writes: dict[str, int] = {}

    def __call__(self, act: Callable[..., object], *given: object, by: Actor = SYSTEM) -> None:
        writes = self.failing.at_every_step(lambda: self.hotline.do(act, *given, by=by))
        self.writes[act.__name__] = max(writes, self.writes.get(act.__name__, 0))


@pytest.fixture
def steps(database_to_change: OwnDatabase, clock: FrozenClock) -> Iterator[Steps]:
    databases = database_to_change("hotline")
    with (
        psycopg.connect(databases.owner, autocommit=True) as owner,
        engine_on(databases.app) as engine,
        engine_on(databases.keys) as keys,
    ):
        hotline = Hotline(session_factory(engine), session_factory(keys), clock)
        yield Steps(hotline, FailingWrites(owner))


def report(steps: Steps, *addresses: str) -> None:
    steps(receive_report, ReportIntake(addresses=list(addresses), note="een woord"))


def url_id(steps: Steps, address: str) -> UUID:
    return steps.hotline.cases().url_id(address)


def the_case(steps: Steps, address: str) -> RemovalCase:
    wanted = url_id(steps, address)
    return next(case for case in steps.hotline.rows(RemovalCase) if case.url_id == wanted)


def miss(steps: Steps, case_id: UUID, egress: str) -> None:
    outcome = ProbeOutcome(ProbeState.OFFLINE, OfflineCause.FILE_GONE, egress, (HOME_IP,), 404)
    steps(settle_check, case_id, outcome, steps.hotline.policy)
    steps.hotline.clock.advance(timedelta(minutes=15))


def test_the_story_from_report_to_removal_survives_a_failure_at_each_write(steps: Steps) -> None:
    hotline, policy = steps.hotline, steps.hotline.policy
    steps(load_networks, NETWORKS)
    report(steps, PAGE, ONE)
    steps(claim_fetch, url_id(steps, PAGE))
    steps(settle_fetch, url_id(steps, PAGE), seen_page(ONE, TWO), policy)
    steps(settle_fetch, url_id(steps, ONE), seen_picture(ONE), policy)
    steps(settle_match, url_id(steps, ONE), [SAME_FILE])
    steps(settle_match, url_id(steps, TWO), [LOOKS_ALIKE])
    steps(claim_next, policy, by=ADA)
    steps(reveal, url_id(steps, TWO), Profile.BLURRED, policy, by=ADA)
    version = hotline.row(Url, url_id(steps, TWO)).version
    decision = Decision(Choice.ILLEGAL, ILLEGAL)
    steps(decide, url_id(steps, TWO), decision, version, by=ADA)
    for address in (ONE, TWO):
        steps(settle_look_up, the_case(steps, address).id, {HOME_IP: answer()}, policy)
    (mail,) = hotline.rows(NoticeMail)
    steps(claim_mail, mail.id)
    steps(settle_mail, mail.id, MailOutcome.ACCEPTED, policy)
    steps(start_due_checks, policy)
    for address in (ONE, TWO):
        for egress in ("one", "two", "one"):
            miss(steps, the_case(steps, address).id, egress)
    imagery_id = hotline.row(Url, url_id(steps, TWO)).imagery_id
    steps(settle_forgetting, url_id(steps, TWO), imagery_id)

    assert_everything_happened_once(hotline)
    assert sum(steps.writes.values()) > 60
    assert all(writes > 0 for writes in steps.writes.values())


def assert_everything_happened_once(hotline: Hotline) -> None:
    (only,) = hotline.rows(Report)
    assert (only.state, len(hotline.rows(ReportUrl))) == (ReportState.PROCESSED, 2)
    assert len(hotline.rows(Url)) == 3
    notices = hotline.rows(TakedownNotice)
    assert [notice.state for notice in notices] == [NoticeState.DELIVERED] * 2
    assert [mail.state for mail in hotline.rows(NoticeMail)] == [MailState.SENT]
    assert len(hotline.rows(AbuseContact)) == len(hotline.rows(ViewEvent)) == 1
    cases = hotline.rows(RemovalCase)
    assert [case.state for case in cases] == [RemovalState.CLOSED_REMOVED] * 2
    events = [event.action for event in hotline.rows(AuditEvent)]
    for once in ("report.received", "url.claimed", "imagery.viewed", "takedown.mail_settled"):
        assert events.count(once) == 1
    for twice in ("removal.opened", "removal.closed", "takedown.notice_queued"):
        assert events.count(twice) == 2
    open_rows = [(row.task, row.subject) for row in hotline.rows(Outbox) if row.done_at is None]
    assert len(open_rows) == len(set(open_rows))


def test_what_goes_wrong_outside_survives_a_failure_at_each_write(steps: Steps) -> None:
    """Gone, refused, uncertain, given up: the other ends of the same steps."""
    hotline, policy = steps.hotline, steps.hotline.policy
    hotline.do(load_networks, NETWORKS)
    report(steps, TWO)
    for _ in range(2):
        steps(settle_fetch, url_id(steps, TWO), gone(), policy)
    case_id = hotline.cases().known_illegal(ONE)
    steps(settle_look_up, case_id, {HOME_IP: None}, policy)
    contact_id = another_contact(hotline, is_usable=False)
    steps(approve_contact, contact_id, policy, by=OFFICER)
    steps(send_notice, case_id, contact_id, policy, by=OFFICER)
    (mail,) = hotline.rows(NoticeMail)
    for outcome in (MailOutcome.LATER, MailOutcome.UNCERTAIN, MailOutcome.REFUSED):
        steps(claim_mail, mail.id)
        steps(settle_mail, mail.id, outcome, policy)

    assert [notice.state for notice in hotline.rows(TakedownNotice)] == [NoticeState.BOUNCED]
    assert hotline.row(RemovalCase, case_id).state is RemovalState.CONTACT_REVIEW
    assert hotline.row(AbuseContact, contact_id).is_usable is False
    steps(approve_contact, contact_id, policy, by=OFFICER)
    steps(send_notice, case_id, contact_id, policy, by=OFFICER)
    second = hotline.mail_of(case_id)
    steps(claim_mail, second)
    steps(give_up_mail, second)
    assert {notice.round for notice in hotline.rows(TakedownNotice)} == {1, 2}


def test_a_page_that_lists_its_pictures_is_linked_to_all_or_none(steps: Steps) -> None:
    report(steps, PAGE)
    steps(settle_fetch, url_id(steps, PAGE), seen_page(ONE, TWO), steps.hotline.policy)
    assert len(steps.hotline.ask(pictures_on, url_id(steps, PAGE))) == 2


def test_a_step_in_two_transactions_would_be_found_out(steps: Steps) -> None:
    def write(work: UnitOfWork, *actions: str) -> None:
        for action in actions:
            work.record(action)
            work.session.flush()

    def halves() -> None:
        steps.hotline.do(write, "first.half")
        steps.hotline.do(write, "second.half", "second.rest")

    with pytest.raises(AssertionError, match="the failure of write 2 left something"):
        steps.failing.at_every_step(halves)
