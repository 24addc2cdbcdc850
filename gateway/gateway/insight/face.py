"""The look of the management pages: totals only, behind a sign-in of their own."""

from pathlib import Path

from shared.ui.pages import Destination, Face, Pages
from shared.ui.translations import phrase

from gateway.insight.themes import SERVICE_NAMES
from gateway.permissions import Permission

MANAGEMENT = Face(
    name="management",
    title=phrase("Management"),
    folder=Path(__file__).parents[1],
    navigation=(
        Destination("/management", phrase("Figures"), Permission.SEE_FIGURES),
        Destination("/themes", phrase("Themes"), Permission.SEE_FIGURES),
        Destination("/team", phrase("Team"), Permission.MANAGE_ACCOUNTS),
    ),
    sentences={
        "bad_period": phrase("Choose a last day after the first, at most five years later."),
    },
    context={
        "names": SERVICE_NAMES,
        "role_words": {
            "management": phrase("Management"),
            "administrator": phrase("Administrator"),
        },
    },
)


def management_pages() -> Pages:
    return Pages(MANAGEMENT)
