from uuid import uuid4

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from infra.databases import ServiceDatabases, create_databases

SECRET = "for this test run"  # one for all test processes, because they share the roles


@pytest.fixture(scope="module")
def suffix() -> str:
    return f"_{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def hotline(postgres: str, suffix: str) -> ServiceDatabases:
    return create_databases(postgres, "hotline", SECRET, suffix)


def run(url: str, statement: bytes) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)


@pytest.mark.requirement("PF-DB-1")
def test_creating_twice_changes_nothing(
    postgres: str, suffix: str, hotline: ServiceDatabases
) -> None:
    run(hotline.owner, b"CREATE TABLE kept (id int)")

    assert create_databases(postgres, "hotline", SECRET, suffix) == hotline
    run(hotline.owner, b"DROP TABLE kept")


@pytest.mark.requirement("PF-DB-1")
@pytest.mark.parametrize("role", ["app", "sealer", "keys"])
def test_only_the_owner_may_define_anything(hotline: ServiceDatabases, role: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        run(getattr(hotline, role), b"CREATE TABLE secretly (id int)")


@pytest.mark.requirement("PF-DB-1")
def test_a_service_cannot_enter_the_database_of_another(
    postgres: str, suffix: str, hotline: ServiceDatabases
) -> None:
    helpline = create_databases(postgres, "helpline", SECRET, suffix)
    into_the_hotline = helpline.app.rpartition("/")[0] + f"/hotline{suffix}"

    run(hotline.app, b"SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        run(into_the_hotline, b"SELECT 1")


@pytest.mark.requirement("PF-DB-1")
def test_the_sealer_cannot_reach_the_keys(hotline: ServiceDatabases) -> None:
    keys = hotline.sealer.rpartition("/")[0] + "/" + hotline.keys.rpartition("/")[2]
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        run(keys, b"SELECT 1")


@pytest.mark.requirement("PF-DB-2")
def test_a_wrong_password_is_refused(hotline: ServiceDatabases) -> None:
    place = hotline.app.rpartition("@")[2]
    with pytest.raises(psycopg.OperationalError, match="password"):
        run(f"postgresql://hotline_app:guess@{place}", b"SELECT 1")


@pytest.mark.requirement("PF-DB-2")
@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("log_statement", "none"),
        ("log_min_error_statement", "panic"),
        ("log_error_verbosity", "terse"),
        ("log_parameter_max_length", "0"),
        ("log_parameter_max_length_on_error", "0"),
    ],
)
def test_the_log_of_the_server_repeats_no_statement(
    postgres: str, setting: str, value: str
) -> None:
    with psycopg.connect(postgres) as connection:
        found = connection.execute("SELECT current_setting(%s)", (setting,)).fetchone()
    assert found == (value,)
