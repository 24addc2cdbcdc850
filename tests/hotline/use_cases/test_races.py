"""Two people, or a person and a clock, at the same moment: real transactions that overlap."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import pytest
from hotline.domain.assessment import BadTransition, Choice, Decision
from hotline.domain.fetch import OfflineCause, ProbeOutcome, ProbeState
from hotline.domain.removal import CLOSED, RemovalState
from hotline.domain.takedown import AlreadyNotified, MailOutcome, MailState, NoticeState
from hotline.queries.removal import locked_case
from hotline.queries.takedown import notices_of
from hotline.tables import (
    AbuseContact,
    Assessment,
    NoticeMail,
    RemovalCase,
    Report,
    ReportUrl,
    TakedownNotice,
    Url,
)
from hotline.use_cases.assessment import claim_next, decide
from hotline.use_cases.hosting import settle_look_up
from hotline.use_cases.online_check import settle_check
from hotline.use_cases.report import receive_report
from hotline.use_cases.takedown import claim_mail, send_notice, settle_mail
from shared.contracts.hotline import ReportIntake
from shared.domain.actor import SYSTEM, Actor
from shared.domain.errors import DomainError
from shared.platform.tables import Outbox

from tests.hotline.inside import ADA, OFFICER, Hotline, staff
from tests.hotline.pages.cases import HOME_IP
from tests.hotline.use_cases.notices import another_contact
from tests.hotline.use_cases.test_hosting import answer, opened

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
IGNORED = Decision(Choice.IGNORE)


@pytest.fixture
def hotline(own_hotline: Hotline) -> Hotline:
    return own_hotline


@dataclass
class Held:
    """A transaction that has done its work and waits before its commit."""

    ready: threading.Event = field(default_factory=threading.Event)
    may_commit: threading.Event = field(default_factory=threading.Event)


@contextmanager
def held_before_commit(
    hotline: Hotline, act: Callable[..., object], *given: object, by: Actor = SYSTEM
) -> Iterator[Held]:
    """Run one use case up to its commit; it commits at the latest when the block ends."""
    held = Held()

    def run() -> None:
        with hotline.work(by) as work:
            act(work, *given)
            work.session.flush()
            held.ready.set()
            assert held.may_commit.wait(10)

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(run)
        assert held.ready.wait(10)
        try:
            yield held
        finally:
            held.may_commit.set()
            running.result()


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """What each did, or the refusal it met; all start together."""
    barrier = threading.Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        barrier.wait(10)
        try:
            return act()
        except DomainError as refused:
            return refused.code

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def released_when_waited_for(hotline: Hotline, held: Held, second: Callable[[], object]) -> object:
    """Start `second`, let the first commit once PostgreSQL shows it waiting, return its end."""
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(second)
        wait_until_blocked(hotline)
        held.may_commit.set()
        return running.result(10)


def wait_until_blocked(hotline: Hotline) -> None:
    pause = threading.Event()
    for _ in range(500):
        with hotline.work() as work:
            blocked = work.session.connection().exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if blocked.scalar_one():
                return
        pause.wait(0.02)
    raise AssertionError("nobody waits")


def refusal(act: Callable[[], object]) -> object:
    try:
        return act()
    except DomainError as refused:
        return type(refused)


@pytest.mark.requirement("CL-1")
def test_twenty_analysts_at_once_never_get_the_same_address(hotline: Hotline) -> None:
    cases = hotline.cases()
    addresses = {cases.awaiting(f"https://forum.example/{number}.png") for number in range(8)}

    def claiming(name: str) -> Callable[[], object]:
        def claim() -> object:
            taken = hotline.do(claim_next, hotline.policy, by=staff("analyst", name))
            return taken.id if taken else None

        return claim

    taken = Counter(at_once([claiming(f"analyst-{number}") for number in range(20)]))
    refused = taken.pop(None, 0) + taken.pop("busy", 0)
    assert set(taken) <= addresses
    assert max(taken.values()) == 1
    assert len(taken) + refused == 20
    assert len({url.claimed_by for url in hotline.rows(Url)} - {None}) == len(taken)


@pytest.mark.requirement("CL-1")
def test_what_one_is_taking_is_passed_over_by_the_other(hotline: Hotline) -> None:
    cases = hotline.cases()
    cases.awaiting(ONE)
    hotline.clock.advance(timedelta(minutes=1))
    second = cases.awaiting(TWO)
    with held_before_commit(hotline, claim_next, hotline.policy, by=ADA):
        taken = hotline.do(claim_next, hotline.policy, by=staff("analyst", "bob"))
    assert taken is not None
    assert taken.id == second


def test_an_address_is_decided_once_however_often_the_button_is_pressed(
    hotline: Hotline,
) -> None:
    url_id = hotline.cases().awaiting(ONE)
    held = hotline.do(claim_next, hotline.policy, by=ADA)
    assert held

    def press() -> object:
        return hotline.do(decide, url_id, IGNORED, held.version, by=ADA)

    with held_before_commit(hotline, decide, url_id, IGNORED, held.version, by=ADA) as first:
        second = released_when_waited_for(hotline, first, lambda: refusal(press))
    assert second is BadTransition
    assert len(hotline.rows(Assessment)) == 1


@pytest.mark.requirement("CL-1")
def test_what_is_being_decided_in_another_window_is_not_held_again(hotline: Hotline) -> None:
    url_id = hotline.cases().awaiting(ONE)
    held = hotline.do(claim_next, hotline.policy, by=ADA)
    assert held

    def next_one() -> object:
        return hotline.do(claim_next, hotline.policy, by=ADA)

    with held_before_commit(hotline, decide, url_id, IGNORED, held.version, by=ADA) as first:
        assert released_when_waited_for(hotline, first, next_one) is None
    assert hotline.row(Url, url_id).claimed_by is None


def test_two_officers_send_one_notice(hotline: Hotline) -> None:
    case_id = opened(hotline)
    hotline.do(settle_look_up, case_id, {HOME_IP: None}, hotline.policy)
    contact_id = another_contact(hotline)

    def send() -> object:
        return hotline.do(send_notice, case_id, contact_id, hotline.policy, by=OFFICER)

    args = (case_id, contact_id, hotline.policy)
    with held_before_commit(hotline, send_notice, *args, by=OFFICER) as first:
        second = released_when_waited_for(hotline, first, lambda: refusal(send))
    assert second is AlreadyNotified
    assert len(hotline.rows(TakedownNotice)) == len(hotline.rows(NoticeMail)) == 1


def test_two_first_notices_to_one_contact_share_a_mail(hotline: Hotline) -> None:
    """Neither is refused because the other was a moment earlier."""
    case_id, mail_id = a_notice(hotline)
    hotline.do(claim_mail, mail_id)
    hotline.cases().gone(case_id)
    first_id, second_id = opened(hotline, TWO), opened(hotline, ONE + "?3")
    found = {HOME_IP: answer()}

    def settle() -> object:
        hotline.do(settle_look_up, second_id, found, hotline.policy)
        return "settled"

    with held_before_commit(hotline, settle_look_up, first_id, found, hotline.policy) as first:
        end = released_when_waited_for(hotline, first, lambda: refusal(settle))
    assert end == "settled"
    assert hotline.mail_of(first_id) == hotline.mail_of(second_id) != mail_id


def a_notice(hotline: Hotline) -> tuple[UUID, UUID]:
    """A case with a notice, and the mail that collects it."""
    case_id = opened(hotline)
    hotline.do(settle_look_up, case_id, {HOME_IP: answer()}, hotline.policy)
    return case_id, hotline.mail_of(case_id)


def test_a_notice_that_comes_while_its_mail_is_written_goes_into_the_next(
    hotline: Hotline,
) -> None:
    _, mail_id = a_notice(hotline)
    second_id = opened(hotline, TWO)

    def settle() -> object:
        return hotline.do(settle_look_up, second_id, {HOME_IP: answer()}, hotline.policy)

    with held_before_commit(hotline, claim_mail, mail_id) as writing:
        released_when_waited_for(hotline, writing, settle)
    assert hotline.row(NoticeMail, mail_id).state is MailState.SENDING
    assert hotline.mail_of(second_id) != mail_id


def test_a_letter_and_the_cancelling_of_its_notice_agree(hotline: Hotline) -> None:
    """Whoever comes first: a notice is in a letter, or cancelled, never both."""
    case_id, mail_id = a_notice(hotline)
    cases = hotline.cases()

    with held_before_commit(hotline, claim_mail, mail_id) as writing:
        released_when_waited_for(hotline, writing, lambda: cases.gone(case_id))
    assert hotline.ask(notices_of, case_id)[0].state is NoticeState.QUEUED
    assert hotline.row(RemovalCase, case_id).state in CLOSED
    hotline.do(settle_mail, mail_id, MailOutcome.ACCEPTED, hotline.policy)
    assert hotline.ask(notices_of, case_id)[0].state is NoticeState.DELIVERED


def test_a_mail_and_a_removal_do_not_wait_for_each_other_in_a_circle(hotline: Hotline) -> None:
    """A removal that closes has its case and wants the mail; withholding a mail wants both too."""
    case_id, mail_id = a_notice(hotline)
    with hotline.work() as work:
        contact_id = work.session.get_one(NoticeMail, mail_id).contact_id
        work.session.get_one(AbuseContact, contact_id).is_usable = False
    for egress in ("one", "two"):
        hotline.cases().looked(case_id, ProbeState.OFFLINE, egress)
        hotline.clock.advance(timedelta(minutes=15))
    holds_case = threading.Event()

    def close() -> None:
        with hotline.work() as work:
            locked_case(work.session, case_id)
            holds_case.set()
            wait_until_blocked(hotline)
            outcome = ProbeOutcome(ProbeState.OFFLINE, OfflineCause.FILE_GONE, "one")
            settle_check(work, case_id, outcome, hotline.policy)

    def withhold() -> None:
        assert holds_case.wait(10)
        hotline.do(claim_mail, mail_id)

    assert at_once([close, withhold]) == [None, None]
    assert hotline.row(RemovalCase, case_id).state is RemovalState.CLOSED_BEFORE_NOTICE
    assert hotline.row(NoticeMail, mail_id).state is MailState.EMPTY


@pytest.mark.requirement("UR-3")
def test_eight_citizens_reporting_one_page_at_once_make_one_task(hotline: Hotline) -> None:
    def report() -> object:
        return hotline.do(receive_report, ReportIntake(addresses=[ONE, TWO]))

    ends = at_once([report] * 8)
    assert not [end for end in ends if isinstance(end, str)]
    assert (len(hotline.rows(Report)), len(hotline.rows(Url))) == (8, 2)
    assert len(hotline.rows(ReportUrl)) == 16
    assert len([row for row in hotline.rows(Outbox) if row.done_at is None]) == 2


@pytest.mark.requirement("UR-3")
def test_two_reports_naming_the_same_addresses_in_other_orders_both_come_in(
    hotline: Hotline,
) -> None:
    orders = [[ONE, TWO], [TWO, ONE]] * 3
    ends = at_once(
        [
            lambda order=order: hotline.do(receive_report, ReportIntake(addresses=order))  # type: ignore[misc]
            for order in orders
        ]
    )
    assert not [end for end in ends if isinstance(end, str)]
