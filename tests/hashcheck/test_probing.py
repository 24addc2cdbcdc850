"""Probing is seen from counts, by a rule with its thresholds; nobody is accused by a machine."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hashcheck.adapters.matcher import Answered
from hashcheck.adapters.watch import Watch
from hashcheck.domain.check import RADIUS
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.listed import Found
from hashcheck.domain.probing import (
    FEWEST_CHECKED,
    FEWEST_SAMPLED,
    MOST_DISTANCES,
    AlarmAnswer,
    Asking,
    Probing,
    holds_back,
    probing_in,
)
from hashcheck.domain.role import AUDITOR, CLIENT_MANAGER
from hashcheck.queries.alarm import held_client
from hashcheck.tables import ProbeAlarm
from hashcheck.use_cases.check import ActiveList, Asked, Checked, Snapshot
from hashcheck.use_cases.counting import NewHit, store_checks
from hashcheck.use_cases.known_hashes import KnownHashes
from hashcheck.use_cases.probing import acknowledge_alarm, judge_asking, let_check_again
from shared.contracts.hashcheck import Outcome
from shared.domain.content_hash import HashType
from shared.domain.errors import Conflict, NotFound, NotPermitted
from sqlmodel import select

from tests.hashcheck.hashes import flipped, picture, value
from tests.hashcheck.lists import Lists, person

LIST = uuid4()
USUAL = Asking(checked=1_000_000, matched=9, invalid=200, sampled=50_000, variants=900, distances=6)


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.parametrize(
    ("asking", "kinds"),
    [
        (USUAL, []),
        (Asking(), []),
        (replace(USUAL, variants=25_000), [Probing.VARIANTS]),
        (Asking(checked=200, sampled=FEWEST_SAMPLED, variants=100), [Probing.VARIANTS]),
        (Asking(checked=199, sampled=FEWEST_SAMPLED - 1, variants=199), []),
        (replace(USUAL, distances=MOST_DISTANCES), []),
        (replace(USUAL, distances=MOST_DISTANCES + 1), [Probing.BORDER]),
        (Asking(checked=FEWEST_CHECKED, matched=100), [Probing.MATCHES]),
        (Asking(checked=FEWEST_CHECKED - 1, matched=FEWEST_CHECKED - 1), []),
        (Asking(checked=FEWEST_CHECKED, invalid=250), [Probing.INVALID]),
        (Asking(checked=FEWEST_CHECKED, invalid=249), []),
    ],
)
def test_the_rule_and_its_thresholds(asking: Asking, kinds: list[Probing]) -> None:
    assert probing_in(asking) == kinds


class Client:
    """A client whose questions are watched by several processes."""

    def __init__(self, lists: Lists, processes: int = 1) -> None:
        self.lists, self.id = lists, uuid4()
        self.watches = [Watch(lists.sessions, clock=lists.clock) for _ in range(processes)]
        classes = {LIST: ActiveList("offlimits", ListClass.ILLEGAL, 0)}
        self.snapshot = Snapshot(1, KnownHashes({}, RADIUS), classes)

    def ask(self, pdqs: list[bytes], found: list[Found] | None = None, process: int = 0) -> None:
        asked = Asked()
        asked.add_many(HashType.PDQ, b"".join(pdqs), len(pdqs))
        hits = {place: [hit] for place, hit in enumerate(found or [])}
        checked = Checked(self.snapshot, [Outcome.NO_MATCH] * len(pdqs), {}, hits, {})
        self.watches[process].add([Answered(f"client:{self.id}", asked, checked)])

    def look(self) -> None:
        for watch in self.watches:
            watch.flush()

    def is_held(self) -> bool:
        with self.lists.sessions() as session:
            return held_client(session, self.id) is not None

    def alarms(self) -> list[ProbeAlarm]:
        with self.lists.sessions() as session:
            return list(session.exec(select(ProbeAlarm).where(ProbeAlarm.client_id == self.id)))


def strangers(count: int, seed: int = 0) -> list[bytes]:
    return [value(HashType.PDQ, f"{seed}:{n}").digest for n in range(count)]


def variants(count: int, seed: int = 0) -> list[bytes]:
    """Of one picture nobody knows, each with three other bits turned."""
    origin = value(HashType.PDQ, seed)
    return [flipped(origin, {n % 256, n * 7 % 256, n * 31 % 256}).digest for n in range(count)]


@pytest.mark.requirement("HC-QUOTA-1")
@pytest.mark.requirement("SEC-T9")
def test_ten_thousand_variants_of_one_picture_raise_one_alarm_and_leave_no_hash(
    lists: Lists,
) -> None:
    client, asked = Client(lists), variants(10_000)
    for begin in range(0, len(asked), 1_000):
        client.ask(asked[begin : begin + 1_000])
        client.look()
    [alarm] = client.alarms()
    assert alarm.kind is Probing.VARIANTS
    assert client.is_held()
    assert alarm.variants >= alarm.sampled / 2
    assert not any(digest.hex() in repr(alarm) for digest in asked)


@pytest.mark.requirement("HC-QUOTA-1")
def test_many_pictures_that_have_nothing_in_common_raise_none(lists: Lists) -> None:
    client = Client(lists)
    for seed in range(4):
        client.ask(strangers(1_000, seed))
        client.look()
    client.ask(strangers(1_000, 3))
    client.look()
    assert client.alarms() == []


@pytest.mark.requirement("HC-QUOTA-1")
def test_probing_that_is_spread_over_processes_is_seen_by_all_of_them_together(
    lists: Lists,
) -> None:
    client = Client(lists, processes=3)
    for process in range(3):
        client.ask(variants(90, process), process=process)
    client.look()
    assert [alarm.kind for alarm in client.alarms()] == [Probing.VARIANTS]


@pytest.mark.requirement("HC-QUOTA-1")
def test_walking_along_the_border_of_a_match_raises_an_alarm(lists: Lists) -> None:
    client, entry_id = Client(lists), lists.listed(picture(uuid4()))
    found = [Found(n, HashType.PDQ, entry_id, LIST) for n in range(1, 18)]
    caller = f"client:{client.id}"
    hits = [NewHit(lists.clock(), caller, hit, 1) for hit in found]
    lists.do(person(CLIENT_MANAGER), lambda work: store_checks(work, {}, hits))
    client.ask(strangers(17), found)
    client.look()
    [alarm] = client.alarms()
    assert (alarm.kind, alarm.distances) == (Probing.BORDER, 17)


@pytest.mark.requirement("HC-QUOTA-1")
def test_what_is_listed_for_tests_may_be_matched_as_often_as_one_likes(lists: Lists) -> None:
    client = Client(lists)
    client.snapshot = Snapshot(
        1, KnownHashes({}, RADIUS), {LIST: ActiveList("public-test", ListClass.TEST, 0)}
    )
    client.ask(strangers(600), [Found(0, HashType.PDQ, uuid4(), LIST)] * 600)
    client.look()
    assert client.alarms() == []


@pytest.mark.requirement("SEC-T9")
@pytest.mark.parametrize(
    ("asking", "held"),
    [
        (Asking(checked=5_000, sampled=200, variants=180), 1),
        (Asking(checked=4_999, sampled=4_999, variants=4_999), 0),
        (Asking(checked=5_000, sampled=200, variants=179), 0),
        (Asking(distances=24), 1),
        (Asking(distances=23), 0),
        # A server full of what is listed is where checking helps most.
        (Asking(checked=1_000_000, matched=1_000_000), 0),
        (Asking(checked=1_000_000, invalid=1_000_000), 0),
    ],
)
def test_what_only_probing_does_holds_a_client_back_and_many_matches_never(
    asking: Asking, held: int
) -> None:
    assert sum(holds_back(kind, asking) for kind in probing_in(asking)) == held


@pytest.mark.requirement("SEC-T9")
def test_variants_of_a_test_picture_are_everybodys_to_try(lists: Lists) -> None:
    client, entry_id = Client(lists), uuid4()
    client.snapshot = Snapshot(
        1, KnownHashes({}, RADIUS), {LIST: ActiveList("public-test", ListClass.TEST, 0)}
    )
    for _ in range(8):
        client.ask(variants(1_000), [Found(3, HashType.PDQ, entry_id, LIST)] * 1_000)
        client.look()
    assert (client.alarms(), client.is_held()) == ([], False)


@pytest.mark.requirement("SEC-T9")
def test_a_manager_lets_a_client_check_again_and_what_it_asked_before_counts_no_more(
    lists: Lists,
) -> None:
    client, manager = Client(lists), person(CLIENT_MANAGER)
    for begin in range(6):
        client.ask(variants(1_000, begin))
        client.look()
    assert client.is_held()
    for other in (person(AUDITOR), person("list_steward")):
        with pytest.raises(NotPermitted):
            lists.do(other, lambda work: let_check_again(work, client.id, AlarmAnswer.OWN_TEST))
    lists.do(manager, lambda work: let_check_again(work, client.id, AlarmAnswer.EXPLAINED))
    with pytest.raises(NotFound):
        lists.do(manager, lambda work: let_check_again(work, client.id, AlarmAnswer.EXPLAINED))
    client.ask(variants(1_000))
    client.look()
    assert not client.is_held()
    told = [each.action for each in lists.audit(client.id)]
    assert told == ["probe_alarm.raised", "client.held_back", "client.released"]


@pytest.mark.requirement("SEC-T9")
def test_the_border_that_was_walked_before_a_release_counts_no_more(lists: Lists) -> None:
    client, entry_id = Client(lists), lists.listed(picture(uuid4()))
    found = [Found(n, HashType.PDQ, entry_id, LIST) for n in range(1, 28)]
    hits = [NewHit(lists.clock(), f"client:{client.id}", hit, 1) for hit in found]
    manager = person(CLIENT_MANAGER)
    lists.do(manager, lambda work: store_checks(work, {}, hits))
    client.ask(strangers(27), found)
    client.look()
    assert client.is_held()
    lists.clock.now += timedelta(seconds=1)
    lists.do(manager, lambda work: let_check_again(work, client.id, AlarmAnswer.OWN_TEST))
    client.ask(strangers(27), found)
    client.look()
    assert not client.is_held()


def alarm_of(lists: Lists, client_id: UUID) -> None:
    asking = Asking(checked=FEWEST_CHECKED, invalid=FEWEST_CHECKED)
    lists.do(
        person(CLIENT_MANAGER),
        lambda work: judge_asking(work, client_id, asking, was_near=False),
    )


@pytest.mark.requirement("HC-QUOTA-1")
def test_a_manager_answers_an_alarm_once_and_that_is_recorded(lists: Lists) -> None:
    client, manager = Client(lists), person(CLIENT_MANAGER)
    alarm_of(lists, client.id)
    [alarm] = client.alarms()
    for other in (person(AUDITOR), person("administrator")):
        with pytest.raises(NotPermitted):
            lists.do(other, lambda work: acknowledge_alarm(work, alarm.id, AlarmAnswer.OWN_TEST))
    lists.do(manager, lambda work: acknowledge_alarm(work, alarm.id, AlarmAnswer.EXPLAINED))
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        lists.do(manager, lambda work: acknowledge_alarm(work, alarm.id, AlarmAnswer.OWN_TEST))
    told = [(each.action, each.reason) for each in lists.audit(client.id)]
    assert told == [("probe_alarm.raised", ""), ("probe_alarm.acknowledged", "explained")]
    # Of the same hour nothing new is told; of the next one it is.
    alarm_of(lists, client.id)
    assert len(client.alarms()) == 1
    lists.clock.now += timedelta(hours=1)
    alarm_of(lists, client.id)
    assert len(client.alarms()) == 2
