import json
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql
from shared.domain.actor import SYSTEM
from shared.domain.errors import Invalid
from shared.platform.composition import desk_of, sessions_of
from shared.platform.database import close_pool
from shared.platform.second_factor import new_seed
from shared.platform.settings import ServiceSettings
from shared.platform.staff_file import add_staff, read_staff
from shared.platform.start_checks import UnsafeStart, refuse_unsafe_start
from shared.platform.unit_of_work import open_work

from tests.applications import PASSWORD, settings_for
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, schema_of


@pytest.fixture
def settings(database_to_change: OwnDatabase, volatile_url: str) -> ServiceSettings:
    return settings_for(
        ServiceSettings,
        database_to_change(EXAMPLE),
        service=EXAMPLE,
        volatile_redis_url=volatile_url,
    )


@pytest.mark.requirement("PF-START-1")
def test_a_service_starts_on_a_migrated_database_with_the_role_of_the_application(
    settings: ServiceSettings,
) -> None:
    refuse_unsafe_start(settings, schema_of(EXAMPLE))


@pytest.mark.requirement("PF-START-1")
def test_a_role_that_owns_the_tables_keeps_it_from_starting(settings: ServiceSettings) -> None:
    mighty = settings.model_copy(update={"database_url": settings.owner_database_url})
    with pytest.raises(UnsafeStart, match="may do too much"):
        refuse_unsafe_start(mighty, schema_of(EXAMPLE))


@pytest.mark.requirement("PF-START-1")
def test_a_database_that_is_behind_keeps_it_from_starting(settings: ServiceSettings) -> None:
    with psycopg.connect(settings.owner_database_url) as owner:
        owner.execute("DELETE FROM alembic_version")
    with pytest.raises(UnsafeStart, match="migrate"):
        refuse_unsafe_start(settings, schema_of(EXAMPLE))


@pytest.mark.requirement("SEC-P4")
@pytest.mark.requirement("PF-START-1")
def test_a_database_server_that_logs_values_keeps_it_from_starting(
    settings: ServiceSettings, postgres: str
) -> None:
    database = urlsplit(settings.database_url).path.removeprefix("/")
    setting = sql.SQL("ALTER DATABASE {} SET log_error_verbosity = verbose")
    with psycopg.connect(postgres, autocommit=True) as superuser:
        superuser.execute(setting.format(sql.Identifier(database)))
    with pytest.raises(UnsafeStart, match="log_error_verbosity"):
        refuse_unsafe_start(settings, schema_of(EXAMPLE))


@pytest.mark.requirement("PF-START-1")
def test_servers_that_do_not_answer_now_are_no_reason_not_to_start(
    settings: ServiceSettings,
) -> None:
    nowhere = {
        "database_url": "postgresql://example_app:x@127.0.0.1:1/example",
        "volatile_redis_url": "redis://127.0.0.1:1/0",
    }
    refuse_unsafe_start(settings.model_copy(update=nowhere), schema_of(EXAMPLE))


@pytest.mark.requirement("PF-START-1")
def test_a_volatile_store_that_writes_to_disk_keeps_it_from_starting(
    settings: ServiceSettings, broker_url: str
) -> None:
    keeping = settings.model_copy(update={"volatile_redis_url": broker_url})
    with pytest.raises(UnsafeStart, match="writes to disk"):
        refuse_unsafe_start(keeping, schema_of(EXAMPLE))


@pytest.mark.requirement("PF-ACCOUNT-2")
def test_the_first_accounts_come_from_a_file_once(
    settings: ServiceSettings, tmp_path: Path
) -> None:
    person = {"name": "sam", "display_name": "Sam", "role": "admin", "password": PASSWORD}
    file = tmp_path / "staff.json"
    file.write_text(json.dumps([person | {"totp_seed": new_seed()}]))
    sessions = sessions_of(settings)
    desk = desk_of(settings, EXAMPLE, {"admin": frozenset()}, sessions)
    for made in (1, 0):
        with open_work(sessions, SYSTEM) as work:
            assert add_staff(work, desk, read_staff(file)) == made
    close_pool(sessions)


def test_a_file_that_is_no_list_of_accounts_is_refused_without_its_text(tmp_path: Path) -> None:
    file = tmp_path / "staff.json"
    file.write_text('[{"name": "canary"}]')
    with pytest.raises(Invalid) as refused:
        read_staff(file)
    assert "canary" not in str(refused.value)
