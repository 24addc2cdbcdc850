"""Who gave an entry is told when it comes off, and takes it back by judging otherwise."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hashcheck.domain.entry import EntryState, RefusalReason, WithdrawalReason
from hashcheck.domain.role import LIST_STEWARD
from hashcheck.queries import entry_of_source
from hashcheck.tasks import Outside, tasks
from hashcheck.use_cases.entry import (
    approve_entry,
    take_back,
    take_candidate,
    withdraw_entry,
)
from shared.contracts.event import EventEnvelope, EventTaken
from shared.contracts.hashcheck import (
    DecisionReversed,
    EntryWithdrawn,
    HashCandidate,
    WithdrawnBecause,
)
from shared.domain.actor import Actor, ActorKind
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.errors import Conflict, Unavailable
from shared.platform.outbox import Outcome
from shared.platform.tables import Outbox
from sqlmodel import select

from tests.hashcheck.hashes import picture
from tests.hashcheck.lists import Lists, person

HOTLINE = Actor(ActorKind.SERVICE, "hotline")


@dataclass
class Hotline:
    """The other service; `away` is how many calls it does not answer, though it took them."""

    away: int = 0
    taken: list[EventEnvelope] = field(default_factory=list)

    def post(self, path: str, body: Any, answer: Any, /) -> Any:
        assert path == "/internal/events"
        self.taken.append(body)
        if len(self.taken) <= self.away:
            raise Unavailable
        return EventTaken(event_id=body.event_id)


@pytest.fixture
def hotline(lists: Lists) -> Hotline:
    made = Hotline()
    tasks.bind(lists.sessions, Outside(hotline=made), clock=lists.clock)
    return made


def handed_over(lists: Lists) -> tuple[UUID, UUID]:
    """A listed entry, and the assessment that it came from."""
    entry_id, assessment_id = proposed(lists)
    lists.do(lists.second, lambda work: approve_entry(work, entry_id))
    return entry_id, assessment_id


def proposed(lists: Lists) -> tuple[UUID, UUID]:
    told = HashCandidate(
        assessment_id=uuid4(),
        decided_by=uuid4(),
        decided_at=datetime(2026, 3, 2, tzinfo=UTC),
        hashes=picture(uuid4()),
        ai_involvement=AiInvolvement.NOT_SEEN,
        age_min=7,
        age_max=10,
        gender=Gender.FEMALE,
        self_generated=SelfGenerated.UNKNOWN,
    )
    lists.do(HOTLINE, lambda work: take_candidate(work, told))
    found = lists.do(HOTLINE, lambda work: entry_of_source(work.session, told.assessment_id))
    assert found is not None
    return found.id, told.assessment_id


def withdraw(lists: Lists, entry_id: UUID) -> None:
    reason = WithdrawalReason.FALSE_POSITIVE
    lists.do(person(LIST_STEWARD), lambda work: withdraw_entry(work, entry_id, reason))


def waiting(lists: Lists) -> list[Outbox]:
    with lists.sessions() as session:
        return list(session.exec(select(Outbox).where(Outbox.done_at == None)))  # noqa: E711


def reverse(lists: Lists, assessment_id: UUID) -> UUID:
    later = uuid4()
    told = DecisionReversed(
        assessment_id=assessment_id, reversed_by=later, reversed_at=lists.clock()
    )
    lists.do(HOTLINE, lambda work: take_back(work, told))
    return later


def told(envelope: EventEnvelope) -> EntryWithdrawn:
    return EntryWithdrawn.model_validate_json(json.dumps(envelope.payload))


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_the_hotline_is_told_what_came_off_and_why(lists: Lists, hotline: Hotline) -> None:
    entry_id, assessment_id = handed_over(lists)
    withdraw(lists, entry_id)
    [row] = waiting(lists)
    assert tasks.execute(row.id) is Outcome.DONE
    [envelope] = hotline.taken
    assert (envelope.source, envelope.type) == ("hashcheck", "entry.withdrawn")
    event = told(envelope)
    assert (event.entry_id, event.assessment_id) == (entry_id, assessment_id)
    assert event.reason is WithdrawnBecause.FALSE_POSITIVE
    assert waiting(lists) == []


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_what_was_not_answered_is_told_again_as_the_same_event(
    lists: Lists, hotline: Hotline
) -> None:
    hotline.away = 1
    entry_id, _ = handed_over(lists)
    withdraw(lists, entry_id)
    [row] = waiting(lists)
    assert tasks.execute(row.id) is Outcome.LATER
    lists.clock.advance(timedelta(hours=7))
    assert tasks.execute(row.id) is not Outcome.LATER
    first, second = hotline.taken
    assert first.event_id == second.event_id
    assert waiting(lists) == []


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_nobody_is_told_of_what_stewards_proposed_themselves(lists: Lists) -> None:
    withdraw(lists, lists.listed(picture(uuid4())))
    assert waiting(lists) == []


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_what_the_hotline_judges_otherwise_comes_off_at_once(lists: Lists) -> None:
    entry_id, assessment_id = handed_over(lists)
    reverse(lists, assessment_id)
    entry = lists.entry(entry_id)
    assert (entry.state, entry.withdrawal) == (
        EntryState.WITHDRAWN,
        WithdrawalReason.DECISION_REVERSED,
    )
    assert lists.matched() == []
    # A second time, and of what was never handed over, changes nothing.
    reverse(lists, assessment_id)
    reverse(lists, uuid4())
    assert lists.entry(entry_id).withdrawn_at == entry.withdrawn_at


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_a_proposal_that_the_hotline_takes_back_is_listed_by_nobody(lists: Lists) -> None:
    entry_id, assessment_id = proposed(lists)
    later = reverse(lists, assessment_id)
    entry = lists.entry(entry_id)
    assert (entry.state, entry.refusal) == (EntryState.REFUSED, RefusalReason.NOT_ILLEGAL)
    assert entry.decided_by == later
    with pytest.raises(Conflict):
        lists.do(lists.second, lambda work: approve_entry(work, entry_id))
