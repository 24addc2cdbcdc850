"""Three web processes of the Hash Check Service under load, while lists change and processes die.

Promised: no check fails and none mixes two versions during the swaps; what is withdrawn matches
nowhere after five seconds; a process that is killed starts again with every entry, from the index
that the others share; a list whose importer is killed comes in whole or not at all; without Redis
nothing is different; who cannot know the newest list says so; and no damaged picture harms a
process or holds it up.

`python -m tests.drills.hashcheck --swaps 20 --pictures 20000`
"""

import argparse
import http.client
import random
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import psycopg
from hashcheck import queries
from hashcheck.domain.entry import WithdrawalReason
from hashcheck.use_cases.entry import withdraw_entry
from shared.contracts.hashcheck import CheckItem
from shared.domain.content_hash import HashType

from tests.drills.hashcheck_count import Count
from tests.drills.hashcheck_hoster import Hoster
from tests.drills.hashcheck_import import ASKED, Importer, killed_at_work
from tests.drills.imaging import mutants
from tests.hashcheck.hashes import picture
from tests.hashcheck.many import digest, list_many
from tests.hashcheck.memory import mapped_below
from tests.hashcheck.replicas import Replica, Replicas, patiently, running_replicas

PROCESSES, SWAPS, PICTURES, ENTRIES = 3, 20, 20_000, 20_000
# More than what stays beside the index: each makes every process take over a new one.
BULK = 10_500
# Long beside the half second between two looks, also on a busy machine.
LAG_OF_DRILL = "PT10S"
ASKING = 2
JPEG = "image/jpeg"


