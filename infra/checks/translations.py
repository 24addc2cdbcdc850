"""Whether every sentence in the code has its Dutch, and every Dutch sentence is used.

python -m infra.checks.translations             check every package that has pages
python -m infra.checks.translations --template  print the entries that are still missing
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[2]
SHARED = ROOT / "shared/shared/ui"
FACES = (
    ROOT / "gateway/gateway",
    *(ROOT / f"services/{name}/{name}" for name in ("hotline", "helpline", "prevention")),
    ROOT / "services/hashcheck/hashcheck",
)
LANGUAGE = "nl"

# A sentence, or the singular and plural of one.
MessageId = str | tuple[str, ...] | list[str]

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**/templates/**.html": {"silent": "false"}}
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "phrase": None, "ngettext": (1, 2)}
LONGEST_SHOWN = 60


def sentences_in(folder: Path) -> dict[MessageId, str]:
    """Every translatable sentence of a package, with the first place where it stands."""
    found: dict[MessageId, str] = {}
    for name, line, message, *_ in extract_from_dir(folder, METHODS, OPTIONS, KEYWORDS):
        found.setdefault(message, f"{name}:{line}")
    return found


def translation_faults(folder: Path) -> list[str]:
    """One line for each sentence of a package that is missing, fuzzy, wrong or not used.

    What the shared pages already translate need not be translated again by a face.
    """
    wanted = sentences_in(folder)
    have = {message.id: message for message in _catalogue(folder) if message.id}
    missing = wanted.keys() - have.keys() - _shared_sentences(folder)
    return [
        *(f"{wanted[key]}: not translated: {_short(key)}" for key in sorted(missing, key=str)),
        *(f"{folder.name}: not used: {_short(key)}" for key in have.keys() - wanted.keys()),
        *(f"{folder.name}: {fault}" for message in have.values() for fault in _faults(message)),
    ]


def missing_entries(folder: Path) -> Catalog:
    """The sentences that still need a translation, as a catalogue to fill in."""
    have = {message.id for message in _catalogue(folder)}
    missing = Catalog(locale=LANGUAGE)
    for message_id in sentences_in(folder).keys() - have - _shared_sentences(folder):
        missing.add(message_id)
    return missing


def _catalogue(folder: Path) -> Catalog:
    path = folder / "locale" / f"{LANGUAGE}.po"
    if not path.exists():
        return Catalog(locale=LANGUAGE)
    with path.open("rb") as source:
        return read_po(source, locale=LANGUAGE)


def _shared_sentences(folder: Path) -> set[MessageId]:
    return set() if folder == SHARED else {message.id for message in _catalogue(SHARED)}


def _faults(message: Message) -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(texts):
        yield f"empty: {_short(message.id)}"
    if message.fuzzy:
        yield f"fuzzy: {_short(message.id)}"
    for error in message.check():
        yield f"{error}: {_short(message.id)}"


def _short(message_id: MessageId) -> str:
    text = message_id if isinstance(message_id, str) else message_id[0]
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--template", action="store_true")
    options = parser.parse_args()
    folders = (SHARED, *FACES)
    if options.template:
        for folder in folders:
            write_po(sys.stdout.buffer, missing_entries(folder), omit_header=True)
        return 0
    faults = [fault for folder in folders for fault in translation_faults(folder)]
    print("\n".join(faults) if faults else "Every sentence has its Dutch.")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
