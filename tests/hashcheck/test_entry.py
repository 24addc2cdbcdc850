"""Entries: two different people put one on a list; anybody of them takes it off at once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hashcheck import queries
from hashcheck.domain.entry import EntryState, RefusalReason, WithdrawalReason
from hashcheck.domain.role import AUDITOR, CLIENT_MANAGER, LIST_STEWARD
from hashcheck.use_cases.entry import (
    approve_entry,
    classification_of,
    propose_entry,
    refuse_entry,
    take_candidate,
    withdraw_entry,
)
from shared.contracts.hashcheck import HashCandidate
from shared.domain.actor import SYSTEM, Actor, ActorKind
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.content_hash import HashType
from shared.domain.errors import Conflict, Invalid, NotFound, NotPermitted

from tests.fakes import MONDAY_MORNING
from tests.hashcheck.hashes import POOR, item, picture, value
from tests.hashcheck.lists import LABELS, Lists, person, proposal

HOTLINE = Actor(ActorKind.SERVICE, "hotline")


def listed_types(lists: Lists) -> set[HashType]:
    """Types of all hashes that are matched now."""
    return set(lists.matched())


def version(lists: Lists) -> int:
    with lists.sessions() as session:
        return queries.list_version(session)


def candidate(assessment_id: UUID, analyst: UUID) -> HashCandidate:
    return HashCandidate(
        assessment_id=assessment_id,
        decided_by=analyst,
        decided_at=MONDAY_MORNING - timedelta(hours=2),
        hashes=picture(1),
        ai_involvement=AiInvolvement.AI_GENERATED,
        age_min=4,
        age_max=6,
        gender=Gender.FEMALE,
        self_generated=SelfGenerated.NO,
    )


@pytest.mark.requirement("HC-LIST-1")
def test_a_proposal_is_matched_by_nobody(lists: Lists) -> None:
    before = version(lists)
    entry = lists.entry(lists.propose(picture(1)))

    assert (entry.state, entry.decided_by) == (EntryState.PROPOSED, None)
    assert listed_types(lists) == set()
    assert version(lists) == before


@pytest.mark.requirement("HC-LIST-1")
def test_a_picture_is_listed_when_a_second_person_agrees(lists: Lists) -> None:
    before = version(lists)
    entry = lists.entry(lists.listed(picture(1)))

    assert entry.state is EntryState.LISTED
    assert (entry.proposed_by, entry.decided_by) == (lists.first.id, lists.second.id)
    assert entry.decided_at == MONDAY_MORNING
    assert listed_types(lists) == set(HashType)
    assert version(lists) == before + 1


@pytest.mark.requirement("HC-LIST-1")
def test_the_person_who_proposed_cannot_decide(lists: Lists) -> None:
    entry_id = lists.propose(picture(1))
    with pytest.raises(NotPermitted, match="second_person_needed"):
        lists.do(lists.first, lambda work: approve_entry(work, entry_id))
    with pytest.raises(NotPermitted, match="second_person_needed"):
        lists.do(
            lists.first, lambda work: refuse_entry(work, entry_id, RefusalReason.WRONG_PICTURE)
        )
    assert lists.entry(entry_id).state is EntryState.PROPOSED


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize("actor", [SYSTEM, HOTLINE], ids=["a clock", "a service"])
def test_what_is_not_a_person_proposes_and_decides_nothing(lists: Lists, actor: Actor) -> None:
    entry_id = lists.propose(picture(1))
    with pytest.raises(NotPermitted):
        lists.do(actor, lambda work: propose_entry(work, proposal(picture(2))))
    with pytest.raises(NotPermitted):
        lists.do(actor, lambda work: approve_entry(work, entry_id))
    assert listed_types(lists) == set()


@pytest.mark.requirement("HC-LIST-1")
@pytest.mark.parametrize("role", [AUDITOR, CLIENT_MANAGER, "administrator"])
def test_only_a_steward_proposes_decides_and_withdraws(lists: Lists, role: str) -> None:
    other, entry_id = person(role), lists.propose(picture(1))
    listed_id = lists.listed(picture(2))
    reason = WithdrawalReason.FALSE_POSITIVE
    for act in (
        lambda work: propose_entry(work, proposal(picture(3))),
        lambda work: approve_entry(work, entry_id),
        lambda work: refuse_entry(work, entry_id, RefusalReason.DUPLICATE),
        lambda work: withdraw_entry(work, listed_id, reason),
    ):
        with pytest.raises(NotPermitted):
            lists.do(other, act)


@pytest.mark.requirement("HC-LIST-1")
def test_the_second_person_may_refuse_and_says_why(lists: Lists) -> None:
    entry_id = lists.propose(picture(1))
    lists.do(lists.second, lambda work: refuse_entry(work, entry_id, RefusalReason.NOT_ILLEGAL))

    entry = lists.entry(entry_id)
    assert (entry.state, entry.refusal) == (EntryState.REFUSED, RefusalReason.NOT_ILLEGAL)
    assert listed_types(lists) == set()
    with pytest.raises(Conflict, match="not_awaiting_decision"):
        lists.approve(entry_id)


@pytest.mark.requirement("HC-LIST-2")
def test_one_person_takes_an_entry_off_the_list(lists: Lists) -> None:
    entry_id = lists.listed(picture(1))
    before = version(lists)
    reason = WithdrawalReason.FALSE_POSITIVE
    lists.do(lists.first, lambda work: withdraw_entry(work, entry_id, reason))

    entry = lists.entry(entry_id)
    assert (entry.state, entry.withdrawal) == (EntryState.WITHDRAWN, reason)
    assert entry.decided_by == lists.second.id
    assert listed_types(lists) == set()
    assert version(lists) == before + 1
    with pytest.raises(Conflict, match="not_listed"):
        lists.do(lists.second, lambda work: withdraw_entry(work, entry_id, reason))


@pytest.mark.requirement("HC-LIST-2")
def test_a_withdrawn_picture_needs_two_people_again(lists: Lists) -> None:
    entry_id = lists.listed(picture(1))
    reason = WithdrawalReason.DECISION_REVERSED
    lists.do(lists.first, lambda work: withdraw_entry(work, entry_id, reason))

    again = lists.propose(picture(1))

    assert again != entry_id
    assert listed_types(lists) == set()


@pytest.mark.requirement("HC-LIST-4")
def test_a_file_is_on_a_list_once(lists: Lists) -> None:
    lists.propose(picture(1))
    lists.listed(picture(2))
    for known in (picture(1), picture(2), [item(value(HashType.SHA256, 2))]):
        with pytest.raises(Conflict, match="entry_already_known"):
            lists.propose(known)


@pytest.mark.requirement("HC-LIST-4")
def test_a_file_may_be_on_lists_of_two_origins(lists: Lists) -> None:
    lists.test_list()
    assert lists.listed(picture(1)) != lists.listed(picture(1), "test")


@pytest.mark.requirement("HC-LIST-5")
def test_a_picture_that_shows_too_little_is_not_listed_by_its_looks(lists: Lists) -> None:
    lists.listed(picture(1, POOR))
    assert listed_types(lists) == {HashType.MD5, HashType.SHA1, HashType.SHA256}


@pytest.mark.requirement("HC-LIST-3")
def test_a_proposal_for_a_list_that_does_not_exist_is_refused(lists: Lists) -> None:
    with pytest.raises(NotFound, match="list_unknown"):
        lists.propose(picture(1), "nowhere")


@pytest.mark.requirement("SEC-S1")
def test_an_entry_that_does_not_exist_cannot_be_decided(lists: Lists) -> None:
    with pytest.raises(NotFound):
        lists.approve(uuid4())
    with pytest.raises(NotFound):
        lists.do(lists.second, lambda work: classification_of(work, uuid4()))


@pytest.mark.requirement("SEC-S1")
def test_a_hash_that_cannot_be_read_is_not_proposed(lists: Lists) -> None:
    broken = item(value(HashType.SHA256, 1)).model_copy(update={"value": "no hash"})
    with pytest.raises(Invalid, match="hash_not_hexadecimal"):
        lists.propose([broken])


@pytest.mark.requirement("HC-AUDIT-1")
def test_every_step_is_recorded_with_who_took_it(lists: Lists) -> None:
    entry_id = lists.listed(picture(1))
    reason = WithdrawalReason.SOURCE_WITHDREW
    lists.do(lists.first, lambda work: withdraw_entry(work, entry_id, reason))

    told = lists.audit(entry_id)

    assert [(each.action, each.actor_id) for each in told] == [
        ("entry.proposed", lists.first.id),
        ("entry.listed", lists.second.id),
        ("entry.withdrawn", lists.first.id),
    ]
    assert told[2].reason == "source_withdrew"
    assert told[1].facts == {"list_version": version(lists) - 1}


@pytest.mark.requirement("HC-AUDIT-1")
@pytest.mark.requirement("SEC-P4")
def test_no_hash_is_written_into_the_audit(lists: Lists) -> None:
    told = "".join(repr(each.model_dump()) for each in lists.audit(lists.listed(picture(1))))
    assert told
    for each in picture(1):
        assert each.value not in told


@pytest.mark.requirement("HC-LIST-1")
def test_an_analyst_of_the_hotline_is_the_first_person_of_a_candidate(lists: Lists) -> None:
    assessment_id, analyst = uuid4(), person(LIST_STEWARD)
    assert analyst.id
    told = candidate(assessment_id, analyst.id)
    lists.do(HOTLINE, lambda work: take_candidate(work, told))
    with lists.sessions() as session:
        entry = queries.entry_of_source(session, assessment_id)
    assert entry

    assert (entry.proposed_by, entry.proposed_in) == (analyst.id, "hotline")
    assert entry.proposed_at == told.decided_at
    with pytest.raises(NotPermitted, match="second_person_needed"):
        lists.do(analyst, lambda work: approve_entry(work, entry.id))
    lists.approve(entry.id)
    assert listed_types(lists) == set(HashType)


@pytest.mark.requirement("HC-LIST-4")
def test_a_candidate_that_is_told_again_is_proposed_once(lists: Lists) -> None:
    told = candidate(uuid4(), uuid4())
    lists.do(HOTLINE, lambda work: take_candidate(work, told))
    lists.do(HOTLINE, lambda work: take_candidate(work, told))
    with lists.sessions() as session:
        assert queries.proposal_count(session) == 1


@pytest.mark.requirement("HC-LIST-4")
def test_a_candidate_that_is_listed_already_is_recorded_and_left(lists: Lists) -> None:
    lists.listed(picture(1))
    told = candidate(uuid4(), uuid4())
    lists.do(HOTLINE, lambda work: take_candidate(work, told))

    with lists.sessions() as session:
        assert queries.proposal_count(session) == 0
    assert [each.action for each in lists.audit(told.assessment_id)] == ["entry.already_known"]


@pytest.mark.requirement("HA-2")
def test_what_two_people_saw_is_told_while_the_entry_is_listed(lists: Lists) -> None:
    entry_id = lists.propose(picture(1))
    with pytest.raises(NotFound):
        lists.do(HOTLINE, lambda work: classification_of(work, entry_id))
    lists.approve(entry_id)

    told = lists.do(HOTLINE, lambda work: classification_of(work, entry_id))

    assert (told.list_name, told.decision_count) == ("offlimits", 2)
    assert (told.age_min, told.age_max, told.gender) == (7, 10, LABELS.gender)
    reason = WithdrawalReason.FALSE_POSITIVE
    lists.do(lists.first, lambda work: withdraw_entry(work, entry_id, reason))
    with pytest.raises(NotFound):
        lists.do(HOTLINE, lambda work: classification_of(work, entry_id))
