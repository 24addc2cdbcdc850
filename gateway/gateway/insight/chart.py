"""Bars per month as an SVG of its own: one specification for the screen and for print.

Every row has its own unit and therefore its own scale, from zero. The numbers stand at the bars.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import vl_convert

VEGA_LITE = "https://vega.github.io/schema/vega-lite/v5.json"
FONT = "system-ui, sans-serif"
MONTHS = {"field": "name", "type": "ordinal", "sort": None, "title": None}
# A dot alone would hardly be seen.
TEXT_SIZE = {"value": 13, "condition": {"test": "datum.text == '·'", "value": 24}}


@dataclass(frozen=True, slots=True)
class Bar:
    """`height` is None where there is nothing to draw; `text` says the number or why not."""

    name: str
    height: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    heading: str
    hue: str
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of the stylesheet. Where twelve numbers do not fit side by side, bars lie down."""

    ink: str
    edge: str
    hues: dict[str, str]
    is_narrow: bool


# The hues of the lines; on dark paper they are lighter, at 3 to 1 or more in both.
LIGHT = {
    "hotline": "#1c4a73",
    "helpline": "#56407f",
    "prevention": "#4d5520",
    "hashcheck": "#44505a",
}
DARK = {
    "hotline": "#86bcf5",
    "helpline": "#c0aaf0",
    "prevention": "#bfc96b",
    "hashcheck": "#a9bac4",
}
# In pixels: the length of all bars side by side, and of the longest one that lies.
WIDE, NARROW = 720, 260
HIGH, LINE = 96, 24
# Beside the end of a lying bar stands its number.
ROOM_FOR_NUMBER = 1.4


def look_of(*, dark: bool, narrow: bool) -> Look:
    if dark:
        return Look("#e6eeee", "#5b7076", DARK, narrow)
    return Look("#15262a", "#8fa0a3", LIGHT, narrow)


def chart_svg(rows: Sequence[Row], title: str, description: str, look: Look) -> str:
    """The chart with its title and description inside, for who opens or hears it by itself."""
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(_specification(rows, look)))
    head, end, body = drawn.partition(">")
    title, description = escape(title, quote=False), escape(description, quote=False)
    named = f"<title>{title}</title><desc>{description}</desc>"
    return f'{head} role="img"{end}{named}{body}'


def _specification(rows: Sequence[Row], look: Look) -> dict[str, Any]:
    return {
        "$schema": VEGA_LITE,
        "background": None,
        "vconcat": [_row(row, look) for row in rows],
        "spacing": 28,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "title": {"anchor": "start", "color": look.ink, "fontSize": 14, "offset": 16},
            "axis": {
                "labelColor": look.ink,
                "labelFontSize": 13,
                "labelAngle": 0,
                "labelOverlap": False,
                "domainColor": look.edge,
                "ticks": False,
                "labelPadding": 6,
            },
        },
    }


def _row(row: Row, look: Look) -> dict[str, Any]:
    values = [{"name": bar.name, "height": bar.height or 0, "text": bar.text} for bar in row.bars]
    highest = max((bar.height or 0 for bar in row.bars), default=0) or 1
    return {
        "title": row.heading,
        "data": {"values": values},
        **(_lying(highest) if look.is_narrow else _standing(highest)),
        "layer": [
            {"mark": {"type": "bar", "color": look.hues[row.hue]}},
            {"mark": _beside(look), "encoding": {"text": {"field": "text"}, "size": TEXT_SIZE}},
        ],
    }


def _standing(highest: int) -> dict[str, Any]:
    return {
        "width": WIDE,
        "height": HIGH,
        "encoding": {"x": MONTHS, "y": _length(highest)},
    }


def _lying(highest: int) -> dict[str, Any]:
    return {
        "width": NARROW,
        "height": {"step": LINE},
        "encoding": {"y": MONTHS, "x": _length(highest * ROOM_FOR_NUMBER)},
    }


def _length(longest: float) -> dict[str, Any]:
    """From zero, so that twice the number is twice the bar."""
    return {
        "field": "height",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, longest], "nice": False},
    }


def _beside(look: Look) -> dict[str, Any]:
    place = {"align": "left", "dx": 6} if look.is_narrow else {"baseline": "bottom", "dy": -3}
    return {"type": "text", "color": look.ink, **place}
