"""The inside of the helpline on a real database, without pages: work as anybody, what it left."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID, uuid4, uuid5

from helpline.domain.contact import Category, ContactFacts, RegistrationClass, SextortionForm
from helpline.domain.provider import NoticeRoute, ProviderClass
from helpline.domain.removal_notice import LegalGround, NoticeDraft, NoticePolicy
from helpline.domain.role import ROLES
from helpline.tables import Contact, Provider, RemovalNotice
from helpline.tasks import Outside, tasks
from helpline.use_cases.contact import register_contact
from helpline.use_cases.ports import NoticeMailer
from helpline.use_cases.provider import add_provider
from helpline.use_cases.removal_notice import draft_notice, send_notice
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.conversation import Channel
from shared.platform.database import Sessions
from shared.platform.encryption import CaseVault
from shared.platform.events import EventPeer
from shared.platform.outbox import Outcome
from shared.platform.tables import AuditEvent, Outbox
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlmodel import col, select

from tests.applications import fixed_key
from tests.fakes import FrozenClock

PEOPLE = UUID("7f0c0f3a-2a54-4f0a-8c6a-3c9a0d2b1e55")
Result = TypeVar("Result")
ONE, TWO = "https://social.example/p/1", "https://social.example/p/2"
REASONS = "The picture shows somebody in a private moment and was posted without their consent."
POLICY = NoticePolicy("notice@helpline.test", timedelta(minutes=15), timedelta(days=365))


def staff(role: str) -> Actor:
    return Actor(ActorKind.STAFF, f"test-{role}", uuid5(PEOPLE, role), ROLES[role])


WORKER, COORDINATOR = staff("worker"), staff("coordinator")


@dataclass
class Helpline:
    sessions: Sessions
    keys: Sessions
    clock: FrozenClock

    @property
    def vault(self) -> CaseVault:
        return CaseVault(self.keys, fixed_key("helpline master"), "helpline", clock=self.clock)

    def work(self, actor: Actor = SYSTEM) -> AbstractContextManager[UnitOfWork]:
        return open_work(self.sessions, actor, clock=self.clock, vault=self.vault)

    def do(
        self, act: Callable[..., Result], *given: object, by: Actor = SYSTEM, **more: object
    ) -> Result:
        """One use case in one transaction."""
        with self.work(by) as work:
            return act(work, *given, **more)

    def rows(self, table: type[Result]) -> list[Result]:
        with self.work() as work:
            return list(work.session.exec(select(table)))

    def row(self, table: type[Result], key: object) -> Result:
        with self.work() as work:
            return work.session.get_one(table, key)

    def acts(self, *actions: str) -> list[AuditEvent]:
        """What was recorded of these kinds, in order."""
        events = sorted(self.rows(AuditEvent), key=lambda event: event.id or 0)
        return [event for event in events if event.action in actions]

    def waiting(self) -> dict[str, datetime]:
        """What the outbox will do, by task, and not before when."""
        return {
            row.task: row.next_at
            for row in self.rows(Outbox)
            if row.done_at is None and row.parked_at is None
        }

    def bind(self, mailer: NoticeMailer, neighbour: EventPeer) -> None:
        """What the tasks speak to; `neighbour` is every other service."""
        outside = Outside(POLICY, mailer, prevention=neighbour, hotline=neighbour)
        tasks.bind(self.sessions, outside, vault=self.vault, clock=self.clock)

    def run_outbox(self) -> list[Outcome]:
        """Each row that is due, once, as a worker does."""
        with self.work() as work:
            is_due = (
                col(Outbox.done_at).is_(None),
                col(Outbox.parked_at).is_(None),
                col(Outbox.next_at) <= work.now,
            )
            due = work.session.exec(select(Outbox.id).where(*is_due)).all()
        return [tasks.execute(row) for row in due]

    def contact(self) -> Contact:
        facts = ContactFacts(
            channel=Channel.PHONE,
            registration_class=RegistrationClass.HELP_REQUEST,
            categories=frozenset({Category.SEXTORTION}),
            sextortion_forms=frozenset({SextortionForm.FINANCIAL}),
        )
        return self.do(register_contact, facts, by=WORKER)

    def provider(
        self, kind: ProviderClass = ProviderClass.PLATFORM, name: str = "Beeldplein"
    ) -> Provider:
        return self.do(add_provider, name, "abuse@social.example", kind, by=COORDINATOR)

    def drafted(self, *addresses: str) -> RemovalNotice:
        """A notice about these addresses that was not sent yet."""
        draft = draft_to(self.provider().id, *addresses)
        return self.do(draft_notice, self.contact().id, draft, uuid4(), by=WORKER)

    def queued(self, *addresses: str) -> UUID:
        notice_id = self.drafted(*addresses).id
        self.do(send_notice, notice_id, by=WORKER, in_good_faith=True)
        return notice_id


def draft_to(provider_id: UUID, *addresses: str) -> NoticeDraft:
    return NoticeDraft(
        provider_id=provider_id,
        route=NoticeRoute.ARTICLE_16,
        grounds=frozenset({LegalGround.SR_254BA}),
        addresses=addresses or (ONE,),
        reasons=REASONS,
    )
