"""Dutch is complete: nothing missing, nothing fuzzy, nothing left over."""

from pathlib import Path

import pytest
from shared.ui.translations import load_translations

from infra.checks.translations import FACES, SHARED, translation_faults

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "locale").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text('{{ _("Good day") }}')
    (tmp_path / "page.py").write_text('TITLE = phrase("Good evening")\n')
    return tmp_path


def _translate(package: Path, entries: str) -> None:
    (package / "locale" / "nl.po").write_text(HEADER + entries)


BOTH = 'msgid "Good day"\nmsgstr "Goedendag"\n\nmsgid "Good evening"\nmsgstr "Goedenavond"\n'


@pytest.mark.requirement("PF-UI-LANGUAGE-2")
@pytest.mark.parametrize("folder", [SHARED, *FACES], ids=lambda folder: folder.name)
def test_every_sentence_has_its_dutch(folder: Path) -> None:
    assert translation_faults(folder) == []


def test_a_complete_catalogue_has_no_faults(package: Path) -> None:
    _translate(package, BOTH)
    assert translation_faults(package) == []


@pytest.mark.parametrize(
    ("entries", "word"),
    [
        (BOTH.split("\n\n", maxsplit=1)[0], "not translated: Good evening"),
        (BOTH + '\nmsgid "Old"\nmsgstr "Oud"\n', "not used: Old"),
        (BOTH.replace("Goedendag", ""), "empty: Good day"),
        (BOTH.replace('msgid "Good day"', '#, fuzzy\nmsgid "Good day"'), "fuzzy: Good day"),
    ],
    ids=["missing", "unused", "empty", "fuzzy"],
)
def test_a_fault_in_a_catalogue_is_named(package: Path, entries: str, word: str) -> None:
    _translate(package, entries)
    assert any(word in fault for fault in translation_faults(package))


def test_a_face_speaks_with_the_shared_words_too(package: Path) -> None:
    _translate(package, BOTH)
    dutch = load_translations("nl", (package, SHARED))
    assert [dutch.gettext(text) for text in ("Good day", "Sign out")] == ["Goedendag", "Uitloggen"]


def test_english_is_the_sentence_in_the_code(package: Path) -> None:
    assert load_translations("en", (package, SHARED)).gettext("Good day") == "Good day"
