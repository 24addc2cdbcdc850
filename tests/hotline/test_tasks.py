"""The hotline's tasks, applied from the relay: what follows from a report by itself."""

import json
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import pytest
from hotline.domain.fetch import OfflineCause
from hotline.domain.removal import RemovalState
from hotline.domain.report import ReportState
from hotline.domain.takedown import MailOutcome, MailState
from hotline.domain.url import UrlState
from hotline.queries.report import report_by_receipt
from hotline.tables import NoticeMail, RemovalCase, Report, TakedownNotice, Url, ViewEvent
from hotline.tasks import tasks
from hotline.use_cases.assessment import claim_next, decide
from hotline.use_cases.hosting import load_networks
from hotline.use_cases.report import receive_report
from shared.contracts.hashcheck import DistanceBand, HashCandidate
from shared.contracts.hotline import ReportIntake
from shared.domain.content_hash import HashType
from shared.domain.references import receipt_hash
from shared.platform.tables import Outbox

from tests.hotline.inside import ADA, Hotline
from tests.hotline.outside import Killed, Machinery, World, working
from tests.hotline.pages.cases import NETWORKS, known
from tests.hotline.use_cases.test_desk import FOUND_ILLEGAL

PAGE = "https://forum.example/thread/1"
KNOWN, OTHER = "https://forum.example/known.png", "https://forum.example/other.png"
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> World:
    """A page with two pictures, one of which is listed as the same file."""
    listed = {sha256(KNOWN.encode()).hexdigest(): known(DistanceBand.EXACT, HashType.SHA256)}
    return World(pages={PAGE: (KNOWN, OTHER)}, listed=listed)


@pytest.fixture
def machinery(hotline: Hotline, world: World) -> Iterator[Machinery]:
    hotline.do(load_networks, NETWORKS)
    with working(hotline, world) as found:
        yield found


def report(hotline: Hotline, *addresses: str) -> Report:
    receipt = hotline.do(receive_report, ReportIntake(addresses=list(addresses)))
    return hotline.ask(report_by_receipt, receipt_hash(receipt.code))


def url(hotline: Hotline, address: str) -> Url:
    return next(found for found in hotline.rows(Url) if found.address == address)


def parked(hotline: Hotline) -> list[str]:
    return [row.task for row in hotline.rows(Outbox) if row.parked_at]


def test_every_task_that_is_put_has_somebody_who_does_it() -> None:
    assert tasks.names == [
        "announce:decision.reversed:hashcheck",
        "announce:hash.candidate:hashcheck",
        "hotline.check_online",
        "hotline.fetch_url",
        "hotline.forget_imagery",
        "hotline.look_up_hosting",
        "hotline.match_picture",
        "hotline.send_notice_mail",
    ]


