"""The processes of one machine share the base of the index, and none is lost without it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hashcheck.adapters.live_index import LONGEST_READING, LiveIndex, _all_columns
from hashcheck.adapters.shared_bases import Base, Origin, SharedBases
from hashcheck.domain.check import RADIUS
from hashcheck.domain.listed import Listed
from hashcheck.use_cases.check import Asked, check_hashes
from hashcheck.use_cases.known_hashes import KnownHashes
from shared.contracts.hashcheck import CheckItem, Outcome
from shared.domain.content_hash import HashType
from shared.platform.database import session_factory
from sqlalchemy import text
from structlog.testing import capture_logs

from infra.databases import ServiceDatabases
from tests.databases import DatabaseCopies, TestServers, engine_on
from tests.hashcheck.hashes import picture, value
from tests.hashcheck.lists import Lists
from tests.hashcheck.many import digest, list_many
from tests.hashcheck.memory import mapped_below

ENTRIES = 10_000
# Forks, because three interpreters would each read the same modules; nothing of the list is known
# before.
PROCESSES = """
import os, sys
from pathlib import Path
from hashcheck.adapters.live_index import LiveIndex
from hashcheck.adapters.shared_bases import SharedBases
from hashcheck.matching import warm
from shared.platform.database import database_engine, session_factory

warm()
for _ in range(2):
    if os.fork() == 0:
        break
sessions = session_factory(database_engine(sys.argv[1]))
index = LiveIndex(sessions, bases=SharedBases(Path(sys.argv[2])), every=0.05)
index.start()
print(os.getpid(), index.snapshot.version, len(index.snapshot.index), flush=True)
sys.stdin.read()
os._exit(0)
"""
HOLDER = """
import sys, time
from pathlib import Path
from hashcheck.adapters.shared_bases import SharedBases

def make():
    Path(sys.argv[1], ".7-begun").mkdir()
    print("held", flush=True)
    time.sleep(60)

