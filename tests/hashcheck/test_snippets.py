"""The examples of the first page are run as they stand there, by those who would run them."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hashcheck.pages.snippets import SNIPPETS
from hashcheck_client.service import TEST_TEXT
from imaging.sample import SAMPLE_NAMES, sample_picture

from tests.hashcheck.service import Service
from tests.journeys.edges.wire import serving

# Language → the program that runs a file of it, and how such a file is called.
RUNNERS = {
    "curl": (("sh",), "first.sh", "curl"),
    "Python": ((sys.executable,), "first.py", sys.executable),
    "PHP": (("php",), "first.php", "php"),
    "JavaScript": (("node",), "first.mjs", "node"),
}


@pytest.fixture(scope="module")
def url(service: Service) -> Iterator[str]:
    """The same application as the other tests ask, behind a real server."""
    with serving(_WithoutLifespan(service)) as (host, port):
        yield f"http://{host}:{port}"


class _WithoutLifespan:
    """The application runs already; a second server must not start and stop it again."""

    def __init__(self, service: Service) -> None:
        self._app = service.app

    async def __call__(self, scope: object, receive: object, send: object) -> None:
        if scope["type"] == "lifespan":  # type: ignore[index]
            for name in ("startup", "shutdown"):
                await receive()  # type: ignore[operator]
                await send({"type": f"lifespan.{name}.complete"})  # type: ignore[operator]
            return
        await self._app(scope, receive, send)  # type: ignore[arg-type]


def run(command: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(  # noqa: S603  our own examples
        command,
        env=environment | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.requirement("HC-SANDBOX-1")
@pytest.mark.parametrize("language", SNIPPETS)
def test_an_example_finds_the_test_picture_and_nothing_else(
    service: Service, url: str, tmp_path: Path, language: str
) -> None:
    start, name, program = RUNNERS[language]
    if not shutil.which(program):
        pytest.skip(f"{program} is not on this machine")
    script, known, other = tmp_path / name, tmp_path / "rings.png", tmp_path / "other.txt"
    script.write_text(SNIPPETS[language])
    known.write_bytes(sample_picture(SAMPLE_NAMES[0]))
    other.write_bytes(TEST_TEXT + b"changed")
    environment = {
        "OFFLIMITS_URL": url,
        "OFFLIMITS_KEY": service.hoster(scope="hash:test").key,
    }
    told = [
        run([*start, str(script)], environment | {"FILE": str(file)}) for file in (known, other)
    ]
    assert '"match"' in told[0] or told[0].split() == ["match"]
    assert '"no_match"' in told[1] or told[1].split() == ["no_match"]


def test_every_example_has_somebody_who_runs_it() -> None:
    assert RUNNERS.keys() == SNIPPETS.keys()
