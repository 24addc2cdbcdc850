"""The look of the helpline: its places and its words."""

from pathlib import Path

from shared.ui.pages import Destination, Face
from shared.ui.translations import phrase

from helpline.domain.role import Permission

FACE = Face(
    name="helpline",
    title=phrase("Helpline"),
    folder=Path(__file__).parents[1],
    home="/today",
    navigation=(
        Destination("/today", phrase("Today")),
        Destination("/team", phrase("Team"), Permission.MANAGE_ACCOUNTS),
    ),
    context={"role_words": {"admin": phrase("Administrator")}},
)