@dataclass
class Drill:
    replicas: Replicas
    key: str
    count: Count = field(default_factory=Count)
    pictures: list[CheckItem] = field(default_factory=list)
    # Which of the pictures are listed, at each version.
    listed: dict[int, frozenset[int]] = field(default_factory=dict)
    entries: int = ENTRIES
    seen: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    # Processes that are killed on purpose: no answer of these is a failure.
    killed: set[int] = field(default_factory=set)

    def swaps(self, number: int) -> None:
        """Lists a picture, takes every third off, and lists in bulk what makes a new index."""
        lists = self.replicas.lists
        whole = [picture(uuid4()) for _ in range(number)]
        self.pictures = [each[0] for each in whole]
        now: frozenset[int] = frozenset()
        self.listed[list_many(self.replicas.superuser_url, 0, 0)] = now
        with self.under_load():
            for place, each in enumerate(whole):
                entry_id = lists.listed(each)
                now |= {place}
                self.listed[int(lists.audit(entry_id)[-1].facts["list_version"])] = now
                if place % 3 == 0:
                    now -= {place}
                    self.count.revocations.append(self.revoked(entry_id, each[0], now))
                if place % 5 == 0:
                    self.bulk(BULK)
                    self.listed[self.everywhere()] = now
                self.everywhere()
                self.count.swaps += 1

    def bulk(self, number: int) -> None:
        list_many(self.replicas.superuser_url, self.entries, self.entries + number)
        self.entries += number

    def revoked(self, entry_id: UUID, item: CheckItem, left: frozenset[int]) -> float:
        """Seconds until no process matches what is withdrawn now."""
        lists, reason = self.replicas.lists, WithdrawalReason.FALSE_POSITIVE
        self.everywhere()
        lists.do(lists.second, lambda work: withdraw_entry(work, entry_id, reason))
        self.listed[int(lists.audit(entry_id)[-1].facts["list_version"])] = left
        began, hoster = time.monotonic(), Hoster(self.key)
        for replica in self.alive():
            patiently(
                lambda replica=replica: not any(hoster.check(replica, [item])[1]),  # type: ignore[misc]
                "it matches on",
            )
        return time.monotonic() - began

    def everywhere(self) -> int:
        """Wait until every process has the newest version, and return it."""
        with self.replicas.lists.sessions() as session:
            version = queries.list_version(session)
        hoster = Hoster(self.key)
        probe = picture("probe")[:1]
        for replica in self.alive():
            patiently(
                lambda replica=replica: hoster.check(replica, probe)[0] >= version,  # type: ignore[misc]
                "a process does not follow",
            )
        return version

    def alive(self) -> list[Replica]:
        return [each for each in self.replicas.each if each.port not in self.killed]

    @contextmanager
    def under_load(self) -> Iterator[None]:
        ended = threading.Event()
        asking = [threading.Thread(target=self._ask, args=[ended]) for _ in range(ASKING)]
        for thread in asking:
            thread.start()
        try:
            yield
        finally:
            ended.set()
            for thread in asking:
                thread.join()
            self._judge()

    def _ask(self, ended: threading.Event) -> None:
        hoster = Hoster(self.key)
        while not ended.is_set():
            for replica in self.alive():
                try:
                    version, matched = hoster.check(replica, self.pictures)
                except (OSError, http.client.HTTPException, AssertionError) as error:
                    if replica.port not in self.killed:
                        self.count.failed[f"{type(error).__name__} {error}"] += 1
                    continue
                self.count.answers += 1
                self.seen.append((version, frozenset(n for n, hit in enumerate(matched) if hit)))

    def _judge(self) -> None:
        """An answer is of the newest known version up to the one that it tells."""
        for version, matched in self.seen:
            told = max((each for each in self.listed if each <= version), default=None)
            self.count.mixed += told is None or matched != self.listed[told]
        self.seen.clear()

    def kills(self, rounds: int, chance: random.Random) -> None:
        """Kills one process while a bulk change comes and the others go on; then looks for all."""
        with self.under_load():
            for number in range(rounds):
                victim = self.replicas.each[number % len(self.replicas.each)]
                self.killed.add(victim.port)
                self.bulk(BULK)
                time.sleep(chance.uniform(0, 0.8))
                victim.kill()
                victim.start()
                time.sleep(chance.uniform(0, 1.5))
                # Killed again while it starts, and may hold the lock of the shared index.
                victim.kill()
                self.count.kills += 2
                victim.start()
                victim.wait()
                self.killed.discard(victim.port)
                self.everywhere()
        self.count.lost += self.missing(chance)

    def importers(self, rounds: int, chance: random.Random) -> None:
        """Kills the importer of a signed list, and a web process with it; then lets it finish."""
        importer = Importer(self.replicas)
        self.pictures = importer.asked
        self.listed = {self.everywhere(): frozenset()}
        with self.under_load():
            for victim in self.replicas.each[:rounds]:
                self.count.kills += 2
                self.count.importers += killed_at_work(importer, chance)
                self.count.half += importer.half_listed()
                self.killed.add(victim.port)
                victim.kill()
                victim.start()
                victim.wait()
                self.killed.discard(victim.port)
            importer.finish()
            self.count.half += importer.half_listed()
            self.everywhere()
            self.listed |= dict.fromkeys(importer.versions(), frozenset(range(ASKED)))
        answers = [Hoster(self.key).check(each, self.pictures)[1] for each in self.replicas.each]
        self.count.lost += sum(matched.count(False) for matched in answers)
        self.count.lost += self.missing(chance)

    def missing(self, chance: random.Random) -> int:
        """How many of some listed entries a process does not know."""
        hoster = Hoster(self.key)
        asked = sorted({0, self.entries - 1, *chance.sample(range(self.entries), 500)})
        items = [CheckItem(type=HashType.PDQ, value=digest(n).hex(), quality=80) for n in asked]
        return sum(hoster.check(replica, items)[1].count(False) for replica in self.replicas.each)

    def shared(self) -> None:
        folder = self.replicas.index_dir
        self.count.bases = sum(each.is_dir() for each in folder.iterdir())
        on_disk = sum(each.stat().st_size for each in folder.rglob("*.bin"))
        shares = [mapped_below(folder, each.pid).share for each in self.replicas.each]
        self.count.copies = sum(shares) / on_disk

    def redis_gone(self) -> None:
        """Both servers end; checks go on, and what is listed arrives as before."""
        for process in self.replicas.servers.processes[1:]:
            process.kill()
            process.wait()
        whole = picture(uuid4())
        self.replicas.lists.listed(whole)
        self.everywhere()
        hoster = Hoster(self.key)
        self.count.without_redis = all(
            hoster.check(replica, whole[:1])[1] == [True] for replica in self.alive()
        )

    def damaged_pictures(self, number: int, seed: int) -> None:
        pids = [each.pid for each in self.replicas.each]
        local = threading.local()

        def tried(numbered: tuple[int, bytes]) -> tuple[str, float]:
            place, data = numbered
            if not hasattr(local, "hoster"):
                local.hoster = Hoster(self.key)
            replica = self.replicas.each[place % len(self.replicas.each)]
            began = time.monotonic()
            try:
                status = str(local.hoster.send(replica, data, JPEG)[0])
            except (OSError, http.client.HTTPException) as error:
                status = type(error).__name__
            return status, time.monotonic() - began

        with ThreadPoolExecutor(2) as threads:
            for begin in range(0, number, 500):
                batch = enumerate(mutants(min(500, number - begin), seed + begin))
                for outcome, seconds in threads.map(tried, batch):
                    self.count.pictures[outcome] += 1
                    self.count.slowest_picture = max(self.count.slowest_picture, seconds)
        ended = sum(
            each.process is None or each.process.poll() is not None for each in self.replicas.each
        )
        self.count.deaths += ended + (pids != [each.pid for each in self.replicas.each])

    def lag(self) -> None:
        """Nobody may read the newest version for longer than a process may be without it."""
        try:
            self._may_read_version(allowed=False)
            patiently(lambda: self._statuses() == {503}, "who lags is ready")
            self.count.unready = True
        finally:
            self._may_read_version(allowed=True)
        patiently(lambda: self._statuses() == {200}, "who caught up is not ready")
        self.count.ready_again = True

    def _may_read_version(self, *, allowed: bool) -> None:
        verb, who = ("GRANT", "TO") if allowed else ("REVOKE", "FROM")
        with psycopg.connect(self.replicas.superuser_url, autocommit=True) as superuser:
            superuser.execute(f"{verb} SELECT ON list_version {who} hashcheck_app")

    def _statuses(self) -> set[int]:
        return {each.status() for each in self.replicas.each}


