"""Kills the hotline's processes and wipes its broker while reports come in, then counts.

Promised: every accepted report is there exactly once, and every notice reference reaches the mail
server, with at most one physical repeat per kill. `python -m tests.drills.hotline --rounds 20`
"""

import argparse
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import LiteralString

import psycopg
import redis

from infra.peers.pictures import EXACTLY_KNOWN
from infra.peers.site import HOST, PICTURES_PATH
from infra.ports import free_base, port_plan
from infra.startup import Platform, running_platform
from infra.state import CHECKOUT, throw_away_state
from infra.story.hoster import take_down
from infra.story.mailbox import received_notices
from infra.story.telling import wait_for
from infra.story.visitor import Page, Visitor
from tests.whole_platform import forget_limit

VICTIMS = ("hotline-worker", "hotline-web", "hotline-relay", "broker")
LOGS = CHECKOUT / ".dev" / "logs" / "drill"
SECONDS_BETWEEN_FAULTS = (0.5, 2.5)
SECONDS_BETWEEN_TRIES = 0.5
# Each address is looked for every few seconds from then on: more than a worker can do proves less.
SECONDS_BETWEEN_REPORTS = 0.3
SECONDS_TO_SETTLE = 240.0
RECEIPT = "[data-receipt-code]"
# Where nobody else reports from, who used the platform before.
FOLDER = "/drill"
REPORTS = """
SELECT count(DISTINCT report_id) FROM report_url JOIN url ON url.id = report_url.url_id
WHERE strpos(url.address, %s) > 0
"""
NOTICES = """
SELECT count(*) FROM takedown_notice n JOIN removal_case c ON c.id = n.removal_case_id
JOIN url ON url.id = c.url_id WHERE strpos(url.address, %s) > 0
"""


@dataclass
class Count:
    """What was done to the platform, and what was there in the end."""

    accepted: list[str] = field(default_factory=list)
    tries: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    reports: int = 0
    references: int = 0
    arrived: int = 0
    repeats: int = 0

    @property
    def faults_found(self) -> list[str]:
        """What was promised and not kept, one line each."""
        kills = sum(self.faults.values())
        found = {
            "an accepted report is missing or there twice": self.reports != len(self.accepted),
            "two reports got one code": len(set(self.accepted)) != len(self.accepted),
            "a report led to no notice": self.references != len(self.accepted),
            "a notice never arrived": self.arrived != self.references,
            "more repeats than kills": self.repeats > kills,
            "nothing was killed": kills == 0,
        }
        return [complaint for complaint, is_so in found.items() if is_so]

    def lines(self) -> list[str]:
        faults = ", ".join(f"{name} {number}" for name, number in sorted(self.faults.items()))
        return [
            f"faults                    {faults}",
            f"reports accepted          {len(self.accepted)} (sent {self.tries} times)",
            f"reports in the database   {self.reports}",
            f"notices                   {self.references}",
            f"notices that arrived      {self.arrived}",
            f"mails that came twice     {self.repeats} (at most one per fault)",
        ]


class Reporter(threading.Thread):
    """Citizens who report one new address after another until told to stop.

    What is not accepted is sent again from the page that says so, as a person would.
    """

    def __init__(self, platform: Platform, count: Count) -> None:
        super().__init__(daemon=True)
        self._platform = platform
        self._count = count
        self._stopped = threading.Event()

    def run(self) -> None:
        number = 0
        while not self._stopped.is_set():
            number += 1
            forget_limit(self._platform, "report")
            self._report(known_address(self._platform, number))
            self._stopped.wait(SECONDS_BETWEEN_REPORTS)

    def stop(self) -> None:
        self._stopped.set()
        self.join()

    def _report(self, address: str) -> None:
        with Visitor(self._platform.installation.public_url("gateway")) as citizen:
            form = citizen.open("/report/form")
            page = form.submit(danger="no", addresses=address, contact="anonymous")
            while not page.all(RECEIPT):
                self._count.tries += 1
                page = self._send(page)
            self._count.accepted.append(page.find(RECEIPT).text(strip=True))

    def _send(self, page: Page) -> Page:
        answer = page.submit()
        if not answer.all(RECEIPT):
            time.sleep(SECONDS_BETWEEN_TRIES)
        return answer


def known_address(platform: Platform, number: int) -> str:
    """A new address of a picture that is exactly known, so that a notice follows by itself."""
    port = platform.installation.ports["site"]
    return f"http://{HOST}:{port}{FOLDER}{PICTURES_PATH}{EXACTLY_KNOWN}?copy={number}"


def drill(platform: Platform, rounds: int, seed: int) -> Count:
    """`rounds` faults while reports come in; returns when everything has settled, or time is up."""
    chance = random.Random(seed)  # noqa: S311  when to strike is no secret
    count = Count()
    with _reporting(platform, count):
        for number in range(rounds):
            time.sleep(chance.uniform(*SECONDS_BETWEEN_FAULTS))
            victim = VICTIMS[number % len(VICTIMS)]
            _hit(platform, victim)
            count.faults[victim] += 1
        time.sleep(SECONDS_BETWEEN_FAULTS[1])
    _settle(platform, count)
    # Otherwise every copy is looked for again and again, as long as the platform runs.
    take_down(platform.installation.address("control"), f"{FOLDER.strip('/')}/{EXACTLY_KNOWN}")
    return count


@contextmanager
def _reporting(platform: Platform, count: Count) -> Iterator[None]:
    reporter = Reporter(platform, count)
    reporter.start()
    try:
        yield
    finally:
        reporter.stop()


def _hit(platform: Platform, victim: str) -> None:
    if victim == "broker":
        with redis.Redis.from_url(platform.installation.servers.broker_url) as broker:
            broker.flushall()
    else:
        platform.supervisor.kill_and_restart(victim)


def _settle(platform: Platform, count: Count) -> None:
    def all_arrived() -> bool:
        _look(platform, count)
        return count.arrived >= len(count.accepted)

    try:
        wait_for("every notice", all_arrived, SECONDS_TO_SETTLE)
    finally:
        _look(platform, count)


def _look(platform: Platform, count: Count) -> None:
    """Reads the hotline's database and the mailbox; writes neither."""
    with psycopg.connect(platform.installation.databases["hotline"].app) as database:
        count.reports = _number(database, REPORTS)
        count.references = _number(database, NOTICES)
    about = f"{FOLDER}{PICTURES_PATH}"
    notices = [n for n in received_notices(platform.mail) if about in "".join(n.addresses)]
    count.arrived = len({reference for notice in notices for reference in notice.reports})
    count.repeats = len(notices) - len({notice.message_id for notice in notices})


def _number(database: psycopg.Connection, question: LiteralString) -> int:
    row = database.execute(question, [f"{FOLDER}{PICTURES_PATH}"]).fetchone()
    return int(row[0]) if row else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="drill-hotline")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None, help="repeat a drill")
    wanted = parser.parse_args()
    seed = wanted.seed if wanted.seed is not None else random.randrange(10**6)  # noqa: S311
    sys.stdout.write(f"{wanted.rounds} faults, seed {seed}\n")
    ports = port_plan(free_base())
    with running_platform(throw_away_state(), ports, LOGS, throw_away=True) as platform:
        count = drill(platform, wanted.rounds, seed)
    faults = count.faults_found
    sys.stdout.write("\n".join([*count.lines(), *(f"BROKEN: {fault}" for fault in faults), ""]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
