"""One look at a conversation for all who follow it in this process.

A message wakes the stream of its visitor and the desk of its worker at the same moment. The first
of them looks, and those who heard of the same version take what it found; nothing is kept for who
comes later. Whether somebody may have it is each follower's own question (`Seen.for_visitor`,
`Seen.for_worker`).
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.contracts.chat import ChatMessage
from shared.domain.actor import Actor
from shared.domain.errors import NotFound
from shared.platform.contact.statements import Facts, look
from shared.platform.contact.texts import open_messages
from shared.platform.unit_of_work import UnitOfWork

Moment = tuple[UUID, int, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation with what was said after a number, in order; nothing when it was erased."""

    facts: Facts
    messages: list[ChatMessage]

    def for_visitor(self, secret_hash: bytes) -> "Seen":
        """Raises NotFound `chat_unknown` for whoever has another secret, or one of before."""
        if self.facts.secret_hash != secret_hash:
            raise NotFound("chat_unknown")
        return self

    def for_worker(self, actor: Actor) -> "Seen":
        """Raises NotFound for a member of staff who did not accept the conversation."""
        if actor.id is None or self.facts.worker_id != actor.id:
            raise NotFound
        return self


class Readings:
    """The looks that are under way, by conversation, last number known and `Signals.moment`.

    A look that began before a word was heard is not for who heard it.
    """

    def __init__(self) -> None:
        self._under_way: dict[Moment, asyncio.Task[Seen]] = {}

    async def at(self, moment: Moment, read: Callable[[], Coroutine[Any, Any, Seen]]) -> Seen:
        """What `read` finds, or what somebody's `read` that is under way will find."""
        task = self._under_way.get(moment)
        if task is None:
            task = self._under_way[moment] = asyncio.create_task(read())
            task.add_done_callback(lambda done: self._found(moment, done))
        # Whoever goes away meanwhile does not take it from the others.
        return await asyncio.shield(task)

    def _found(self, moment: Moment, task: asyncio.Task[Seen]) -> None:
        del self._under_way[moment]
        if not task.cancelled():
            # Said to whoever waits; if all went away, it is said to nobody.
            task.exception()


def see(work: UnitOfWork, conversation_id: UUID, after_seq: int) -> Seen:
    """Raises NotFound `chat_unknown`, or `erased` when its key was destroyed a moment ago."""
    found = look(work.session, conversation_id, after_seq)
    if found is None:
        raise NotFound("chat_unknown")
    facts, sealed = found
    erased = facts.erased_at is not None
    return Seen(facts, [] if erased else open_messages(work, conversation_id, sealed))
