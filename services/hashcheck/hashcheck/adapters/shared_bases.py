"""The folder in which the processes of one machine share the base of the index.

A base is written once, by whoever holds the lock; the others wait and map the same files, so that
there is one copy in memory. It appears as a whole, under a name of its own; what is older is
removed, and whoever still uses that keeps it until it takes over the new one. The lock is the
kernel's: who is killed lets go of it, and what it had begun is removed by the next.

Only the account of the service may read the folder. It must be on this machine, for the lock.
"""

import fcntl
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import structlog
from shared.platform.failure import place_of

from hashcheck.domain.check import RADIUS
from hashcheck.matching import DamagedSnapshot, snapshot
from hashcheck.use_cases.known_hashes import DamagedIndex, KnownHashes

LOCK = "lock"
HASHES, ORIGIN = "hashes", "origin"
OWNER_ONLY = 0o700

log = structlog.get_logger()


class Origin(NamedTuple):
    """The change up to which a base goes: its number, and what tells it from others."""

    version: int
    fingerprint: str


class Base(NamedTuple):
    origin: Origin
    hashes: KnownHashes


Fits = Callable[[Origin], bool]
Make = Callable[[], Base]


class SharedBases:
    """`directory` is made, with its parents, if there is none."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def base(self, fits: Fits, make: Make) -> Base:
        """The newest whole base that fits, or one that is made now and shared.

        What cannot be shared, as on a full disk, is used by this process alone. Raises what `fits`
        and `make` raise.
        """
        try:
            with self._alone():
                return self._newest(fits) or self._shared(make())
        except OSError as error:
            log.warning("index_not_shared", place=place_of(error))
            return make()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Raises OSError, also for a folder that others may look into."""
        self._directory.mkdir(OWNER_ONLY, parents=True, exist_ok=True)
        found = self._directory.stat()
        if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & ~OWNER_ONLY:
            raise PermissionError("the folder is not the service's alone")
        opened = os.open(self._directory / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(opened, fcntl.LOCK_EX)
            yield
        finally:
            os.close(opened)

    def _newest(self, fits: Fits) -> Base | None:
        whole = [(origin, each) for each in self._bases() if (origin := _origin_of(each))]
        for origin, directory in sorted(whole, reverse=True):
            if not fits(origin):
                continue
            try:
                return Base(origin, KnownHashes.open(directory / HASHES, RADIUS))
            except (DamagedSnapshot, DamagedIndex, LookupError, ValueError) as error:
                log.warning("shared_index_damaged", place=place_of(error))
        return None

    def _shared(self, made: Base) -> Base:
        """The same, from the files that the others will map."""
        name = f"{made.origin.version}-{token_hex(4)}"
        unfinished = self._directory / f".{name}"
        try:
            made.hashes.save(unfinished / HASHES)
            snapshot.write(unfinished / ORIGIN, made.origin._asdict(), {})
            whole = unfinished.rename(self._directory / name)
            shared = made._replace(hashes=KnownHashes.open(whole / HASHES, RADIUS))
        except (OSError, DamagedSnapshot, DamagedIndex) as error:
            log.warning("index_not_shared", place=place_of(error))
            shutil.rmtree(unfinished, ignore_errors=True)
            return made
        self._remove_all_but(whole)
        return shared

    def _bases(self) -> list[Path]:
        return [each for each in self._directory.iterdir() if each.name != LOCK]

    def _remove_all_but(self, kept: Path) -> None:
        for each in self._bases():
            if each != kept:
                shutil.rmtree(each, ignore_errors=True)


def _origin_of(directory: Path) -> Origin | None:
    """None for what was not finished, or is damaged."""
    try:
        header = snapshot.read_header(directory / ORIGIN)
        return Origin(int(header["version"]), str(header["fingerprint"]))
    except (DamagedSnapshot, KeyError, ValueError):
        return None