def drill(swaps: int, kills: int, pictures: int, seed: int) -> Count:
    chance = random.Random(seed)  # noqa: S311  when to strike is no secret
    with running_replicas(PROCESSES, ENTRIES, LONGEST_LAG=LAG_OF_DRILL) as replicas:
        made = Drill(replicas, replicas.client()[1])
        # Measured before anything is listed beside it.
        made.shared()
        made.swaps(swaps)
        made.kills(kills, chance)
        made.importers(kills, chance)
        made.damaged_pictures(pictures, seed)
        made.lag()
        made.redis_gone()
        made.count.bases = sum(each.is_dir() for each in replicas.index_dir.iterdir())
    return made.count


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="drill-hashcheck")
    parser.add_argument("--swaps", type=int, default=SWAPS)
    parser.add_argument("--kills", type=int, default=PROCESSES, help="rounds of two kills each")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--seed", type=int, default=None, help="repeat a drill")
    wanted = parser.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(10**6)  # noqa: S311
    sys.stdout.write(f"{wanted.swaps} swaps, {wanted.pictures} damaged pictures, seed {seed}\n")
    sys.stdout.flush()
    count = drill(wanted.swaps, wanted.kills, wanted.pictures, seed)
    faults = count.faults_found
    sys.stdout.write("\n".join([*count.lines(), *(f"BROKEN: {fault}" for fault in faults), ""]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
