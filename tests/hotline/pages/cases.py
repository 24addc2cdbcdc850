"""Cases of the hotline as they come about: every step is the use case of that step."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha1, sha256
from uuid import UUID, uuid4

from fastapi import FastAPI
from hotline.domain.assessment import DecidedBy, Verdict
from hotline.domain.fetch import (
    FetchCode,
    FetchedPicture,
    FetchOutcome,
    FetchResult,
    OfflineCause,
    Picture,
    ProbeOutcome,
    ProbeState,
)
from hotline.domain.hosting import ContactSource, HostingContact, NetworkFacts
from hotline.domain.labels import Labels
from hotline.domain.takedown import MailOutcome
from hotline.domain.web_address import parse_address
from hotline.queries.removal import open_cases
from hotline.queries.report import report_by_receipt
from hotline.queries.url import locked_url, pictures_on, urls_by_key
from hotline.tables import Url
from hotline.use_cases.fetch import settle_fetch
from hotline.use_cases.hash_match import KnownEntry, settle_match
from hotline.use_cases.hosting import load_networks, settle_look_up
from hotline.use_cases.online_check import settle_check
from hotline.use_cases.report import receive_report
from hotline.use_cases.takedown import claim_mail, settle_mail
from hotline.use_cases.url import Ruling, rule
from shared.contracts.hashcheck import DistanceBand, EntryClassification, Match
from shared.contracts.hotline import ReportIntake
from shared.domain.actor import SYSTEM
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import HashType
from shared.domain.references import receipt_hash
from shared.platform.unit_of_work import UnitOfWork, open_work

HOME_IP, FOREIGN_IP = "192.0.2.10", "198.51.100.7"
NETWORKS = (
    NetworkFacts("192.0.2.0/24", "NL", 64500, "Voorbeeld Hosting B.V."),
    NetworkFacts("198.51.100.0/24", "DE", 64501, "Beispiel Netz GmbH"),
)
IGNORED = Ruling(Verdict.IGNORED, DecidedBy.SYSTEM_RULE, Labels())
FOUND_ILLEGAL = Ruling(Verdict.ILLEGAL, DecidedBy.SYSTEM_RULE, Labels())
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a49444154789c6360000000020001e221bc330000000049454e44ae426082"
)


class FakeImagery:
    """Shows the same harmless dot for everything, and remembers how it was asked."""

    def __init__(self) -> None:
        self.shown: list[tuple[UUID, str]] = []

    def show(self, imagery_id: UUID, profile: str) -> Picture:
        self.shown.append((imagery_id, profile))
        return Picture(PNG, "image/png")

    def forget(self, imagery_id: UUID) -> None:
        """Nothing is kept."""


@dataclass
class Cases:
    """Brings addresses into the state that a test is about, in the application's database."""

    app: FastAPI

    def work(self) -> AbstractContextManager[UnitOfWork]:
        state = self.app.state
        return open_work(state.sessions, SYSTEM, clock=state.clock, vault=state.vault)

    def report(self, *addresses: str, **more: object) -> UUID:
        """A report of a citizen; returns its id."""
        intake = ReportIntake.model_validate({"addresses": list(addresses)} | more)
        with self.work() as work:
            receipt = receive_report(work, intake)
            return report_by_receipt(work.session, receipt_hash(receipt.code)).id

    def url_id(self, address: str) -> UUID:
        with self.work() as work:
            return urls_by_key(work.session, [parse_address(address).key])[0].id

    def fetched(self, address: str, *, ip: str = HOME_IP) -> UUID:
        """Report a picture, fetch it and hash it; it waits for the hash check service."""
        self.report(address)
        url_id = self.url_id(address)
        self._settle(url_id, FetchResult.PICTURE, [address], ip)
        return url_id

    def awaiting(self, address: str, *, ip: str = HOME_IP) -> UUID:
        """A picture that no list knows: it waits for a person."""
        url_id = self.fetched(address, ip=ip)
        with self.work() as work:
            settle_match(work, url_id, [])
        return url_id

    def looking_alike(self, address: str) -> UUID:
        """A picture that looks like a listed one: it waits with its labels filled in."""
        url_id = self.fetched(address)
        with self.work() as work:
            settle_match(work, url_id, [known(DistanceBand.NEAR, HashType.PDQ)])
        return url_id

    def known_illegal(self, address: str, *, ip: str = HOME_IP) -> UUID:
        """The same file as a listed one: illegal without anybody looking. Returns its case."""
        url_id = self.fetched(address, ip=ip)
        with self.work() as work:
            settle_match(work, url_id, [known(DistanceBand.EXACT, HashType.SHA256)])
        return self.case_of(url_id)

    def page(self, address: str, *pictures: str) -> UUID:
        """A reported page with pictures that no list knows."""
        self.report(address)
        url_id = self.url_id(address)
        self._settle(url_id, FetchResult.PAGE, list(pictures), HOME_IP)
        with self.work() as work:
            for picture in pictures_on(work.session, url_id):
                settle_match(work, picture.id, [])
        return url_id

    def unreadable(self, address: str) -> UUID:
        """An address that could not be fetched, so that a person has to look."""
        self.report(address)
        url_id = self.url_id(address)
        with self.work() as work:
            outcome = FetchOutcome(FetchResult.REFUSED, FetchCode.HTTP_RESTRICTED)
            settle_fetch(work, url_id, outcome, self.app.state.policy)
        return url_id

    def ignore(self, url_id: UUID) -> None:
        """Somebody decided that nothing has to happen."""
        with self.work() as work:
            rule(work, locked_url(work.session, url_id), IGNORED)

    def judge_illegal(self, url_id: UUID) -> UUID:
        """It was found illegal; returns its removal case."""
        with self.work() as work:
            rule(work, locked_url(work.session, url_id), FOUND_ILLEGAL)
        return self.case_of(url_id)

    def gone(self, case_id: UUID) -> None:
        """Missed from two places over half an hour: closed by the published rule."""
        for egress in ("one", "two", "one"):
            self.looked(case_id, ProbeState.OFFLINE, egress)
            self.app.state.clock.advance(timedelta(minutes=15))

    def case_of(self, url_id: UUID) -> UUID:
        with self.work() as work:
            cases = open_cases(work.session, limit=100)
            return next(case.id for case, url in cases if url.id == url_id)

    def hosted(
        self, case_id: UUID, *, ip: str = HOME_IP, email: str = "abuse@host.example"
    ) -> None:
        """The registries answered about the host of a case."""
        found = HostingContact(
            "Voorbeeld Hosting B.V.", email, "VH-1", ContactSource.RDAP, datetime.now(UTC)
        )
        with self.work() as work:
            load_networks(work, NETWORKS)
            settle_look_up(work, case_id, {ip: found}, self.app.state.policy)

    def mailed(self, mail_id: UUID, outcome: MailOutcome = MailOutcome.ACCEPTED) -> None:
        with self.work() as work:
            claim_mail(work, mail_id)
            settle_mail(work, mail_id, outcome, self.app.state.policy)

    def looked(self, case_id: UUID, state: ProbeState, egress: str = "one") -> None:
        gone = state is ProbeState.OFFLINE
        outcome = ProbeOutcome(
            state,
            OfflineCause.FILE_GONE if gone else None,
            egress,
            http_status=404 if gone else 200,
        )
        with self.work() as work:
            settle_check(work, case_id, outcome, self.app.state.policy)

    def url(self, url_id: UUID) -> Url:
        with self.work() as work:
            found = work.session.get(Url, url_id)
            assert found
            work.session.expunge(found)
            return found

    def ask(self, question: Callable[..., object], *given: object) -> object:
        """The answer of one of the service's own queries."""
        with self.work() as work:
            return question(work.session, *given)

    def _settle(self, url_id: UUID, result: FetchResult, pictures: list[str], ip: str) -> None:
        outcome = FetchOutcome(
            result,
            FetchCode.OK,
            http_status=200,
            ips=(ip,),
            pictures=tuple(fetched_picture(address) for address in pictures),
            page_fingerprint="f" * 16 if result is FetchResult.PAGE else "",
        )
        with self.work() as work:
            settle_fetch(work, url_id, outcome, self.app.state.policy)


