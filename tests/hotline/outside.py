"""The outside of the hotline, written by hand: it answers what a test says, or is down."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from hotline.domain.fetch import (
    FetchCode,
    FetchOutcome,
    FetchResult,
    OfflineCause,
    Picture,
    ProbeOutcome,
    ProbeState,
)
from hotline.domain.hosting import HostingContact
from hotline.domain.takedown import MailOutcome, NoticeLetter
from hotline.tasks import Outside, clocks, tasks
from hotline.use_cases.hash_match import KnownEntry
from shared.contracts.contract import Contract
from shared.contracts.event import EventEnvelope, EventTaken
from shared.contracts.hashcheck import (
    CheckAnswer,
    CheckItem,
    CheckResult,
    EntryClassification,
    Outcome,
)
from shared.domain.errors import NotFound, Unavailable
from shared.platform.clockwork import know_clocks, run_due_clocks
from shared.platform.outbox import USUAL_RULES, OutboxRules, publish_due

from tests.hotline.inside import Hotline
from tests.hotline.pages.cases import HOME_IP, fetched_picture
from tests.hotline.use_cases.test_hosting import answer

Answer = TypeVar("Answer", bound=Contract)


class Killed(BaseException):
    """The worker was killed: nothing of it runs any more, not even its handlers of errors."""


@dataclass
class World:
    """A site with pictures, a hash list, a registry, a mail server and a hash check service.

    `down` names what does not answer; `calls` counts what was asked.
    """

    pages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    listed: dict[str, KnownEntry] = field(default_factory=dict)
    contact: HostingContact = field(default_factory=answer)
    mail_outcomes: list[MailOutcome] = field(default_factory=list)
    down: set[str] = field(default_factory=set)
    kills_after_sending: int = 0
    calls: Counter[str] = field(default_factory=Counter)
    letters: list[NoticeLetter] = field(default_factory=list)
    events: list[EventEnvelope] = field(default_factory=list)
    forgotten: list[UUID] = field(default_factory=list)

    def _call(self, what: str) -> None:
        self.calls[what] += 1
        if what in self.down:
            raise Unavailable("service_unavailable")

    def fetch(self, address: str, url_id: UUID) -> FetchOutcome:
        self._call("fetcher")
        if address in self.gone:
            return FetchOutcome(FetchResult.GONE, FetchCode.HTTP_GONE, http_status=404)
        pictures = self.pages.get(address, (address,))
        return FetchOutcome(
            FetchResult.PAGE if address in self.pages else FetchResult.PICTURE,
            FetchCode.OK,
            ips=(HOME_IP,),
            pictures=tuple(fetched_picture(picture) for picture in pictures),
            page_fingerprint="f" * 64 if address in self.pages else "",
        )

    def egresses(self) -> list[str]:
        return ["one", "two"]

    def probe(self, address: str, *, egress: str, **_: Any) -> ProbeOutcome:
        self._call("prober")
        if address in self.gone:
            return ProbeOutcome(ProbeState.OFFLINE, OfflineCause.FILE_GONE, egress, (), 404)
        return ProbeOutcome(ProbeState.ONLINE, None, egress, (HOME_IP,), 200)

    def show(self, imagery_id: UUID, profile: str) -> Picture:
        raise NotFound("imagery_gone")

    def forget(self, imagery_id: UUID) -> None:
        self._call("imagery")
        self.forgotten.append(imagery_id)

    def check(self, items: list[CheckItem]) -> CheckAnswer:
        self._call("hashcheck")
        results = [CheckResult(outcome=Outcome.NO_MATCH) for _ in items]
        entry = self.listed.get(items[0].value)
        if entry:
            results[0] = CheckResult(outcome=Outcome.MATCH, matches=[entry.match])
        return CheckAnswer(list_version=1, results=results)

    def entry(self, entry_id: UUID) -> EntryClassification:
        known = [entry for entry in self.listed.values() if entry.match.entry_id == entry_id]
        if not known:
            raise NotFound
        return known[0].classification

    def look_up(self, ip: str) -> HostingContact:
        self._call("registry")
        return replace(self.contact)

    def send(self, letter: NoticeLetter) -> MailOutcome:
        self._call("mail")
        outcome = self.mail_outcomes.pop(0) if self.mail_outcomes else MailOutcome.ACCEPTED
        if outcome in {MailOutcome.ACCEPTED, MailOutcome.UNCERTAIN}:
            self.letters.append(letter)
        if self.kills_after_sending:
            self.kills_after_sending -= 1
            raise Killed
        return outcome

    def post(self, path: str, body: Contract, answer: type[Answer], /) -> Answer:
        self._call("events")
        assert isinstance(body, EventEnvelope)
        self.events.append(body)
        return answer.model_validate(EventTaken(event_id=body.event_id).model_dump())


class Machinery:
    """Relay, clocks and workers in one hand: what is due is published and worked on here."""

    def __init__(self, hotline: Hotline, world: World, rules: OutboxRules = USUAL_RULES) -> None:
        self.hotline = hotline
        self.world = world
        self._rules = rules
        self._clocks = clocks(hotline.policy)
        know_clocks(hotline.sessions, self._clocks, clock=hotline.clock)

    def bind(self) -> None:
        outside = Outside(
            policy=self.hotline.policy,
            fetcher=self.world,
            prober=self.world,
            imagery=self.world,
            hash_checker=self.world,
            hosting_lookup=self.world,
            notice_mailer=self.world,
            hashcheck=self.world,
        )
        hotline = self.hotline
        tasks.bind(
            hotline.sessions, outside, vault=hotline.vault, clock=hotline.clock, rules=self._rules
        )

    def lose(self) -> list[UUID]:
        """Publish what is due to a broker that forgets it; what that was."""
        hotline = self.hotline
        run_due_clocks(hotline.sessions, self._clocks, clock=hotline.clock)
        published: list[UUID] = []
        publish_due(
            hotline.sessions,
            lambda _, outbox_id: published.append(outbox_id),
            clock=hotline.clock,
            rules=self._rules,
        )
        return published

    def turn(self, times: int = 1) -> int:
        """Run due clocks, publish what is due, let a worker do each; returns how many there were.

        `times` is how often the broker delivers each.
        """
        published = self.lose()
        for outbox_id in published * times:
            tasks.execute(outbox_id)
        return len(published)

    def run(
        self,
        span: timedelta = timedelta(0),
        step: timedelta = timedelta(minutes=5),
        times: int = 1,
    ) -> None:
        """Everything that becomes due within `span`."""
        end = self.hotline.clock() + span
        while True:
            while self.turn(times):
                pass
            if self.hotline.clock() >= end:
                return
            self.hotline.clock.advance(step)


@contextmanager
def working(hotline: Hotline, world: World, **rules: Any) -> Iterator[Machinery]:
    machinery = Machinery(hotline, world, OutboxRules(**rules))
    machinery.bind()
    yield machinery
