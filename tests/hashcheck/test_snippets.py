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


@pytest.fixture(params=SNIPPETS)
def command(request: pytest.FixtureRequest, tmp_path: Path) -> list[str]:
    """How to run the example of each language, as it stands on the page."""
    start, name, program = RUNNERS[request.param]
    if not shutil.which(program):
        told = f"{program} is not on this machine"
        pytest.fail(told) if os.environ.get("CI") == "true" else pytest.skip(told)
    script = tmp_path / name
    script.write_text(SNIPPETS[request.param])
    return [*start, str(script)]


def run(command: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own examples
        command,
        env=environment | {"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.requirement("HC-SANDBOX-1")
def test_an_example_finds_the_test_picture_and_nothing_else(
    service: Service, url: str, tmp_path: Path, command: list[str]
) -> None:
    known, other = tmp_path / "rings.png", tmp_path / "other.txt"
    known.write_bytes(sample_picture(SAMPLE_NAMES[0]))
    other.write_bytes(TEST_TEXT + b"changed")
    environment = {
        "OFFLIMITS_URL": url,
        "OFFLIMITS_KEY": service.hoster(scope="hash:test").key,
    }
    runs = [run(command, environment | {"FILE": str(file)}) for file in (known, other)]
    assert [one.returncode for one in runs] == [0, 0], runs
    told = [one.stdout for one in runs]
    assert '"match"' in told[0] or told[0].split() == ["match"]
    assert '"no_match"' in told[1] or told[1].split() == ["no_match"]


@pytest.mark.requirement("HC-SANDBOX-1")
def test_an_example_with_a_wrong_key_fails_instead_of_calling_a_file_unknown(
    url: str, tmp_path: Path, command: list[str]
) -> None:
    file = tmp_path / "rings.png"
    file.write_bytes(sample_picture(SAMPLE_NAMES[0]))
    refused = run(command, {"OFFLIMITS_URL": url, "OFFLIMITS_KEY": "olh_wrong", "FILE": str(file)})
    assert refused.returncode != 0
    assert "match" not in refused.stdout
    assert "401" in refused.stdout + refused.stderr


def test_every_example_has_somebody_who_runs_it() -> None:
    assert RUNNERS.keys() == SNIPPETS.keys()