def fetched_picture(address: str, *, ip: str = HOME_IP) -> FetchedPicture:
    """A harmless picture whose hashes follow from its address, kept by the host at `ip`."""
    content = address.encode()
    return FetchedPicture(
        address=address,
        imagery_id=uuid4(),
        sha256=sha256(content).hexdigest(),
        sha1=sha1(content, usedforsecurity=False).hexdigest(),
        md5=md5(content, usedforsecurity=False).hexdigest(),
        phash="0" * 16,
        pdq="0" * 64,
        pdq_quality=90,
        width=640,
        height=480,
        media_type="image/png",
        ips=(ip,),
    )


def known(band: DistanceBand, hash_type: HashType) -> KnownEntry:
    """An entry that two people decided about."""
    entry_id = uuid4()
    return KnownEntry(
        Match(
            entry_id=entry_id,
            list_name="offlimits",
            classification="illegal",
            hash_type=hash_type,
            band=band,
        ),
        EntryClassification(
            entry_id=entry_id,
            list_name="offlimits",
            decision_count=2,
            decided_at=datetime.now(UTC),
            ai_involvement=AiInvolvement.AI_GENERATED,
            age_min=12,
            age_max=13,
            gender=Gender.FEMALE,
            self_generated=SelfGenerated.NO,
        ),
    )
