"""The look of the prevention line: its places and its words."""

from pathlib import Path

from shared.ui.pages import Destination, Face
from shared.ui.translations import phrase

from prevention.domain.role import Permission

FACE = Face(
    name="prevention",
    title=phrase("Prevention line"),
    folder=Path(__file__).parents[1],
    home="/today",
    navigation=(
        Destination("/today", phrase("Today")),
        Destination("/team", phrase("Team"), Permission.MANAGE_ACCOUNTS),
    ),
    context={"role_words": {"admin": phrase("Administrator")}},
)
