"""An import is followed like any other change; a large one is read beside the checks."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.domain.entry import WithdrawalReason
from hashcheck.domain.partner_list import RollbackReason
from hashcheck.tables import Entry
from hashcheck.use_cases.check import Asked, check_hashes
from hashcheck.use_cases.entry import withdraw_entry
from hashcheck.use_cases.list_import import roll_back
from shared.contracts.hashcheck import Outcome
from shared.domain.content_hash import ContentHash, HashType
from shared.domain.errors import Unavailable
from shared.platform.database import session_factory
from sqlmodel import select

from infra.databases import ServiceDatabases
from tests.databases import DatabaseCopies, engine_on
from tests.hashcheck.hashes import item, picture, value
from tests.hashcheck.lists import Lists
from tests.hashcheck.partner import Partner, line
from tests.hashcheck.service import eventually


@pytest.fixture(scope="module")
def databases(database_copies: DatabaseCopies, worker_number: int) -> Iterator[ServiceDatabases]:
    with database_copies.copy("hashcheck", f"w{worker_number}_imports") as made:
        yield made


@pytest.fixture(scope="module")
def live_lists(databases: ServiceDatabases) -> Iterator[Lists]:
    with engine_on(databases.app) as engine:
        yield Lists(session_factory(engine))


@pytest.fixture
def partner(live_lists: Lists) -> Partner:
    """With a list of its own, of pictures of its own."""
    return Partner(live_lists, name=f"p-{uuid4().hex}")


def lines(partner: Partner, *seeds: object) -> list[dict[str, Any]]:
    return [line(f"{partner.name} {seed}") for seed in seeds]


@pytest.fixture
def index(partner: Partner) -> LiveIndex:
    """Ten changed entries are many; nothing follows by itself."""
    made = LiveIndex(partner.lists.sessions, most_added=10)
    made.refresh()
    return made


def known(index: LiveIndex, partner: Partner, seed: object, since: int = 0) -> bool:
    asked = Asked.of([item(md5(partner, seed))], since)
    [outcome] = check_hashes(index.snapshot, asked).outcomes
    return outcome is Outcome.MATCH


@pytest.mark.requirement("HC-LIVE-1")
def test_a_small_import_and_its_rollback_are_followed_at_once(
    partner: Partner, index: LiveIndex
) -> None:
    first = partner.sends(1, *lines(partner, 1, 2))
    index.refresh()
    assert known(index, partner, 1)
    assert known(index, partner, 2)
    assert index.snapshot.version == first.list_version
    # Asked what is new since the version before, an import is new.
    assert known(index, partner, 1, first.list_version - 1)
    assert not known(index, partner, 1, first.list_version)
    second = partner.sends(2, *lines(partner, 1, 2, 3))
    index.refresh()
    assert known(index, partner, 3)
    partner.lists.do(
        partner.lists.first, lambda work: roll_back(work, second.id, RollbackReason.KEY_LEAKED)
    )
    index.refresh()
    assert [known(index, partner, seed) for seed in (1, 2, 3)] == [True, True, False]


@pytest.mark.requirement("HC-LIVE-2")
def test_while_a_large_import_is_read_checks_go_on_and_withdrawals_do_not_wait(
    partner: Partner, index: LiveIndex
) -> None:
    lists = partner.lists
    wrong, right = picture(uuid4()), picture(uuid4())
    wrong_id = lists.listed(wrong)
    index.refresh()
    before = index.snapshot.version
    made = partner.sends(1, *lines(partner, *range(30)))
    lists.listed(right)
    lists.do(
        lists.first, lambda work: withdraw_entry(work, wrong_id, WithdrawalReason.FALSE_POSITIVE)
    )

    index.refresh()

    assert index.snapshot.version == before
    assert check_hashes(index.snapshot, Asked.of([wrong[0]])).outcomes == [Outcome.NO_MATCH]
    assert not known(index, partner, 1)
    with pytest.raises(Unavailable, match="list_is_old"):
        index.refuse_future(made.list_version)

    index.renew()
    index.refresh()

    assert index.snapshot.version == made.list_version + 2
    assert all(known(index, partner, n) for n in range(30))
    assert check_hashes(index.snapshot, Asked.of([right[0]])).outcomes == [Outcome.MATCH]
    assert check_hashes(index.snapshot, Asked.of([wrong[0]])).outcomes == [Outcome.NO_MATCH]


@pytest.mark.requirement("HC-LIVE-2")
def test_a_process_that_follows_reads_a_large_import_by_itself(partner: Partner) -> None:
    index = LiveIndex(partner.lists.sessions, every=0.02, most_added=10)
    index.start()
    try:
        made = partner.sends(1, *lines(partner, *range(30)))
        assert eventually(lambda: index.snapshot.version == made.list_version)
        assert known(index, partner, 29)
        begun = time.monotonic()
        partner.lists.do(
            partner.lists.first,
            lambda work: roll_back(work, made.id, RollbackReason.WRONG_ENTRIES),
        )
        assert eventually(lambda: not known(index, partner, 29))
        # source: threat 10 of the research.
        assert time.monotonic() - begun < 60
    finally:
        index.stop()


@pytest.mark.requirement("HC-LIVE-2")
def test_of_many_entries_exactly_their_rows_are_found(partner: Partner, index: LiveIndex) -> None:
    partner.sends(1, *lines(partner, *range(8)))
    index.renew()
    index.refresh()
    with partner.lists.sessions() as session:
        refs = {entry.source_ref: entry.id for entry in session.exec(select(Entry))}
    gone = [refs[f"A-{partner.name} {n}"] for n in (1, 3, 5)]
    fewer = index.snapshot.index.amended((), gone)
    kept = {n: bool(fewer.hits(HashType.MD5, md5(partner, n).digest)) for n in range(8)}
    assert [n for n, is_known in kept.items() if not is_known] == [1, 3, 5]


def md5(partner: Partner, seed: object) -> ContentHash:
    return value(HashType.MD5, f"partner {partner.name} {seed}")
