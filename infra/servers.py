"""How PostgreSQL and Valkey are started for development and tests."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.children import dies_with_parent
from infra.server_binaries import give, postgres_binaries, server_account, valkey_binary
from infra.state import CannotStart

SERVER_START_SECONDS = 60.0

# Nothing that a person wrote may reach the server's log: neither statements nor their values.
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
POSTGRES_WITHOUT_DURABILITY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
BROKER_SETTINGS = "appendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n"
VOLATILE_SETTINGS = "appendonly no\nmaxmemory 512mb\nslowlog-log-slower-than -1\n"


@dataclass(frozen=True)
class ServerStart:
    state: Path
    secret: str
    processes: list[subprocess.Popen[bytes]]

    def postgres(self, port: int, *, durable: bool) -> str:
        binaries, data = postgres_binaries(), self.state / "postgres"
        if not (data / "PG_VERSION").exists():
            self._initdb(binaries, data, durable=durable)
        _stop_stale(data)
        settings = POSTGRES_SETTINGS | ({} if durable else POSTGRES_WITHOUT_DURABILITY)
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        self._run(
            "postgres", [str(binaries / "postgres"), "-D", str(data), "-p", str(port), *options]
        )
        return f"postgresql://postgres:{self.secret}@127.0.0.1:{port}/postgres"

    def _initdb(self, binaries: Path, data: Path, *, durable: bool) -> None:
        account = server_account()
        password = self.state / "password"
        data.mkdir(mode=0o700, exist_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.secret)
        give(data, account)
        give(password, account)
        command = [str(binaries / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8"]
        command += ["--locale=C", "--auth=scram-sha-256", f"--pwfile={password}"]
        done = subprocess.run(
            command if durable else [*command, "--no-sync"],
            capture_output=True,
            text=True,
            cwd="/",
            env=_plain_environment(),
            check=False,
            preexec_fn=dies_with_parent(signal.SIGKILL, account),
        )
        password.unlink()
        if done.returncode:
            shutil.rmtree(data, ignore_errors=True)
            raise CannotStart(f"initdb: {done.stderr.strip().splitlines()[-1]}")

    def valkey(self, name: str, port: int, settings: str) -> str:
        directory = self.state / name
        directory.mkdir(mode=0o700, exist_ok=True)
        give(directory, server_account())
        configuration = f'bind 127.0.0.1\nport {port}\ndir {directory}\nsave ""\n{settings}'
        # On standard input, because other accounts can read the arguments of a process.
        configuration += f"requirepass {self.secret}\n"
        self._run(name, [str(valkey_binary()), "-"], configuration)
        return f"redis://:{self.secret}@127.0.0.1:{port}/0"

    def _run(self, name: str, command: list[str], configuration: str = "") -> None:
        with (self.state / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_plain_environment(),
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGINT, server_account()),  # noqa: PLW1509
            )
        self.processes.append(process)
        assert process.stdin  # noqa: S101
        process.stdin.write(configuration.encode())
        process.stdin.close()


def _plain_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C"}


def _stop_stale(data: Path) -> None:
    """End a server that a killed launcher left on this data directory."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (OSError, ValueError, IndexError):
        return
    if str(data).encode() in command:
        os.kill(pid, signal.SIGINT)
        wait_until(
            lambda: not (data / "postmaster.pid").exists(), "the old PostgreSQL does not stop"
        )


def wait_until(condition: Callable[[], bool], complaint: str) -> None:
    deadline = time.monotonic() + SERVER_START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise CannotStart(complaint)
        time.sleep(0.02)
