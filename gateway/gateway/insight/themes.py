"""Themes that run through several lines: what each part of the organisation counts of them.

The parts keep their own units and are never added up: an address, a person who asks for help and
a match of a hash are different things, and a sum would give back by subtraction what one withheld.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.ui.translations import phrase

from gateway.insight.annual import ADDRESSES, HITS, MOMENTS, REQUESTS


@dataclass(frozen=True, slots=True)
class Part:
    """What one service counts; `figure` is the name of its count per month."""

    service: str
    figure: str
    unit: str
    definition: str


@dataclass(frozen=True, slots=True)
class Theme:
    """`name` is in addresses, `field` in the schema."""

    name: str
    field: str
    title: str
    parts: tuple[Part, ...]
    note: str = ""


SEXTORTION = Theme(
    "sextortion",
    "sextortion",
    phrase("Sextortion"),
    (
        Part(
            "helpline",
            "help_sextortion",
            REQUESTS,
            phrase("Help requests that are about sextortion, whatever else they are about."),
        ),
    ),
    phrase("The other lines and the Hash Check Service do not register sextortion."),
)
AI_MATERIAL = Theme(
    "ai-material",
    "aiMaterial",
    phrase("Material made with AI"),
    (
        Part(
            "hotline",
            "hot_ai",
            ADDRESSES,
            phrase("Illegal addresses where an analyst saw that AI made or changed the picture."),
        ),
        Part(
            "helpline",
            "help_ai_generated",
            REQUESTS,
            phrase("Help requests in which a picture was made with AI, as far as was seen."),
        ),
        Part(
            "prevention",
            "prev_ai_questions",
            MOMENTS,
            phrase("Contact moments with a question about pictures made with AI."),
        ),
        Part(
            "hashcheck",
            "hcs_ai_hits",
            HITS,
            phrase("Hits on pictures of which two people said that AI made or changed them."),
        ),
    ),
)
THEMES: Mapping[str, Theme] = {theme.name: theme for theme in (SEXTORTION, AI_MATERIAL)}
SERVICE_NAMES: Mapping[str, str] = {
    "hotline": phrase("Hotline"),
    "helpline": phrase("Helpline"),
    "prevention": phrase("Prevention line"),
    "hashcheck": phrase("Hash Check Service"),
}
