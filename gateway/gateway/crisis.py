"""Whom to call when it cannot wait; in the program, so that it answers when all else is gone."""

from dataclasses import dataclass

from shared.ui.translations import phrase


@dataclass(frozen=True, slots=True)
class CrisisContact:
    """A telephone line outside Offlimits; `name` and `when` are English sentences to translate."""

    telephone: str
    name: str
    when: str


# source: 112.nl (European emergency number) and 113.nl (free, day and night).
CRISIS_CONTACTS = (
    CrisisContact(
        "112",
        phrase("Emergency services"),
        phrase("Is someone in danger now? Call straight away."),
    ),
    CrisisContact(
        "0800-0113",
        phrase("113 Suicide Prevention"),
        phrase(
            "Do you think about ending your life? Talk to someone, free of charge, day and night."
        ),
    ),
)
