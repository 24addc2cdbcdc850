"""What an analyst may answer, and what may be decided without anyone looking."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hotline.domain.assessment import (
    Choice,
    Decision,
    DifferenceReason,
    KnownPicture,
    NotIllegalReason,
    SameAssessor,
    Verdict,
    check_decision,
    check_second_assessor,
    may_decide_unseen,
    verdict_of_page,
)
from hotline.domain.labels import Activity, Depiction, Labels, PersonShown, SexualFocus
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.errors import Invalid

ILLEGAL = Labels(
    PersonShown.CHILD, Depiction.REAL, SexualFocus.FOCUS_ON_BODY_PARTS, Activity.NONE, (7, 10)
)
ADULT = replace(ILLEGAL, person_shown=PersonShown.ADULT)

TAKEN = [
    Decision(Choice.ILLEGAL, ILLEGAL),
    Decision(Choice.ILLEGAL, ADULT, difference_reason=DifferenceReason.CONSULTED),
    Decision(Choice.ILLEGAL, difference_reason=DifferenceReason.SERIES_KNOWN),
    Decision(Choice.NOT_ILLEGAL, ADULT, NotIllegalReason.ADULT),
    Decision(Choice.NOT_ILLEGAL, not_illegal_reason=NotIllegalReason.ALREADY_GONE),
    Decision(Choice.IGNORE),
    Decision(Choice.DOUBT),
    Decision(Choice.DOUBT, ILLEGAL),
]

REFUSED = [
    (Decision(Choice.ILLEGAL), "difference_reason_missing"),
    (Decision(Choice.ILLEGAL, ADULT), "difference_reason_missing"),
    (Decision(Choice.ILLEGAL, ILLEGAL, NotIllegalReason.ADULT), "contradiction"),
    (Decision(Choice.NOT_ILLEGAL), "reason_missing"),
    (Decision(Choice.IGNORE, not_illegal_reason=NotIllegalReason.OTHER), "contradiction"),
    (Decision(Choice.DOUBT, not_illegal_reason=NotIllegalReason.OTHER), "contradiction"),
    (Decision(Choice.DOUBT, schema_version="offlimits-0"), "unknown_schema_version"),
    (Decision(Choice.IGNORE, replace(ILLEGAL, age=(1, 9))), "unknown_age_step"),
]


@pytest.mark.requirement("CL-3")
@pytest.mark.parametrize("decision", TAKEN, ids=lambda decision: decision.choice.value)
def test_a_decision_that_is_whole_is_taken(decision: Decision) -> None:
    check_decision(decision)


@pytest.mark.requirement("CL-3")
@pytest.mark.requirement("CL-6")
@pytest.mark.parametrize(("decision", "code"), REFUSED)
def test_a_decision_that_contradicts_itself_is_refused(decision: Decision, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_decision(decision)
    assert refused.value.code == code


@pytest.mark.requirement("CL-6")
@pytest.mark.parametrize("reason", list(NotIllegalReason))
def test_not_illegal_against_the_labels_needs_a_reason_of_difference(
    reason: NotIllegalReason,
) -> None:
    decision = Decision(Choice.NOT_ILLEGAL, ILLEGAL, reason)
    with pytest.raises(Invalid) as refused:
        check_decision(decision)
    assert refused.value.code == "difference_reason_missing"
    check_decision(replace(decision, difference_reason=DifferenceReason.LABELS_TOO_COARSE))


@pytest.mark.requirement("HA-1")
@given(same_file=st.booleans(), illegal=st.booleans(), count=st.integers(0, 5))
def test_only_the_same_file_that_two_people_found_illegal_is_decided_unseen(
    *, same_file: bool, illegal: bool, count: int
) -> None:
    known = KnownPicture(uuid4(), same_file, count, is_listed_as_illegal=illegal)
    assert may_decide_unseen(known) is (same_file and illegal and count >= 2)


@pytest.mark.requirement("CL-9")
def test_who_doubted_cannot_give_the_second_opinion() -> None:
    first, second = uuid4(), uuid4()
    check_second_assessor(first, second)
    check_second_assessor(None, second)
    with pytest.raises(SameAssessor):
        check_second_assessor(first, first)


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=6))
def test_a_page_waits_for_all_its_pictures_and_is_as_illegal_as_one(
    verdicts: list[Verdict],
) -> None:
    found = verdict_of_page(verdicts)
    assert (found is Verdict.UNDECIDED) == (Verdict.UNDECIDED in verdicts)
    if found is not Verdict.UNDECIDED:
        assert (found is Verdict.ILLEGAL) == (Verdict.ILLEGAL in verdicts)
