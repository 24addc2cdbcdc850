"""What a member imports, it declares: the shared development environment would hide it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
MEMBERS = {
    "shared": "shared/shared",
    "shared/imaging": "shared/imaging/imaging",
    "gateway": "gateway/gateway",
    "services/hotline": "services/hotline/hotline",
    "services/helpline": "services/helpline/helpline",
    "services/prevention": "services/prevention/prevention",
    "services/hashcheck": "services/hashcheck/hashcheck",
    "services/hashcheck/client": "services/hashcheck/client/hashcheck_client",
}
# A name in an import → the distributions that bring it.
DISTRIBUTIONS = {
    module: {name.lower().replace("_", "-") for name in names}
    for module, names in packages_distributions().items()
}


def imported(package: Path) -> set[str]:
    """Top-level names that any module of the package imports."""
    names: set[str] = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - {package.name}


def declared(member: str) -> set[str]:
    project = tomllib.loads((CHECKOUT / member / "pyproject.toml").read_text())["project"]
    names = (re.split(r"[\[><=; ]", line)[0] for line in project["dependencies"])
    return {name.lower().replace("_", "-") for name in names}


@pytest.mark.requirement("PF-SHAPE-6")
@pytest.mark.parametrize("member", MEMBERS)
def test_a_member_declares_what_it_imports(member: str) -> None:
    names = imported(CHECKOUT / MEMBERS[member])
    undeclared = {
        name
        for name in names
        if not DISTRIBUTIONS.get(name, {name.replace("_", "-")}) & declared(member)
    }
    assert undeclared == set()


@pytest.mark.requirement("PF-SHAPE-6")
@pytest.mark.parametrize("member", MEMBERS)
def test_every_http_call_goes_through_one_client_library(member: str) -> None:
    assert (
        imported(CHECKOUT / MEMBERS[member]) & {"httpx", "requests", "aiohttp", "urllib3"} == set()
    )


@pytest.mark.requirement("PF-SHAPE-6")
def test_the_lock_has_hashes_and_no_download_address() -> None:
    lock = (CHECKOUT / "requirements.lock").read_text()
    assert "--hash=sha256:" in lock
    assert "://" not in lock
