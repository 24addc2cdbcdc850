"""Snapshots on disk: whole and unaltered, or refused by name."""

import json
from pathlib import Path

import numpy as np
import pytest
from hashcheck.matching import DamagedSnapshot, Index

from tests.hashcheck.matching.shapes import LENGTH, as_tuples, even

KINDS = sorted(LENGTH)
ROWS = 1_300


def saved(folder: Path, kind: str, rows: int = ROWS) -> Path:
    digests = even(np.random.default_rng(1), rows, LENGTH[kind])
    Index.build(kind, digests, list_version=41).save(folder / kind)
    return folder / kind


def files_of(snapshot: Path) -> list[str]:
    return sorted(path.name for path in snapshot.iterdir())


@pytest.mark.requirement("HM-SNAP-1")
@pytest.mark.parametrize("rows", [0, 1, ROWS])
@pytest.mark.parametrize("kind", KINDS)
def test_an_installed_snapshot_is_the_index_that_was_saved(
    kind: str, rows: int, tmp_path: Path
) -> None:
    snapshot = saved(tmp_path, kind, rows)
    queries = even(np.random.default_rng(1), rows, LENGTH[kind])

    installed = Index.install(snapshot, tmp_path / "here" / "installed")

    assert (len(installed), installed.list_version, installed.kind.name) == (rows, 41, kind)
    assert as_tuples(installed.search(queries)) == [(row, row, 0) for row in range(rows)]


@pytest.mark.requirement("HM-SNAP-1")
def test_the_header_says_what_the_snapshot_is(tmp_path: Path) -> None:
    header = json.loads((saved(tmp_path, "pdq") / "header.json").read_text())
    assert header["kind"] == "pdq"
    assert (header["rows"], header["list_version"], header["radius"]) == (ROWS, 41, 31)
    assert sorted(header["layout"]["bit_order"]) == list(range(256))
    assert sum(width for width, _, _ in header["layout"]["bands"]) == 256
    assert all(len(file["sha256"]) == 64 for file in header["files"].values())


@pytest.mark.requirement("HM-SNAP-1")
@pytest.mark.parametrize("kind", ["md5", "pdq"])
def test_a_single_altered_bit_in_any_file_is_found_when_installing(
    kind: str, tmp_path: Path
) -> None:
    for name in files_of(saved(tmp_path / "whole", kind)):
        snapshot = saved(tmp_path / name, kind)
        content = bytearray((snapshot / name).read_bytes())
        if not content:
            continue
        content[len(content) // 2] ^= 1
        (snapshot / name).write_bytes(content)

        with pytest.raises(DamagedSnapshot) as refused:
            Index.install(snapshot, tmp_path / "installed")

        assert refused.value.file == name
        assert not (tmp_path / "installed").exists()


@pytest.mark.requirement("HM-SNAP-1")
@pytest.mark.parametrize("kind", ["md5", "pdq"])
def test_a_file_that_is_missing_or_of_another_size_is_refused_when_opening(
    kind: str, tmp_path: Path
) -> None:
    for name in files_of(saved(tmp_path / "whole", kind)):
        for damage in ("missing", "longer"):
            snapshot = saved(tmp_path / name / damage, kind)
            if damage == "missing":
                (snapshot / name).unlink()
            else:
                (snapshot / name).write_bytes((snapshot / name).read_bytes() + b"\0")
            with pytest.raises(DamagedSnapshot) as refused:
                Index.open(snapshot)
            assert refused.value.file == name


@pytest.mark.requirement("HM-SNAP-1")
@pytest.mark.parametrize(
    "change",
    [
        {"rows": 7},
        {"kind": "phash"},
        {"list_version": 42},
        {"format": 2},
        {"sha256": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_header_is_refused_when_opening(
    change: dict[str, object], tmp_path: Path
) -> None:
    snapshot = saved(tmp_path, "pdq")
    header = json.loads((snapshot / "header.json").read_text())
    (snapshot / "header.json").write_text(json.dumps(header | change))
    with pytest.raises(DamagedSnapshot, match=r"header\.json"):
        Index.open(snapshot)


@pytest.mark.requirement("HM-SNAP-1")
@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff\xfe", b'{"sha256": 1}'])
def test_a_header_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    snapshot = saved(tmp_path, "md5")
    (snapshot / "header.json").write_bytes(content)
    with pytest.raises(DamagedSnapshot, match=r"header\.json"):
        Index.open(snapshot)


@pytest.mark.requirement("HM-SNAP-1")
def test_a_snapshot_is_never_written_over(tmp_path: Path) -> None:
    snapshot = saved(tmp_path, "md5")
    before = (snapshot / "header.json").read_bytes()
    with pytest.raises(FileExistsError):
        saved(tmp_path, "md5")
    assert (snapshot / "header.json").read_bytes() == before
    assert files_of(tmp_path) == ["md5"]


@pytest.mark.requirement("HM-SNAP-1")
def test_searching_changes_no_file(tmp_path: Path) -> None:
    snapshot = saved(tmp_path, "pdq")
    before = {name: (snapshot / name).read_bytes() for name in files_of(snapshot)}
    Index.open(snapshot).search(even(np.random.default_rng(1), 700, 32))
    assert {name: (snapshot / name).read_bytes() for name in files_of(snapshot)} == before
