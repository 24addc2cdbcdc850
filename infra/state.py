"""The directory in which one checkout keeps its servers' files and its development secrets.

Root keeps it outside the checkout, because the account that PostgreSQL drops to cannot enter
root's home; an ordinary user keeps it in `.dev/`.
"""

import fcntl
import hashlib
import os
import secrets
import tempfile
from pathlib import Path
from typing import IO

CHECKOUT = Path(__file__).resolve().parent.parent
# The sticky bit keeps others from removing our folder; `own_directory` refuses one of theirs.
SHARED_PLACE = Path("/var/tmp")  # noqa: S108


class CannotStart(Exception):
    """Something cannot run here; the message is one line for a person."""


def default_state(name: str) -> Path:
    """The lasting directory of this checkout; `name` tells `make run` from `make demo`."""
    if os.geteuid() != 0:
        return CHECKOUT / ".dev" / name
    checkout = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]
    return SHARED_PLACE / f"offlimits-{checkout}-{name}"


def throw_away_state() -> Path:
    """A new directory that the servers delete when they stop."""
    place = SHARED_PLACE if os.geteuid() == 0 else None
    return Path(tempfile.mkdtemp(prefix="offlimits-test-", dir=place))


def own_directory(path: Path, mode: int) -> Path:
    """Create `path`, or refuse what somebody else put there first."""
    path.mkdir(parents=True, exist_ok=True)
    if path.is_symlink() or path.stat().st_uid != os.geteuid():
        raise CannotStart(f"{path} belongs to somebody else")
    path.chmod(mode)
    return path


def hold(state: Path) -> IO[bytes]:
    """Keep a second launcher away for as long as the returned file is open."""
    lock = (state / "lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise CannotStart(f"already running from this checkout ({state})") from error
    return lock


def secret_text(state: Path, name: str) -> str:
    """A random secret of this installation: made once, readable by its owner only."""
    path = own_directory(state / "secrets", 0o700) / name
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32))
    return path.read_text()


if __name__ == "__main__":
    print(default_state("run"))
    print(default_state("servers"))
