import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hashcheck_client.command import Run, Wanted
from hashcheck_client.output import open_output
from imaging import ImageWorker

from tests.imaging.pictures import encoded, picture

Hash = Callable[..., Run]


@pytest.fixture(scope="session")
def worker() -> Iterator[ImageWorker]:
    with ImageWorker(2) as started:
        yield started


@pytest.fixture
def uploads(tmp_path: Path) -> Path:
    """Six pictures in three folders."""
    folder = tmp_path / "uploads"
    for number, place in enumerate(("a", "a", "b/deep", "b/deep", ".", ".")):
        (folder / place).mkdir(parents=True, exist_ok=True)
        image = picture(60, 50, number)
        kind = ("PNG", "JPEG")[number % 2]
        (folder / place / f"{number}.{kind.lower()}").write_bytes(encoded(image, kind))
    return folder


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "hashes.ndjson"


@pytest.fixture
def hash_into(worker: ImageWorker, output: Path) -> Hash:
    """Do what the command does, with a worker that is warm already."""

    def hash_paths(*paths: Path | str, resume: bool = False, fast: bool = False) -> Run:
        wanted = Wanted([str(path) for path in paths], output, resume=resume, fast=fast, quiet=True)
        with open_output(output, resume=resume, fast=fast) as opened:
            run = Run(wanted, opened, threading.Event())
            run.hash(worker, at_once=2)
        return run

    return hash_paths


def lines(output: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.read_bytes().splitlines()]


def paths(output: Path) -> list[str]:
    return [line["path"] for line in lines(output)]
