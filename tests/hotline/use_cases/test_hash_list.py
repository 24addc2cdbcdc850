"""What the hash check service is told when people judge otherwise, and what it tells back."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hotline.api.event import handlers
from hotline.domain.assessment import Choice, Decision, NotIllegalReason
from hotline.domain.url import UrlState
from hotline.queries.assessment import withdrawals_of
from hotline.tables import Assessment, EntryWithdrawal, Url
from hotline.use_cases.assessment import decide, decision_reversed, hash_candidate
from shared.contracts.event import EventEnvelope
from shared.contracts.hashcheck import DECISION_REVERSED, ENTRY_WITHDRAWN, WithdrawnBecause
from shared.domain.actor import Actor, ActorKind
from shared.domain.errors import Invalid
from shared.platform.unit_of_work import announcement

from tests.hotline.inside import ADA, BOB, Hotline
from tests.hotline.use_cases.test_desk import FOUND_ILLEGAL, NOT_ILLEGAL, ONE, decided

HASHCHECK = Actor(ActorKind.SERVICE, "hashcheck")
REVERSED = announcement(DECISION_REVERSED, "hashcheck")


def handed_over(hotline: Hotline) -> Assessment:
    made = decided(hotline, hotline.cases().awaiting(ONE), FOUND_ILLEGAL, ADA)
    hotline.finish_outbox()
    return made


def judged_again(hotline: Hotline, made: Assessment, decision: Decision) -> Assessment:
    """The same picture comes before a person once more."""
    hotline.clock.advance(timedelta(hours=1))
    with hotline.work() as work:
        url = work.session.get_one(Url, made.url_id)
        url.state, url.picture_id = UrlState.AWAITING_DECISION, made.picture_id
        url.claimed_by, url.claimed_until = BOB.id, hotline.clock() + timedelta(minutes=1)
    version = hotline.row(Url, made.url_id).version
    return hotline.do(decide, made.url_id, decision, version, by=BOB)


def told(hotline: Hotline, made: Assessment) -> bool:
    return (REVERSED, made.id) in hotline.waiting()


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_what_people_judge_otherwise_is_taken_back_from_the_list(hotline: Hotline) -> None:
    made = handed_over(hotline)
    later = judged_again(hotline, made, NOT_ILLEGAL)
    assert told(hotline, made)
    event = hotline.do(decision_reversed, made.id)
    assert event is not None
    assert (event.assessment_id, event.reversed_by) == (made.id, later.id)
    # Also if the hand-over itself was held up so long.
    assert hotline.do(hash_candidate, made.id) is None
    again = judged_again(hotline, made, FOUND_ILLEGAL)
    assert hotline.do(decision_reversed, made.id) is None
    assert hotline.do(hash_candidate, again.id) is not None


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_that_a_picture_cannot_be_reached_reverses_nothing(hotline: Hotline) -> None:
    made = handed_over(hotline)
    gone = Decision(Choice.NOT_ILLEGAL, not_illegal_reason=NotIllegalReason.ALREADY_GONE)
    judged_again(hotline, made, gone)
    assert not told(hotline, made)
    assert hotline.do(decision_reversed, made.id) is None


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_that_an_entry_came_off_is_kept_once_and_shown_with_its_assessment(
    hotline: Hotline,
) -> None:
    made = handed_over(hotline)
    entry_id = uuid4()
    envelope = withdrawal(str(made.id), str(entry_id))
    for _ in range(2):
        hotline.do(handlers.take, envelope, by=HASHCHECK)
    [kept] = hotline.rows(EntryWithdrawal)
    assert (kept.entry_id, kept.reason) == (entry_id, WithdrawnBecause.FALSE_POSITIVE)
    assert list(hotline.ask(withdrawals_of, made.url_id)) == [made.id]


@pytest.mark.requirement("HC-UPSTREAM-1")
def test_a_withdrawal_of_what_was_never_handed_over_is_refused(hotline: Hotline) -> None:
    with pytest.raises(Invalid, match="bad_event"):
        hotline.do(handlers.take, withdrawal(str(uuid4()), str(uuid4())), by=HASHCHECK)


def withdrawal(assessment_id: str, entry_id: str) -> EventEnvelope:
    return EventEnvelope(
        source="hashcheck",
        event_id=uuid4(),
        type=ENTRY_WITHDRAWN,
        occurred_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
        payload={
            "assessment_id": assessment_id,
            "entry_id": entry_id,
            "reason": "false_positive",
            "withdrawn_at": "2026-03-02T09:00:00Z",
        },
    )
