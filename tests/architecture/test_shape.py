import re
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
SERVICES = ("hotline", "helpline", "prevention", "hashcheck")
MODULES = {
    "__init__.py",
    "__main__.py",
    "main.py",
    "worker.py",
    "settings.py",
    "deps.py",
    "tasks.py",
    "tables.py",
    "queries.py",
    "py.typed",
}
FOLDERS = {
    "domain",
    "use_cases",
    "adapters",
    "api",
    "pages",
    "templates",
    "static",
    "locale",
    "migrations",
    "tables",
    "queries",
}
OF_ONE_SERVICE = {"hotline": {"fetching"}, "hashcheck": {"matching"}}
EMPTY_NAMES = {"utils", "helpers", "common", "manager", "managers", "services", "base", "misc"}
# Words that no English sentence has, from the greetings and buttons of the Dutch pages.
DUTCH = re.compile(
    r"\b(het|een|niet|voor|wij|jij|jouw|maar|deze|zijn|wordt|geen|naar|ook|meer|onze)\b",
    re.IGNORECASE,
)


@pytest.mark.requirement("PF-SHAPE-2")
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_part_that_the_others_do_not_know(service: str) -> None:
    package = CHECKOUT / "services" / service / service
    allowed = MODULES | FOLDERS | OF_ONE_SERVICE.get(service, set()) | {"__pycache__"}
    assert {path.name for path in package.iterdir()} - allowed == set()


@pytest.mark.requirement("PF-SHAPE-2")
def test_no_module_has_a_name_that_says_nothing() -> None:
    nameless = [
        str(path.relative_to(CHECKOUT))
        for root in ("services", "shared", "gateway", "infra")
        for path in (CHECKOUT / root).rglob("*.py")
        if path.stem in EMPTY_NAMES
    ]
    # The hotline's folder of members is the one place called `services`.
    assert nameless == []


@pytest.mark.requirement("PF-SHAPE-3")
def test_dutch_stands_in_the_translations_only() -> None:
    pages = [
        path
        for root in ("services", "shared", "gateway")
        for path in (CHECKOUT / root).rglob("*.html")
    ]
    dutch = {
        str(path.relative_to(CHECKOUT)): sorted(set(DUTCH.findall(path.read_text())))
        for path in pages
        if len(set(DUTCH.findall(path.read_text()))) > 1
    }
    assert dutch == {}


@pytest.mark.requirement("PF-SHAPE-4")
@pytest.mark.parametrize(
    "member",
    [
        "shared",
        "shared/imaging",
        "gateway",
        "services/hashcheck/client",
        *(f"services/{name}" for name in SERVICES),
    ],
)
def test_a_member_carries_the_licence_of_the_whole(member: str) -> None:
    project = tomllib.loads((CHECKOUT / member / "pyproject.toml").read_text())["project"]
    assert project["license"] == "EUPL-1.2"


@pytest.mark.requirement("PF-SHAPE-5")
def test_every_make_target_says_what_it_does() -> None:
    makefile = (CHECKOUT / "Makefile").read_text()
    phony = " ".join(re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE)).split()
    described = re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE)
    assert phony
    assert sorted(set(phony) - set(described)) == []
