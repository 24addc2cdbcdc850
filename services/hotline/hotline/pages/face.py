"""The look of the hotline's workbench: its places, its words and what it says after an act."""

from pathlib import Path

from shared.ui.pages import Destination, Face
from shared.ui.translations import phrase

from hotline.domain.role import Permission
from hotline.pages.fetch_words import fetch_words
from hotline.pages.state_shapes import kind
from hotline.pages.words import (
    AGE_WORDS,
    CONFIDENCE_WORDS,
    PRIORITY_WORDS,
    ROLE_WORDS,
    defanged,
    word,
)

PACKAGE = Path(__file__).parents[1]

SENTENCES = {
    "claimed": phrase("This one is yours for the next half hour."),
    "released": phrase("Given back. Somebody else can take it now."),
    "decided": phrase("Saved. What follows from it has started."),
    "doubted": phrase("Saved. A second person will look at it."),
    "reopened": phrase("Opened again. Another person will look at it."),
    "nothing_waiting": phrase("Nothing is waiting for you now."),
    "covered": phrase("The picture is covered."),
    "notice_queued": phrase("The notice goes out with the next mail to this contact."),
    "contact_approved": phrase("Approved. Cases that waited for this contact go out now."),
    "not_claimed": phrase("This one is not yours (any more). Take it first. Nothing was saved."),
    "bad_transition": phrase("This was already finished by somebody. Nothing of yours was saved."),
    "stale": phrase("This changed while you were busy. Look at what is new and save again."),
    "same_assessor": phrase("You were in doubt about this one. Somebody else has to look."),
    "budget_spent": phrase("You have looked at enough for today. Stop here; tomorrow is fine."),
    "break_due": phrase("Time for a break. Look at something else for ten minutes."),
    "no_picture": phrase("There is no picture here (any more)."),
    "verdict_missing": phrase("Choose a verdict."),
    "reason_missing": phrase("Choose why it is not illegal."),
    "difference_reason_missing": phrase(
        "By your labels this would not be illegal. Change a label, or say why it is."
    ),
    "contradiction": phrase("Real and made with AI do not go together. Change one of the two."),
    "contact_not_verified": phrase("This contact has not been approved yet. Nothing was sent."),
    "already_notified": phrase("This contact already got a notice about this. Nothing was sent."),
    "not_hosted_here": phrase("This is hosted abroad. Nothing was sent."),
    "not_assessed_illegal": phrase("This was not assessed as illegal. Nothing was sent."),
    "bad_period": phrase("Choose a period of at most five years that ends after it begins."),
}

HOTLINE = Face(
    name="hotline",
    title=phrase("Hotline"),
    folder=PACKAGE,
    layout="hotline.html",
    navigation=(
        Destination("/", phrase("Today")),
        Destination("/urls", phrase("Work list"), Permission.READ_URLS),
        Destination("/removals", phrase("Removals"), Permission.READ_REMOVALS),
        Destination("/contacts", phrase("Abuse contacts"), Permission.EDIT_CONTACTS),
        Destination("/reports", phrase("Reports"), Permission.READ_REPORTS),
        Destination("/figures", phrase("Figures"), Permission.READ_FIGURES),
        Destination("/exposure", phrase("My exposure"), Permission.SEE_IMAGERY),
        Destination("/team", phrase("Team"), Permission.MANAGE_ACCOUNTS),
    ),
    sentences=SENTENCES,
    context={
        "word": word,
        "kind": kind,
        "defanged": defanged,
        "age_words": AGE_WORDS,
        "role_words": ROLE_WORDS,
        "priority_words": PRIORITY_WORDS,
        "confidence_words": CONFIDENCE_WORDS,
        "fetch_words": fetch_words,
    },
)
