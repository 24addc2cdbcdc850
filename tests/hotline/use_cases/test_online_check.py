"""Looking by the published schedule, and closing by the published rule with cause and duration."""

from datetime import timedelta
from uuid import UUID

import pytest
from hotline.domain.fetch import FetchOutcome, OfflineCause, ProbeOutcome, ProbeState
from hotline.domain.removal import CLOSED, RemovalState
from hotline.queries.removal import looks
from hotline.tables import OnlineCheck, RemovalCase
from hotline.use_cases.online_check import (
    CHECK_ONLINE,
    claim_check,
    look,
    settle_check,
    start_due_checks,
)

from tests.hotline.inside import Hotline
from tests.hotline.pages.cases import HOME_IP

ONE, TWO = "https://forum.example/1.png", "https://forum.example/2.png"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ON, OFF, NOTHING = ProbeState.ONLINE, ProbeState.OFFLINE, ProbeState.UNKNOWN


def saw(
    hotline: Hotline,
    case_id: UUID,
    state: ProbeState,
    egress: str = "one",
    cause: OfflineCause = OfflineCause.FILE_GONE,
) -> RemovalCase:
    gone = cause if state is OFF else None
    outcome = ProbeOutcome(state, gone, egress, ips=(HOME_IP,), http_status=404 if gone else 200)
    hotline.do(settle_check, case_id, outcome, hotline.policy)
    return hotline.row(RemovalCase, case_id)


