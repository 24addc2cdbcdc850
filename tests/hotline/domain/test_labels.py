"""Facts first, law after: what labels mean under article 252 and for other systems."""

from dataclasses import replace

import pytest
from hotline.domain.labels import (
    SCHEMA_VERSION,
    Activity,
    Depiction,
    Labels,
    NationalVerdict,
    PersonShown,
    SexualFocus,
    check_labels,
    national_verdict,
    xarf_classification,
)
from hypothesis import given
from hypothesis import strategies as st
from shared.domain.classification import AGE_STEPS, AiInvolvement
from shared.domain.errors import Invalid

ILLEGAL = Labels(
    person_shown=PersonShown.CHILD,
    depiction=Depiction.REAL,
    sexual_focus=SexualFocus.FOCUS_ON_BODY_PARTS,
    activity=Activity.NONE,
    age=(7, 10),
    ai_involvement=AiInvolvement.NOT_SEEN,
)

P, D, S, A = PersonShown, Depiction, SexualFocus, Activity
YES, NO, UNCLEAR = NationalVerdict.ILLEGAL, NationalVerdict.NOT_ILLEGAL, NationalVerdict.UNCLEAR

# What the law says about 40 combinations of the four labels that decide.
COMBINATIONS = [
    (P.CHILD, D.REAL, S.FOCUS_ON_BODY_PARTS, A.NONE, YES),
    (P.CHILD, D.REAL, S.SUGGESTIVE_POSING, A.NONE, YES),
    (P.CHILD, D.REAL, S.NONE, A.SOLO, YES),
    (P.CHILD, D.REAL, S.NONE, A.BETWEEN_CHILDREN, YES),
    (P.CHILD, D.REAL, S.NONE, A.WITH_ADULT, YES),
    (P.CHILD, D.REAL, S.UNKNOWN, A.WITH_ADULT, YES),
    (P.CHILD, D.REAL, S.SUGGESTIVE_POSING, A.UNKNOWN, YES),
    (P.CHILD, D.REAL, S.NONE, A.NONE, NO),
    (P.CHILD, D.REAL, S.UNKNOWN, A.NONE, UNCLEAR),
    (P.CHILD, D.REAL, S.NONE, A.UNKNOWN, UNCLEAR),
    (P.CHILD, D.REAL, S.UNKNOWN, A.UNKNOWN, UNCLEAR),
    (P.CHILD, D.REAL_EDITED, S.SUGGESTIVE_POSING, A.NONE, YES),
    (P.CHILD, D.REAL_EDITED, S.NONE, A.NONE, NO),
    (P.CHILD, D.SYNTHETIC_PHOTOREALISTIC, S.SUGGESTIVE_POSING, A.NONE, YES),
    (P.CHILD, D.SYNTHETIC_PHOTOREALISTIC, S.NONE, A.WITH_ADULT, YES),
    (P.CHILD, D.SYNTHETIC_PHOTOREALISTIC, S.NONE, A.NONE, NO),
    (P.CHILD, D.SYNTHETIC_STYLISED, S.FOCUS_ON_BODY_PARTS, A.SOLO, NO),
    (P.CHILD, D.DRAWING_ANIMATION, S.FOCUS_ON_BODY_PARTS, A.WITH_ADULT, NO),
    (P.CHILD, D.TEXT, S.SUGGESTIVE_POSING, A.WITH_ADULT, NO),
    (P.CHILD, D.UNKNOWN, S.FOCUS_ON_BODY_PARTS, A.NONE, UNCLEAR),
    (P.CHILD, D.UNKNOWN, S.NONE, A.NONE, NO),
    (P.APPEARS_CHILD, D.REAL, S.FOCUS_ON_BODY_PARTS, A.NONE, YES),
    (P.APPEARS_CHILD, D.REAL, S.NONE, A.SOLO, YES),
    (P.APPEARS_CHILD, D.REAL, S.NONE, A.NONE, NO),
    (P.APPEARS_CHILD, D.REAL_EDITED, S.NONE, A.BETWEEN_CHILDREN, YES),
    (P.APPEARS_CHILD, D.SYNTHETIC_PHOTOREALISTIC, S.FOCUS_ON_BODY_PARTS, A.NONE, YES),
    (P.APPEARS_CHILD, D.SYNTHETIC_STYLISED, S.SUGGESTIVE_POSING, A.NONE, NO),
    (P.APPEARS_CHILD, D.UNKNOWN, S.NONE, A.WITH_ADULT, UNCLEAR),
    (P.ADULT, D.REAL, S.FOCUS_ON_BODY_PARTS, A.SOLO, NO),
    (P.ADULT, D.REAL, S.UNKNOWN, A.UNKNOWN, NO),
    (P.ADULT, D.UNKNOWN, S.FOCUS_ON_BODY_PARTS, A.NONE, NO),
    (P.ADULT, D.SYNTHETIC_PHOTOREALISTIC, S.FOCUS_ON_BODY_PARTS, A.NONE, NO),
    (P.NONE, D.REAL, S.NONE, A.NONE, NO),
    (P.NONE, D.UNKNOWN, S.UNKNOWN, A.UNKNOWN, NO),
    (P.UNKNOWN, D.REAL, S.FOCUS_ON_BODY_PARTS, A.NONE, UNCLEAR),
    (P.UNKNOWN, D.REAL, S.NONE, A.WITH_ADULT, UNCLEAR),
    (P.UNKNOWN, D.REAL, S.NONE, A.NONE, NO),
    (P.UNKNOWN, D.DRAWING_ANIMATION, S.FOCUS_ON_BODY_PARTS, A.NONE, NO),
    (P.UNKNOWN, D.UNKNOWN, S.SUGGESTIVE_POSING, A.NONE, UNCLEAR),
    (P.UNKNOWN, D.UNKNOWN, S.UNKNOWN, A.UNKNOWN, UNCLEAR),
]

