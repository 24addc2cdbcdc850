"""Lists as they come about: one person proposes an entry, another one lists it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID, uuid4

from hashcheck import queries
from hashcheck.domain.entry import Labels
from hashcheck.domain.hash_list import ListClass
from hashcheck.domain.role import LIST_STEWARD, ROLES
from hashcheck.tables import Entry
from hashcheck.use_cases.entry import Proposal, approve_entry, propose_entry
from hashcheck.use_cases.hash_list import create_list
from shared.contracts.hashcheck import CheckItem
from shared.domain.actor import Actor, ActorKind
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import HashType
from shared.platform.database import Sessions
from shared.platform.tables import AuditEvent
from shared.platform.unit_of_work import UnitOfWork, open_work
from sqlalchemy.exc import OperationalError
from sqlmodel import col, select

from tests.fakes import FrozenClock

T = TypeVar("T")
LABELS = Labels(AiInvolvement.NOT_SEEN, Gender.FEMALE, SelfGenerated.UNKNOWN, 7, 10)
OFFLIMITS, TEST, PUBLIC_TEST = "offlimits", "test", "public-test"


def person(role: str, name: str = "sanne") -> Actor:
    """Somebody of this role with an account of their own."""
    return Actor(ActorKind.STAFF, name, uuid4(), frozenset(ROLES[role]))


def proposal(items: Sequence[CheckItem], list_name: str = OFFLIMITS) -> Proposal:
    return Proposal(list_name, items, LABELS)


@dataclass
class Lists:
    """The acts of two stewards on a database; every act is one transaction."""

    sessions: Sessions
    clock: FrozenClock = field(default_factory=FrozenClock)
    first: Actor = field(default_factory=lambda: person(LIST_STEWARD, "sanne"))
    second: Actor = field(default_factory=lambda: person(LIST_STEWARD, "tim"))

    def do(self, actor: Actor, act: Callable[[UnitOfWork], T]) -> T:
        with open_work(self.sessions, actor, clock=self.clock) as work:
            return act(work)

    def test_list(self, name: str = TEST) -> UUID:
        return self.do(
            self.first, lambda work: create_list(work, name, "Generated here.", ListClass.TEST)
        )

    def propose(self, items: Sequence[CheckItem], list_name: str = OFFLIMITS) -> UUID:
        return self.do(self.first, lambda work: propose_entry(work, proposal(items, list_name)))

    def approve(self, entry_id: UUID) -> None:
        self.do(self.second, lambda work: approve_entry(work, entry_id))

    def listed(self, items: Sequence[CheckItem], list_name: str = OFFLIMITS) -> UUID:
        entry_id = self.propose(items, list_name)
        self.approve(entry_id)
        return entry_id

    def entry(self, entry_id: UUID) -> Entry:
        with self.sessions() as session:
            return session.get_one(Entry, entry_id)

    def matched(self) -> list[HashType]:
        """The type of every hash that is matched now: listed, on a list that is in use.

        Without the hashes that are listed everywhere for trying a connection.
        """
        with self.sessions() as session:
            lists = queries.active_lists(session)
            active = {each.id.bytes for each in lists if each.name != PUBLIC_TEST}
            return [
                kind
                for kind, _, _, list_ids, _ in queries.packed_hashes(session)
                for begin in range(0, len(list_ids), 16)
                if list_ids[begin : begin + 16] in active
            ]

    def audit(self, object_id: UUID) -> list[AuditEvent]:
        """What is recorded about an object, oldest first."""
        told = select(AuditEvent).where(AuditEvent.object_id == object_id)
        with self.sessions() as session:
            return list(session.exec(told.order_by(col(AuditEvent.id))))


class Interrupted:
    """Sessions that are refused while the database is `away`."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self.away = False

    def __call__(self) -> Any:
        if self.away:
            raise OperationalError("", {}, Exception())
        return self._sessions()