class Places:
    """Two places to look from, and a prober that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: dict[str, object] = {}

    def fetch(self, address: str, url_id: UUID) -> FetchOutcome:
        raise AssertionError

    def egresses(self) -> list[str]:
        return ["one", "two"]

    def probe(self, address: str, **known: object) -> ProbeOutcome:
        self.asked = {"address": address, **known}
        return ProbeOutcome(ON, None, str(known["egress"]))


@pytest.mark.requirement("OC-1")
def test_the_first_look_is_due_at_once_and_the_next_by_the_schedule(hotline: Hotline) -> None:
    case_id = hotline.cases().known_illegal(ONE)
    assert hotline.row(RemovalCase, case_id).next_check_at == hotline.clock()
    opened_at = hotline.clock()
    for after, wait in ((0, 15), (50, 15), (60, 60), (23 * 60, 60), (25 * 60, 240)):
        hotline.clock.now = opened_at + after * MINUTE
        assert saw(hotline, case_id, ON).next_check_at == hotline.clock() + wait * MINUTE


@pytest.mark.requirement("OC-1")
def test_what_is_due_is_put_on_the_outbox_and_is_due_again_if_that_gets_lost(
    hotline: Hotline,
) -> None:
    cases = hotline.cases()
    due, later = cases.known_illegal(ONE), cases.known_illegal(TWO)
    saw(hotline, later, ON)
    hotline.finish_outbox()
    hotline.do(start_due_checks, hotline.policy)

    assert set(hotline.waiting()) == {(CHECK_ONLINE, due)}
    assert hotline.row(RemovalCase, due).next_check_at == hotline.clock() + 5 * MINUTE
    hotline.do(start_due_checks, hotline.policy)
    assert len(hotline.waiting()) == 1
    hotline.clock.advance(5 * MINUTE)
    hotline.do(start_due_checks, hotline.policy)
    assert hotline.row(RemovalCase, due).next_check_at == hotline.clock() + 5 * MINUTE


def test_what_is_closed_is_not_looked_at(hotline: Hotline) -> None:
    cases = hotline.cases()
    case_id = cases.known_illegal(ONE)
    cases.gone(case_id)
    count = len(hotline.rows(OnlineCheck))
    hotline.finish_outbox()
    hotline.clock.advance(timedelta(days=60))
    hotline.do(start_due_checks, hotline.policy)

    assert hotline.waiting() == {}
    assert hotline.do(claim_check, case_id) is None
    saw(hotline, case_id, ON)
    assert len(hotline.rows(OnlineCheck)) == count


@pytest.mark.requirement("OC-3")
@pytest.mark.requirement("OC-5")
def test_a_look_compares_with_what_was_seen_and_where_it_was_hosted(hotline: Hotline) -> None:
    case_id = hotline.cases().known_illegal(ONE)
    order = hotline.do(claim_check, case_id)
    assert order is not None
    places = Places()
    look(places, places, order)

    assert places.asked["address"] == ONE
    assert len(str(places.asked["sha256"])) == len(str(places.asked["pdq"])) == 64
    assert places.asked["known_ips"] == (HOME_IP,)
    assert places.asked["egress"] == "one"


@pytest.mark.requirement("OC-2")
def test_looks_come_from_both_places_in_turn(hotline: Hotline) -> None:
    case_id, places, seen = hotline.cases().known_illegal(ONE), Places(), []
    for _ in range(4):
        order = hotline.do(claim_check, case_id)
        assert order is not None
        seen.append(look(places, places, order).egress)
        saw(hotline, case_id, OFF if len(seen) < 3 else ON, seen[-1])
    assert seen == ["one", "two", "one", "two"]


@pytest.mark.requirement("OC-2")
@pytest.mark.requirement("OC-8")
def test_gone_from_two_places_over_half_an_hour_closes_with_cause_and_duration(
    hotline: Hotline,
) -> None:
    reported_at = hotline.clock()
    case_id = hotline.cases().known_illegal(ONE)
    hotline.clock.advance(5 * HOUR)
    gone_at = hotline.clock()
    assert saw(hotline, case_id, OFF, "one").missed_since == gone_at
    hotline.clock.advance(15 * MINUTE)
    assert saw(hotline, case_id, OFF, "two").state is RemovalState.OPEN
    hotline.clock.advance(15 * MINUTE)
    case = saw(hotline, case_id, OFF, "one")

    assert case.state is RemovalState.CLOSED_BEFORE_NOTICE
    assert (case.cause, case.offline_at) == (OfflineCause.FILE_GONE, gone_at)
    assert case.closed_at == hotline.clock()
    (event,) = hotline.acts("removal.closed")
    assert (event.reason, event.facts) == ("file_gone", {"seconds": 5 * 3600})
    assert gone_at - reported_at == 5 * HOUR


@pytest.mark.requirement("OC-2")
@pytest.mark.parametrize(
    "row",
    [
        [(OFF, "one"), (OFF, "one"), (OFF, "one"), (OFF, "one")],
        [(OFF, "one"), (OFF, "two"), (ON, "one"), (OFF, "two")],
        [(OFF, "one"), (NOTHING, "two"), (NOTHING, "one"), (OFF, "two")],
    ],
    ids=["one place", "seen between", "two misses only"],
)
def test_less_than_that_closes_nothing(hotline: Hotline, row: list[tuple[ProbeState, str]]) -> None:
    case_id = hotline.cases().known_illegal(ONE)
    for state, egress in row:
        hotline.clock.advance(15 * MINUTE)
        case = saw(hotline, case_id, state, egress)
    assert case.state not in CLOSED


@pytest.mark.requirement("OC-2")
def test_a_site_that_comes_and_goes_stays_open(hotline: Hotline) -> None:
    case_id = hotline.cases().known_illegal(ONE)
    for number in range(12):
        hotline.clock.advance(15 * MINUTE)
        case = saw(hotline, case_id, ON if number % 3 == 2 else OFF, "one" if number % 2 else "two")
    assert case.state not in CLOSED
    assert case.missed_since is None


@pytest.mark.requirement("OC-1")
def test_what_was_missed_is_looked_at_soon_even_after_a_month(hotline: Hotline) -> None:
    case_id = hotline.cases().known_illegal(ONE)
    hotline.clock.advance(timedelta(days=40))
    assert saw(hotline, case_id, ON).next_check_at == hotline.clock() + timedelta(days=7)
    hotline.clock.advance(timedelta(days=7))
    assert saw(hotline, case_id, OFF).next_check_at == hotline.clock() + 15 * MINUTE


@pytest.mark.requirement("OC-5")
@pytest.mark.parametrize("cause", [OfflineCause.MOVED_IP, OfflineCause.DNS_GONE])
def test_the_cause_and_its_evidence_are_kept(hotline: Hotline, cause: OfflineCause) -> None:
    case_id = hotline.cases().known_illegal(ONE)
    for egress in ("one", "two", "one"):
        case = saw(hotline, case_id, OFF, egress, cause)
        hotline.clock.advance(15 * MINUTE)
    assert case.cause is cause
    (first, *_) = hotline.ask(looks, case_id)
    assert (first.cause, first.http_status, first.ips) == (cause, 404, [HOME_IP])


def test_who_was_notified_and_removed_closes_as_removed(hotline: Hotline) -> None:
    cases = hotline.cases()
    case_id = cases.known_illegal(ONE)
    cases.hosted(case_id)
    cases.mailed(hotline.mail_of(case_id))
    cases.gone(case_id)
    assert hotline.row(RemovalCase, case_id).state is RemovalState.CLOSED_REMOVED