@pytest.mark.requirement("HA-1")
@pytest.mark.requirement("NT-1")
def test_a_known_picture_is_noticed_within_15_minutes_without_anybody_looking(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    reported_at = hotline.clock()
    report(hotline, PAGE)
    machinery.run(15 * timedelta(minutes=1), step=timedelta(minutes=1))

    (letter,) = world.letters
    assert [item.address for item in letter.items] == [KNOWN]
    (notice,) = hotline.rows(TakedownNotice)
    assert notice.delivered_at is not None
    assert notice.delivered_at - reported_at <= timedelta(minutes=15)
    assert hotline.rows(ViewEvent) == []
    assert url(hotline, OTHER).state is UrlState.AWAITING_DECISION


@pytest.mark.requirement("OC-2")
def test_what_is_removed_closes_by_itself_and_is_forgotten_a_day_later(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    report(hotline, KNOWN)
    machinery.run(HOUR)
    world.gone.add(KNOWN)
    gone_at = hotline.clock()
    machinery.run(3 * HOUR)

    (case,) = hotline.rows(RemovalCase)
    assert (case.state, case.cause) == (RemovalState.CLOSED_REMOVED, OfflineCause.FILE_GONE)
    assert case.offline_at is not None
    assert timedelta(0) <= case.offline_at - gone_at <= HOUR
    imagery_id = url(hotline, KNOWN).imagery_id
    assert world.forgotten == []
    machinery.run(22 * HOUR, step=HOUR)
    assert world.forgotten == [imagery_id]
    assert url(hotline, KNOWN).imagery_id is None


@pytest.mark.requirement("HA-4")
def test_a_persons_verdict_is_announced_once_under_one_id(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    report(hotline, OTHER)
    machinery.run()
    held = hotline.do(claim_next, hotline.policy, by=ADA)
    assert held
    world.down.add("events")
    hotline.do(decide, held.id, FOUND_ILLEGAL, held.version, by=ADA)
    machinery.run(timedelta(minutes=5), step=timedelta(minutes=1))
    assert world.calls["events"] > 1
    world.down.clear()
    machinery.run(6 * HOUR, step=HOUR)

    (event,) = world.events
    assert (event.source, event.type) == ("hotline", "hash.candidate")
    candidate = HashCandidate.model_validate_json(json.dumps(event.payload))
    assert candidate.decided_by == ADA.id
    assert len(hotline.acts("event.delivered")) == 1


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize(
    ("down", "address", "state"),
    [
        ("fetcher", OTHER, UrlState.AWAITING_DECISION),
        ("hashcheck", KNOWN, UrlState.AWAITING_DECISION),
    ],
)
def test_what_stays_down_is_given_up_and_a_person_takes_over(
    hotline: Hotline, world: World, down: str, address: str, state: UrlState
) -> None:
    world.down.add(down)
    with working(hotline, world, attempts=3) as machinery:
        report(hotline, address)
        machinery.run(HOUR)
    assert world.calls[down] == 3
    assert len(parked(hotline)) == 1
    assert url(hotline, address).state is state


@pytest.mark.requirement("SEC-R4")
def test_when_the_registries_stay_down_people_see_the_case(hotline: Hotline, world: World) -> None:
    hotline.do(load_networks, NETWORKS)
    world.down.add("registry")
    with working(hotline, world, attempts=3) as machinery:
        report(hotline, KNOWN)
        machinery.run(HOUR)
    assert hotline.rows(RemovalCase)[0].state is RemovalState.CONTACT_REVIEW


@pytest.mark.requirement("SEC-R4")
@pytest.mark.parametrize("down", ["fetcher", "hashcheck", "registry", "mail"])
def test_what_was_down_for_a_while_only_delays(
    machinery: Machinery, hotline: Hotline, world: World, down: str
) -> None:
    world.down.add(down)
    report(hotline, KNOWN)
    machinery.run(HOUR)
    assert world.letters == []
    world.down.clear()
    machinery.run(3 * HOUR)
    assert len(world.letters) == 1
    assert parked(hotline) == []


@pytest.mark.requirement("NT-6")
def test_a_mail_server_that_is_down_for_a_day_uses_up_no_attempt(
    hotline: Hotline, world: World
) -> None:
    hotline.do(load_networks, NETWORKS)
    world.down.add("mail")
    with working(hotline, world, attempts=3) as machinery:
        report(hotline, KNOWN)
        machinery.run(24 * HOUR, step=HOUR)
        assert world.calls["mail"] > 20
        assert parked(hotline) == []
        world.down.clear()
        machinery.run(2 * HOUR, step=HOUR)
    (mail,) = hotline.rows(NoticeMail)
    assert (mail.state, mail.repeat_count, len(world.letters)) == (MailState.SENT, 0, 1)


@pytest.mark.requirement("SEC-R2")
@pytest.mark.requirement("NT-6")
def test_a_mail_whose_end_is_unknown_is_sent_once_more_after_a_quarter_and_then_left(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    world.mail_outcomes = [MailOutcome.UNCERTAIN] * 5
    report(hotline, KNOWN)
    machinery.run(24 * HOUR, step=timedelta(minutes=15))

    assert len(world.letters) == 2
    assert world.letters[0] == world.letters[1]
    assert hotline.rows(RemovalCase)[0].state is RemovalState.NOTICE_UNCERTAIN


@pytest.mark.requirement("SEC-R2")
def test_a_worker_that_dies_after_sending_repeats_one_mail_with_its_message_id(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    report(hotline, KNOWN)
    world.kills_after_sending = 1
    with pytest.raises(Killed):
        machinery.run(HOUR)
    machinery.run(HOUR)

    assert len(world.letters) == 2
    assert {letter.message_id for letter in world.letters} == {world.letters[0].message_id}
    (mail,) = hotline.rows(NoticeMail)
    assert (mail.state, mail.repeat_count) == (MailState.SENT, 1)


@pytest.mark.requirement("SEC-R5")
def test_a_broker_that_forgets_everything_loses_nothing(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    received = report(hotline, KNOWN)
    for _ in range(3):
        published = machinery.lose()
        assert published
        hotline.clock.advance(timedelta(seconds=61))
    machinery.run(HOUR)
    assert len(world.letters) == 1
    assert hotline.row(Report, received.id).state is ReportState.PROCESSED


def test_a_task_that_is_published_twice_is_done_once(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    report(hotline, KNOWN)
    machinery.run(times=3)
    assert world.calls["fetcher"] == world.calls["hashcheck"] == 1
    machinery.run(HOUR, times=3)
    assert (world.calls["mail"], len(world.letters)) == (1, 1)


@pytest.mark.requirement("UR-4")
def test_what_came_back_is_noticed_again_by_itself(
    machinery: Machinery, hotline: Hotline, world: World
) -> None:
    report(hotline, KNOWN)
    machinery.run(HOUR)
    world.gone.add(KNOWN)
    machinery.run(3 * HOUR)
    world.gone.clear()
    report(hotline, KNOWN)
    machinery.run(HOUR)

    cases = sorted(hotline.rows(RemovalCase), key=lambda case: case.round)
    assert [case.state for case in cases] == [
        RemovalState.CLOSED_REMOVED,
        RemovalState.NOTICE_DELIVERED,
    ]
    assert len(world.letters) == 2
    assert hotline.rows(ViewEvent) == []
