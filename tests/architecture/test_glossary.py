"""The glossary is true: its Dutch stands on the pages, and each term stands in it once."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from infra.checks.translations import FACES, LANGUAGE, ROOT, SHARED

GLOSSARY = ROOT / "docs/glossary.md"
HEADINGS = ["term", "meaning", "source", "Dutch UI text"]


def tables() -> list[list[list[str]]]:
    """Every table of the glossary as rows of cells, without its headings."""
    sections = GLOSSARY.read_text().split("\n## ")[1:]
    found = []
    for section in sections:
        rows = [line for line in section.splitlines() if line.startswith("|")]
        cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
        assert cells[0] == HEADINGS
        found.append(cells[2:])
    return found


def dutch_of(folder: Path) -> str:
    """All that a package says in Dutch, in small letters."""
    path = folder / "locale" / f"{LANGUAGE}.po"
    with path.open("rb") as source:
        said = [message.string for message in read_po(source, locale=LANGUAGE) if message.id]
    return "\n".join(str(text) for text in said).lower()


@pytest.mark.requirement("PF-SHAPE-7")
def test_every_dutch_text_of_the_glossary_stands_on_a_page() -> None:
    pages = "\n".join(dutch_of(folder) for folder in (SHARED, *FACES))
    shown = [row[3] for rows in tables() for row in rows if row[3] != "–"]
    assert shown
    assert [text for text in shown if text.lower() not in pages] == []


@pytest.mark.requirement("PF-SHAPE-7")
def test_every_term_is_explained_once_and_in_order() -> None:
    for rows in tables():
        terms = [row[0].lower() for row in rows]
        assert terms == sorted(terms)
    everything = [row[0].lower() for rows in tables() for row in rows]
    assert len(everything) == len(set(everything))
    assert all(row[1] for rows in tables() for row in rows)
