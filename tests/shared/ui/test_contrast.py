"""The ratios of WCAG 2.2 between the stylesheet's own tokens, in both colour schemes."""

import re
from pathlib import Path

import pytest
import shared.ui

STYLESHEET = (Path(shared.ui.__file__).parent / "static" / "offlimits.css").read_text()
DARK_MARK = "@media (prefers-color-scheme: dark) {"
LINES = ("hotline", "helpline", "prevention", "hashcheck", "management")
AUDIENCES = ("staff", "callers")
MOST_BYTES = 25_000

TEXT_PAIRS = [
    (text, ground)
    for text in ("ink", "ink-soft", "link", "waiting", "busy", "done", "overdue")
    for ground in ("ground", "paper", "sunk", "chosen")
    if not (text == "ink-soft" and ground == "chosen")
] + [("on-accent", "accent"), ("on-accent", "accent-strong"), ("brand", "paper")]
CONTROL_PAIRS = [
    (control, ground) for control in ("control", "focus", "brand") for ground in ("ground", "paper")
]


def _tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def _scheme(name: str) -> str:
    start = STYLESHEET.index(DARK_MARK)
    end = STYLESHEET.index("\n}\n", start)
    return STYLESHEET[start:end] if name == "dark" else STYLESHEET[:start]


def _root(name: str, audience: str) -> dict[str, str]:
    """The tokens of a scheme; callers have some of their own."""
    light = _tokens(_scheme("light").split("[data-line")[0])
    tokens = light | _tokens(_scheme(name).split("[data-line")[0])
    if audience == "staff":
        return tokens
    own = [_tokens(block) for block in re.findall(r"\.public \{([^}]+)\}", _scheme(name))]
    return tokens | own[0]


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ratio(one: str, other: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_of_black_on_white_is_that_of_the_standard() -> None:
    assert _ratio("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.requirement("PF-UI-CONTRAST-1")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_stands_out_from_its_ground(
    scheme: str, audience: str, text: str, ground: str
) -> None:
    tokens = _root(scheme, audience)
    assert _ratio(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.requirement("PF-UI-CONTRAST-1")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize(("control", "ground"), CONTROL_PAIRS)
def test_controls_and_the_focus_ring_stand_out(
    scheme: str, audience: str, control: str, ground: str
) -> None:
    tokens = _root(scheme, audience)
    assert _ratio(tokens[control], tokens[ground]) >= 3


@pytest.mark.requirement("PF-UI-CONTRAST-1")
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("line", LINES)
def test_the_header_of_each_line_can_be_read_and_has_its_own_hue(scheme: str, line: str) -> None:
    tokens = _root(scheme, "staff")
    hues = dict(
        re.findall(r'\[data-line="([a-z]+)"\] \{ --line: (#[0-9a-f]{6}); \}', _scheme(scheme))
    )
    assert _ratio(tokens["on-line"], hues[line]) >= 4.5
    assert _ratio(tokens["line-focus"], hues[line]) >= 3
    assert len({*hues.values(), tokens["line"]}) == len(LINES) + 1


@pytest.mark.requirement("PF-UI-STYLE-1")
def test_the_stylesheet_stays_small_and_loads_nothing() -> None:
    assert len(STYLESHEET.encode()) <= MOST_BYTES
    assert "url(" not in STYLESHEET
    assert "@import" not in STYLESHEET