SharedBases(Path(sys.argv[1])).base(lambda origin: True, make)
"""


@pytest.fixture(scope="module")
def databases(database_copies: DatabaseCopies, worker_number: int) -> Iterator[ServiceDatabases]:
    with database_copies.copy("hashcheck", f"w{worker_number}_shared") as made:
        yield made


@pytest.fixture(scope="module")
def lists(databases: ServiceDatabases) -> Iterator[Lists]:
    with engine_on(databases.app) as engine:
        yield Lists(session_factory(engine))


def hashes(*numbers: int) -> KnownHashes:
    pdq = HashType.PDQ
    listed = [Listed(uuid4(), value(pdq, number), uuid4(), number) for number in numbers]
    return KnownHashes.of(listed, RADIUS)


def base(version: int, fingerprint: str = "first") -> Base:
    return Base(Origin(version, fingerprint), hashes(*range(version, version + 40)))


def knows(found: Base, number: int) -> bool:
    return bool(found.hashes.search([value(HashType.PDQ, number)])[0])


def nobody() -> Base:
    raise AssertionError("one was there")


def folders(directory: Path) -> list[str]:
    return sorted(each.name for each in directory.iterdir() if each.is_dir())


@pytest.mark.requirement("HC-SHARE-1")
def test_three_processes_have_one_copy_of_the_index_and_one_version(
    tmp_path: Path, servers: TestServers, databases: ServiceDatabases
) -> None:
    name = databases.app.rpartition("/")[2]
    version = list_many(f"{servers.postgres_url.rpartition('/')[0]}/{name}", 0, ENTRIES)
    folder = tmp_path / "index"
    command = [sys.executable, "-c", PROCESSES, databases.app, str(folder)]
    with subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout
        told = [tuple(map(int, first.stdout.readline().split())) for _ in range(3)]
        memory = [mapped_below(folder, pid) for pid, _, _ in told]
        assert first.stdin
        first.stdin.close()

    assert len({pid for pid, _, _ in told}) == 3
    assert {told_version for _, told_version, _ in told} == {version}
    assert len({size for _, _, size in told}) == 1
    assert told[0][2] >= ENTRIES
    assert len(folders(folder)) == 1
    on_disk = sum(each.stat().st_size for each in folder.rglob("*.bin"))
    assert min(mapped.resident for mapped in memory) > on_disk * 0.9
    # Divided among those who share it, three shares are one copy.
    assert sum(mapped.share for mapped in memory) < on_disk * 1.2


@pytest.mark.requirement("HC-SHARE-1")
def test_what_one_process_shared_the_next_one_finds(tmp_path: Path) -> None:
    made = SharedBases(tmp_path / "deep" / "index").base(lambda origin: True, lambda: base(7))
    found = SharedBases(tmp_path / "deep" / "index").base(lambda origin: True, nobody)
    assert found.origin == made.origin == Origin(7, "first")
    assert knows(found, 46)
    assert not knows(found, 47)
    assert (tmp_path / "deep" / "index").stat().st_mode & 0o777 == 0o700


@pytest.mark.requirement("HC-SHARE-1")
def test_a_new_base_replaces_the_old_one_whose_users_keep_it(tmp_path: Path) -> None:
    shared = SharedBases(tmp_path / "index")
    old = shared.base(lambda origin: True, lambda: base(7))
    new = shared.base(lambda origin: origin.version > 7, lambda: base(8))
    assert new.origin.version == 8
    assert len(folders(tmp_path / "index")) == 1
    assert knows(old, 7)
    assert not knows(old, 47)
    assert knows(new, 47)


@pytest.mark.requirement("HC-SHARE-1")
@pytest.mark.parametrize("damage", ["a byte", "the end", "the header"])
def test_a_damaged_base_is_not_used_and_replaced(tmp_path: Path, damage: str) -> None:
    shared = SharedBases(tmp_path / "index")
    shared.base(lambda origin: True, lambda: base(7))
    file = next((tmp_path / "index").rglob("pdq/index/hashes.bin"))
    content = bytearray(file.read_bytes())
    content[100] ^= 1
    if damage == "a byte":
        file.write_bytes(content)
    elif damage == "the end":
        os.truncate(file, len(content) - 32)
    else:
        (file.parent / "header.json").write_text("{}")
    with capture_logs() as logs:
        found = shared.base(lambda origin: True, lambda: base(7))
    assert [each["event"] for each in logs] == ["shared_index_damaged"]
    assert knows(found, 7)
    assert shared.base(lambda origin: True, nobody).origin == found.origin


@pytest.mark.requirement("HC-SHARE-1")
def test_who_is_killed_while_making_a_base_blocks_nobody(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:  # noqa: S603
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        holder.send_signal(signal.SIGKILL)
    assert folders(folder) == [".7-begun"]
    made = SharedBases(folder).base(lambda origin: True, lambda: base(7))
    assert knows(made, 7)
    assert [name[0] for name in folders(folder)] == ["7"]


@pytest.mark.requirement("HC-SHARE-1")
def test_a_folder_that_others_may_look_into_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    with capture_logs() as logs:
        made = SharedBases(tmp_path).base(lambda origin: True, lambda: base(7))
    assert [each["event"] for each in logs] == ["index_not_shared"]
    assert knows(made, 7)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.requirement("HC-SHARE-1")
def test_a_process_takes_over_what_another_one_made_and_what_changed_since(
    lists: Lists, tmp_path: Path
) -> None:
    early, late = picture(uuid4()), picture(uuid4())
    lists.listed(early)
    shared = SharedBases(tmp_path / "index")
    first = LiveIndex(lists.sessions, bases=shared)
    first.renew()
    first.refresh()
    lists.listed(late)
    second = LiveIndex(lists.sessions, bases=shared)
    second.renew()
    second.refresh()

    assert len(folders(tmp_path / "index")) == 1
    assert second.snapshot.version == first.snapshot.version + 1
    assert second.snapshot.index.added == len(HashType)
    told = [outcome(second, early[0]), outcome(second, late[0]), outcome(first, late[0])]
    assert told == [Outcome.MATCH, Outcome.MATCH, Outcome.NO_MATCH]


@pytest.mark.requirement("HC-SHARE-1")
def test_a_base_of_another_history_or_too_far_behind_is_not_taken_over(
    lists: Lists, tmp_path: Path
) -> None:
    shared = SharedBases(tmp_path / "index")
    index = LiveIndex(lists.sessions, bases=shared, most_added=2 * len(HashType))
    lists.listed(picture(uuid4()))
    index.renew()
    index.refresh()
    [own] = folders(tmp_path / "index")
    version = index.snapshot.version

    other_history = Origin(version, "restored")
    beyond = Origin(version + 1, "")
    shared.base(lambda origin: False, lambda: Base(other_history, hashes(1)))
    fresh = LiveIndex(lists.sessions, bases=shared, most_added=2 * len(HashType))
    assert not fresh._fits(other_history)
    assert not fresh._fits(beyond)
    fresh.renew()
    fresh.refresh()
    assert len(fresh.snapshot.index) == len(index.snapshot.index)

    for _ in range(3):
        lists.listed(picture(uuid4()))
    assert not fresh._fits(Origin(version, own))
    late = LiveIndex(lists.sessions, bases=shared, most_added=2 * len(HashType))
    late.renew()
    late.refresh()
    assert late.snapshot.index.added == 0


@pytest.mark.requirement("HC-LIVE-2")
def test_a_base_that_is_made_while_the_list_is_read_waits_for_the_next_reading(
    lists: Lists,
) -> None:
    index = LiveIndex(lists.sessions)
    index.refresh()
    added: list[list[CheckItem]] = []

    class RenewedMeanwhile(LiveIndex):
        def _follow_up(self, renewed: Base | None) -> None:
            if not added:
                added.append(picture(uuid4()))
                lists.listed(added[0])
                self.renew()
            super()._follow_up(renewed)

    slow = RenewedMeanwhile(lists.sessions)
    slow.refresh()
    assert slow.snapshot.version == index.snapshot.version + 1
    slow.refresh()
    assert outcome(slow, added[0][0]) is Outcome.MATCH
    assert slow.snapshot.index.added == 0


@pytest.mark.requirement("HC-LIVE-1")
def test_reading_the_whole_list_may_take_longer_than_a_request(lists: Lists) -> None:
    with lists.sessions() as session:
        columns = _all_columns(session)
        assert columns
        assert session.execute(text("SHOW statement_timeout")).scalar() == LONGEST_READING
        session.rollback()
        assert session.execute(text("SHOW statement_timeout")).scalar() == "15s"


def test_the_hash_of_an_entry_in_the_database_is_the_one_that_is_told(
    lists: Lists, servers: TestServers, databases: ServiceDatabases
) -> None:
    name = databases.app.rpartition("/")[2]
    list_many(f"{servers.postgres_url.rpartition('/')[0]}/{name}", ENTRIES, ENTRIES + 3)
    index = LiveIndex(lists.sessions)
    index.refresh()
    asked = CheckItem(type=HashType.PDQ, value=digest(ENTRIES + 2).hex(), quality=80)
    assert outcome(index, asked) is Outcome.MATCH


def outcome(index: LiveIndex, asked: CheckItem) -> Outcome:
    return check_hashes(index.snapshot, Asked.of([asked])).answer.results[0].outcome
