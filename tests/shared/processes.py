"""The processes of the example service, as an operator starts them."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx2

from infra.databases import ServiceDatabases
from infra.ports import free_port
from tests.applications import key_text, public_key_of

CHECKOUT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


def environment(databases: ServiceDatabases, folder: Path, **more: str) -> dict[str, str]:
    """Everything that a process of the example service is told; `more` without its prefix."""
    own = {
        "DATABASE_URL": databases.app,
        "OWNER_DATABASE_URL": databases.owner,
        "SEALER_DATABASE_URL": databases.sealer,
        "BROKER_URL": "redis://127.0.0.1:1/0",
        "VOLATILE_REDIS_URL": "redis://127.0.0.1:1/0",
        "BIND": f"127.0.0.1:{free_port()}",
        "METRICS_BIND": f"127.0.0.1:{free_port()}",
        "PUBLIC_URL": "http://example.localhost:8001",
        "MASTER_KEY": key_text("example master"),
        "TOKEN_KEY": key_text("example token"),
        "AUDIT_KEY": key_text("example audit"),
        "CHECKPOINT_KEY": key_text("example checkpoint"),
        "CHECKPOINT_DIR": str(folder),
        "TRUSTED_ISSUERS": f'{{"gateway": "{public_key_of("gateway")}"}}',
    }
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    named = {f"EXAMPLE_{name}": value for name, value in (own | more).items()}
    return inherited | {"APP_ENV": "development", "PYTHONPATH": str(CHECKOUT)} | named


def command(told: Mapping[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(  # noqa: S603  our own commands
        [sys.executable, "-m", "tests.shared.example", *words],
        env=dict(told),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )


@contextmanager
def process(told: Mapping[str, str], *words: str) -> Iterator["subprocess.Popen[str]"]:
    """A process that works until it is left; then it is killed with all its children."""
    running = subprocess.Popen(  # noqa: S603  our own commands
        [sys.executable, "-m", "tests.shared.example", *words],
        env=dict(told),
        cwd=CHECKOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield running
    finally:
        if running.poll() is None:
            os.killpg(running.pid, 9)
        running.wait()


def figures(told: Mapping[str, str]) -> dict[str, float]:
    """What a process tells of itself, by name with labels; nothing while it does not answer."""
    try:
        answer = httpx2.get(f"http://{told['EXAMPLE_METRICS_BIND']}/metrics", trust_env=False)
    except httpx2.HTTPError:
        return {}
    lines = (line for line in answer.text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.05)