# XARF: baseline, or A before and B from puberty, 1 with an act and 2 without.
XARF = [
    (ILLEGAL, "baseline"),
    (replace(ILLEGAL, age=(11, 11)), "baseline"),
    (replace(ILLEGAL, age=(12, 13)), "baseline"),
    (replace(ILLEGAL, age=(14, 15)), "B2"),
    (replace(ILLEGAL, age=None), "B2"),
    (replace(ILLEGAL, person_shown=P.APPEARS_CHILD), "A2"),
    (replace(ILLEGAL, depiction=D.SYNTHETIC_PHOTOREALISTIC), "A2"),
    (replace(ILLEGAL, depiction=D.REAL_EDITED, activity=A.WITH_ADULT), "A1"),
    (replace(ILLEGAL, sexual_focus=S.SUGGESTIVE_POSING), "A2"),
    (replace(ILLEGAL, sexual_focus=S.NONE, activity=A.SOLO), "baseline"),
    (replace(ILLEGAL, age=(16, 17), activity=A.SOLO), "B1"),
    (Labels(), "B2"),
]


def all_labels() -> st.SearchStrategy[Labels]:
    return st.builds(
        Labels,
        person_shown=st.sampled_from(PersonShown),
        depiction=st.sampled_from(Depiction),
        sexual_focus=st.sampled_from(SexualFocus),
        activity=st.sampled_from(Activity),
        age=st.none() | st.sampled_from(AGE_STEPS),
    )


@pytest.mark.requirement("CL-6")
@pytest.mark.parametrize(("person", "depiction", "focus", "activity", "verdict"), COMBINATIONS)
def test_the_law_follows_from_the_labels(
    person: PersonShown,
    depiction: Depiction,
    focus: SexualFocus,
    activity: Activity,
    verdict: NationalVerdict,
) -> None:
    labels = Labels(person, depiction, focus, activity)
    assert national_verdict(labels) is verdict


def test_forty_combinations_are_told() -> None:
    assert len(COMBINATIONS) == 40
    assert len({row[:4] for row in COMBINATIONS}) == 40


@pytest.mark.requirement("CL-6")
@given(all_labels())
def test_learning_an_unknown_label_never_turns_a_verdict_around(labels: Labels) -> None:
    """UNCLEAR may become either; a verdict that is clear holds whatever else becomes known."""
    told = national_verdict(labels)
    for person in PersonShown if labels.person_shown is PersonShown.UNKNOWN else ():
        learned = national_verdict(replace(labels, person_shown=person))
        assert told is UNCLEAR or learned is told
    for depiction in Depiction if labels.depiction is Depiction.UNKNOWN else ():
        learned = national_verdict(replace(labels, depiction=depiction))
        assert told is UNCLEAR or learned is told


@pytest.mark.requirement("HO-9")
@pytest.mark.parametrize(("labels", "classification"), XARF)
def test_xarf_gets_the_class_of_the_industry(labels: Labels, classification: str) -> None:
    assert xarf_classification(labels) == classification


@pytest.mark.requirement("HO-9")
@given(all_labels())
def test_xarf_gets_no_class_but_these_five(labels: Labels) -> None:
    assert xarf_classification(labels) in {classification for _, classification in XARF}
    assert len({classification for _, classification in XARF}) == 5


@pytest.mark.requirement("CL-7")
@given(all_labels())
def test_baseline_is_only_a_real_child_under_thirteen(labels: Labels) -> None:
    if xarf_classification(labels) == "baseline":
        assert labels.person_shown is PersonShown.CHILD
        assert labels.depiction is Depiction.REAL
        assert labels.age is not None
        assert labels.age[0] < 13


@pytest.mark.requirement("CL-4")
@pytest.mark.parametrize(
    ("change", "version", "code"),
    [
        ({}, "offlimits-0", "unknown_schema_version"),
        ({"age": (0, 17)}, SCHEMA_VERSION, "unknown_age_step"),
        ({"age": (10, 7)}, SCHEMA_VERSION, "unknown_age_step"),
        ({"ai_confidence": 0}, SCHEMA_VERSION, "unknown_confidence"),
        ({"ai_confidence": 4}, SCHEMA_VERSION, "unknown_confidence"),
        ({"ai_involvement": AiInvolvement.AI_GENERATED}, SCHEMA_VERSION, "contradiction"),
        ({"ai_involvement": AiInvolvement.AI_EDITED}, SCHEMA_VERSION, "contradiction"),
    ],
)
def test_labels_outside_the_schema_are_refused(
    change: dict[str, object], version: str, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check_labels(replace(ILLEGAL, **change), version)  # type: ignore[arg-type]
    assert refused.value.code == code


@pytest.mark.requirement("CL-7")
@pytest.mark.parametrize("age", AGE_STEPS)
def test_every_age_from_0_to_17_is_in_one_step(age: tuple[int, int]) -> None:
    check_labels(replace(ILLEGAL, age=age), SCHEMA_VERSION)
    years = [year for low, high in AGE_STEPS for year in range(low, high + 1)]
    assert years == list(range(18))
