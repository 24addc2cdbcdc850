"""The questions of the classification form: their options, and the form as a decision."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, Field, field_validator
from shared.domain.classification import AiInvolvement, Gender, SelfGenerated
from shared.domain.errors import Invalid
from shared.ui.translations import phrase

from hotline.domain.assessment import Choice, Decision, DifferenceReason, NotIllegalReason
from hotline.domain.labels import Activity, Depiction, Labels, PersonShown, SexualFocus
from hotline.pages.words import AGE_WORDS, CONFIDENCE_WORDS, WORDS

AGE_PATTERN = r"^(\d{1,2}-\d{1,2})?$"


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its answers as value → words; `shown_with` is the verdict it belongs to.

    An empty `shown_with` is always in sight.
    """

    name: str
    legend: str
    answers: Mapping[str, str]
    shown_with: str = "when-illegal"


def _step(age: tuple[int, int] | None) -> str:
    return f"{age[0]}-{age[1]}" if age else ""


def _labels(name: str, legend: str, kind: type[StrEnum]) -> Question:
    return Question(name, legend, {str(code): words for code, words in WORDS[kind].items()})


_AGES = {_step(step): words for step, words in AGE_WORDS.items()}

QUESTIONS: Sequence[Question] = (
    Question(
        "not_illegal_reason",
        phrase("Why is it not illegal?"),
        {str(code): words for code, words in WORDS[NotIllegalReason].items()},
        "when-not-illegal",
    ),
    _labels("person_shown", phrase("Who is shown?"), PersonShown),
    _labels("depiction", phrase("What kind of picture is it?"), Depiction),
    _labels("ai_involvement", phrase("Was AI used?"), AiInvolvement),
    Question(
        "ai_confidence",
        phrase("How sure are you about AI?"),
        {str(level): words for level, words in CONFIDENCE_WORDS.items()},
    ),
    Question(
        "age",
        phrase("How old is the youngest child?"),
        {**_AGES, "": phrase("Unknown")},
    ),
    _labels("gender", phrase("Girl or boy?"), Gender),
    _labels("sexual_focus", phrase("What is the picture about?"), SexualFocus),
    _labels("activity", phrase("What happens?"), Activity),
    _labels("self_generated", phrase("Made by the child?"), SelfGenerated),
    Question(
        "difference_reason",
        phrase("Illegal although the labels do not say so?"),
        {
            "": phrase("Does not apply"),
            **{str(code): words for code, words in WORDS[DifferenceReason].items()},
        },
    ),
)
# The fields that a listed picture which looks alike can fill in.
PREFILLED = frozenset({"age", "gender", "self_generated", "ai_involvement"})


_UNKNOWN = Labels()


class DecisionForm(BaseModel):
    """What an analyst filled in; a question that is left alone keeps "unknown"."""

    version: int
    verdict: Choice | None = None
    not_illegal_reason: NotIllegalReason | None = None
    difference_reason: DifferenceReason | None = None
    person_shown: PersonShown = _UNKNOWN.person_shown
    depiction: Depiction = _UNKNOWN.depiction
    sexual_focus: SexualFocus = _UNKNOWN.sexual_focus
    activity: Activity = _UNKNOWN.activity
    age: str = Field(default="", pattern=AGE_PATTERN)
    gender: Gender = _UNKNOWN.gender
    self_generated: SelfGenerated = _UNKNOWN.self_generated
    ai_involvement: AiInvolvement = _UNKNOWN.ai_involvement
    ai_confidence: int = _UNKNOWN.ai_confidence

    @field_validator("not_illegal_reason", "difference_reason", mode="before")
    @classmethod
    def _an_empty_answer_is_none(cls, value: object) -> object:
        return None if value == "" else value

    def answers(self) -> dict[str, str]:
        """What is chosen, as the form sends it."""
        chosen = self.model_dump(mode="json", exclude={"version"})
        return {name: "" if value is None else str(value) for name, value in chosen.items()}

    def decision(self) -> Decision:
        """The answers that belong to the verdict; others were not in sight. Raises Invalid."""
        if self.verdict is None:
            raise Invalid("verdict_missing", fields=("verdict",))
        if self.verdict is Choice.NOT_ILLEGAL:
            return Decision(self.verdict, not_illegal_reason=self.not_illegal_reason)
        if self.verdict is Choice.IGNORE:
            return Decision(self.verdict)
        return Decision(
            self.verdict, labels=self._labels(), difference_reason=self.difference_reason
        )

    def _labels(self) -> Labels:
        youngest, _, oldest = self.age.partition("-")
        return Labels(
            person_shown=self.person_shown,
            depiction=self.depiction,
            sexual_focus=self.sexual_focus,
            activity=self.activity,
            age=(int(youngest), int(oldest)) if oldest else None,
            gender=self.gender,
            self_generated=self.self_generated,
            ai_involvement=self.ai_involvement,
            ai_confidence=self.ai_confidence,
        )


def form_of(labels: Labels | None, version: int) -> DecisionForm:
    """An open form with what is known already; no verdict is ever filled in."""
    known = labels or Labels()
    return DecisionForm(
        version=version,
        age=_step(known.age),
        gender=known.gender,
        self_generated=known.self_generated,
        ai_involvement=known.ai_involvement,
    )
