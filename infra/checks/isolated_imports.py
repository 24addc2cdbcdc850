"""Refuses a member that imports what it does not declare, directly or through what it declares.

Every module of each member is imported in a process in which nothing else can be imported: what the
shared development environment has besides is hidden, as if it were not installed.
"""

import importlib
import pkgutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import distribution, packages_distributions
from types import ModuleType

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Package → the distribution that carries it.
MEMBERS = {
    "shared": "shared",
    "imaging": "imaging",
    "hotline": "hotline",
    "helpline": "helpline",
    "prevention": "prevention",
    "hashcheck": "hashcheck",
    "hashcheck_client": "offlimits-hashcheck",
    "gateway": "gateway",
}


def closure(installed: str) -> set[str]:
    """The distributions that come with installing one, itself included."""
    found: set[tuple[str, str]] = set()
    waiting = [(installed, "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        waiting += _needed(name, extra)
    return {name for name, _ in found}


def _needed(name: str, extra: str) -> Iterable[tuple[str, str]]:
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        wanted = canonicalize_name(requirement.name)
        yield wanted, ""
        yield from ((wanted, wanted_extra) for wanted_extra in requirement.extras)


class OnlyDeclared(MetaPathFinder):
    """Comes before all other finders and refuses modules of other distributions."""

    def __init__(self, allowed: set[str]) -> None:
        self._hidden = {
            module
            for module, owners in packages_distributions().items()
            if not allowed & {canonicalize_name(owner) for owner in owners}
        }
        # The members are installed in place, which the metadata does not tell.
        self._hidden |= {module for module, name in MEMBERS.items() if name not in allowed}

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self._hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def import_alone(member: str) -> str:
    """Import every module of a member with only its dependencies; what went wrong, or nothing."""
    allowed = closure(MEMBERS[member])
    for name in [name for name in sys.modules if name.partition(".")[0] == "packaging"]:
        del sys.modules[name]
    sys.meta_path.insert(0, OnlyDeclared(allowed))
    package = importlib.import_module(member)
    try:
        for module in pkgutil.walk_packages(package.__path__, f"{member}."):
            if "migrations" not in module.name.split("."):
                importlib.import_module(module.name)
    except ImportError as error:
        return f"{member}: {error}"
    return ""


def main() -> int:
    if len(sys.argv) > 1:
        fault = import_alone(sys.argv[1])
        print(fault or f"{sys.argv[1]} imports what it declares")
        return 1 if fault else 0
    command = (sys.executable, "-m", "infra.checks.isolated_imports")
    running = [
        subprocess.Popen([*command, member], stdout=subprocess.PIPE, text=True)
        for member in MEMBERS
    ]
    for process in running:
        print(process.communicate()[0], end="")
    if any(process.returncode for process in running):
        return 1
    print("Every member imports what it declares and nothing else.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
