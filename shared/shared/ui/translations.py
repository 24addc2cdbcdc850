"""Dutch from `.po` files read in memory; English sentences are their own translation."""

from collections.abc import Iterable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("nl", "en")
FIRST_LANGUAGE = "nl"
SHARED_FOLDER = Path(__file__).parent


def phrase(text: str) -> str:
    """Mark an English sentence that is translated later, when a page is rendered."""
    return text


def load_translations(language: str, folders: Iterable[Path]) -> NullTranslations:
    """The sentences of `locale/<language>.po` in each folder; an earlier folder wins."""
    if language == "en":
        return NullTranslations()
    merged: Translations | None = None
    for folder in folders:
        path = folder / "locale" / f"{language}.po"
        if not path.exists():
            continue
        if merged is None:
            merged = _read(path, language)
        else:
            merged.add_fallback(_read(path, language))
    return merged or NullTranslations()


def _read(path: Path, language: str) -> Translations:
    return Translations(BytesIO(_compiled(path, language)))


@cache
def _compiled(path: Path, language: str) -> bytes:
    with path.open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()
