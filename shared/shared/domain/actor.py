"""Who acts: a member of staff, another service, a hosting company, the public, or a clock."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    STAFF = "staff"
    SERVICE = "service"
    CLIENT = "client"
    PUBLIC = "public"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something that may act, with what it is permitted.

    `id` is the staff account or API client; services and clocks have a name only.
    The public has neither: nothing about a caller is known.
    """

    kind: ActorKind
    name: str = ""
    id: UUID | None = None
    permissions: frozenset[str] = frozenset()

    def may(self, permission: str) -> bool:
        return self.kind is ActorKind.SYSTEM or permission in self.permissions


PUBLIC = Actor(ActorKind.PUBLIC)
SYSTEM = Actor(ActorKind.SYSTEM, "system")
