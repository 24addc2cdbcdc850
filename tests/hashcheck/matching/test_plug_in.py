"""A hash type of others: found by its entry point, as an installed distribution brings it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hashcheck.matching import Index

from tests.hashcheck.matching.shapes import as_tuples

PLUG_IN = '''
import numpy as np

length = 6
radius = 40

def distances(digest, hashes):
    """The sum of the differences of all bytes."""
    return np.abs(hashes.astype(np.int64) - digest).sum(axis=1)
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A distribution with a plug-in of the name `byte-sums`."""
    (tmp_path / "byte_sums.py").write_text(PLUG_IN)
    facts = tmp_path / "byte_sums-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: byte-sums\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[hashcheck.kinds]\nbyte-sums = byte_sums\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    sys.modules.pop("byte_sums", None)


@pytest.mark.requirement("HM-PLUG-1")
def test_a_plug_in_decides_what_is_near(installed: Path) -> None:
    rows = np.array([[9, 9, 9, 9, 9, 9], [10, 9, 9, 9, 9, 9], [99, 0, 0, 0, 0, 0]], np.uint8)
    index = Index.build("byte-sums", rows, list_version=4)

    assert as_tuples(index.search(rows[:1], 3)) == [(0, 0, 0), (0, 1, 1)]
    assert as_tuples(index.search(bytes([99, 0, 0, 40, 0, 0]))) == [(0, 2, 40)]


@pytest.mark.requirement("HM-PLUG-1")
def test_a_snapshot_of_a_plug_in_opens_again(installed: Path, tmp_path: Path) -> None:
    Index.build("byte-sums", bytes(12), list_version=4).save(tmp_path / "snapshot")
    opened = Index.open(tmp_path / "snapshot")
    assert as_tuples(opened.search(bytes(6))) == [(0, 0, 0), (0, 1, 0)]


@pytest.mark.requirement("HM-PLUG-1")
def test_a_type_that_nobody_knows_is_refused() -> None:
    with pytest.raises(LookupError, match="no-such-hash"):
        Index.build("no-such-hash", b"")


@pytest.mark.requirement("HM-PLUG-1")
def test_two_plug_ins_of_one_name_are_refused(installed: Path) -> None:
    facts = installed / "rival-1.0.dist-info"
    facts.mkdir()
    (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: rival\nVersion: 1.0\n")
    (facts / "entry_points.txt").write_text("[hashcheck.kinds]\nbyte-sums = rival\n")
    with pytest.raises(LookupError, match="2 plug-ins"):
        Index.build("byte-sums", b"")
