import json
import os
import signal
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import httpx2
import psycopg
import pytest
from shared.domain.actor import SYSTEM
from shared.domain.errors import Invalid
from shared.platform.audit_sealer import AuditSealer
from shared.platform.composition import sessions_of
from shared.platform.database import close_pool, session_factory
from shared.platform.encryption import decode_key
from shared.platform.second_factor import new_seed
from shared.platform.settings import AppEnv
from shared.platform.unit_of_work import open_work

from infra.databases import ServiceDatabases
from tests.applications import PASSWORD, key_text, settings_for
from tests.conftest import OwnDatabase
from tests.databases import EXAMPLE, engine_on
from tests.fakes import MONDAY_MORNING
from tests.shared.example.__main__ import COMMANDS, create_worker
from tests.shared.example.settings import ExampleSettings
from tests.shared.letters import LetterRoom
from tests.shared.processes import command, environment, figures, process, wait_until

Run = Callable[[ExampleSettings, Namespace], None]


@pytest.fixture
def databases(database_to_change: OwnDatabase) -> ServiceDatabases:
    return database_to_change(EXAMPLE)


def settings(databases: ServiceDatabases, folder: Path, **more: object) -> ExampleSettings:
    sealing: dict[str, object] = {
        "audit_key": key_text("example audit"),
        "checkpoint_key": key_text("example checkpoint"),
        "checkpoint_dir": str(folder),
    }
    return settings_for(ExampleSettings, databases, service=EXAMPLE, **(sealing | more))


@pytest.mark.requirement("PF-START-1")
@pytest.mark.parametrize(
    ("run", "missing"),
    [
        (COMMANDS.migrate, "OWNER_DATABASE_URL"),
        (COMMANDS.migration, "OWNER_DATABASE_URL"),
        (COMMANDS.audit_verify, "AUDIT_KEY, CHECKPOINT_KEY, CHECKPOINT_DIR"),
    ],
)
def test_a_command_names_the_settings_that_it_lacks(
    databases: ServiceDatabases, tmp_path: Path, run: Run, missing: str
) -> None:
    nothing = dict.fromkeys(("audit_key", "checkpoint_key", "checkpoint_dir"), "")
    poor = settings(databases, tmp_path, owner_database_url="", **nothing)
    with pytest.raises(SystemExit) as refused:
        run(poor, Namespace())
    assert refused.value.code == f"This command needs {missing}."


@pytest.mark.requirement("PF-START-1")
def test_in_production_a_relay_that_cannot_seal_the_audit_does_not_start(
    databases: ServiceDatabases, tmp_path: Path
) -> None:
    poor = settings(
        databases,
        tmp_path,
        APP_ENV=AppEnv.PRODUCTION,
        public_url="https://example.org",
        volatile_redis_url="redis://127.0.0.1:2/0",
        audit_key="",
    )
    with pytest.raises(SystemExit, match="This command needs AUDIT_KEY"):
        COMMANDS.relay(poor, Namespace())


@pytest.mark.requirement("PF-START-1")
@pytest.mark.parametrize("run", [COMMANDS.web, COMMANDS.work, COMMANDS.relay])
def test_no_process_that_works_starts_with_a_role_that_may_do_too_much(
    databases: ServiceDatabases, tmp_path: Path, run: Run
) -> None:
    mighty = settings(databases, tmp_path, database_url=databases.owner)
    with pytest.raises(SystemExit, match="may do too much"):
        run(mighty, Namespace(processes=1))


@pytest.mark.requirement("SEC-S5")
def test_verifying_says_what_it_found_and_ends_with_it(
    databases: ServiceDatabases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = settings(databases, tmp_path)

    def verified() -> tuple[object, str]:
        with pytest.raises(SystemExit) as end:
            COMMANDS.audit_verify(known, Namespace())
        return end.value.code, capsys.readouterr().out

    with engine_on(databases.app) as engine, open_work(session_factory(engine), SYSTEM) as work:
        work.record("case.read")
    with engine_on(databases.sealer) as engine:
        AuditSealer(session_factory(engine), decode_key(known.audit_key)).seal_new()
        assert verified() == (
            0,
            "1 seals and 0 checkpoints verified.\naltered: 0\nmissing: 0\nunsealed: 0\nlate: 0\n"
            "unwitnessed: 0\nforged checkpoints: 0\ncontradicted checkpoints: 0\n",
        )
    with psycopg.connect(databases.owner) as owner:
        owner.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        owner.execute("UPDATE audit_event SET action = 'case.closed'")
    code, said = verified()
    assert code == 1
    assert "altered: 1" in said


@pytest.mark.requirement("PF-OUTBOX-2")
def test_the_outbox_is_told_and_what_was_given_up_is_put_on_it_again(
    databases: ServiceDatabases, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    known = settings(databases, tmp_path)
    sessions = sessions_of(known)
    room = LetterRoom(sessions, clock=lambda: MONDAY_MORNING)
    letter = room.new_letter()
    room.office.fault = Invalid()
    room.tasks.execute(room.row(letter).id)
    capsys.readouterr()
    COMMANDS.outbox(known, Namespace(retry_parked=False))
    COMMANDS.outbox(known, Namespace(retry_parked=True))
    close_pool(sessions)
    first, second, third = capsys.readouterr().out.splitlines()
    assert first == "open: 0, given up: 1, oldest due at: -"
    assert second == "1 given-up rows were put on the outbox again."
    assert third.startswith("open: 1, given up: 0, oldest due at: 20")


@pytest.mark.requirement("PF-ACCOUNT-2")
def test_accounts_are_made_from_a_file_by_command(
    databases: ServiceDatabases, tmp_path: Path
) -> None:
    told = environment(databases, tmp_path)
    file = tmp_path / "staff.json"
    person = {"name": "sam", "display_name": "Sam", "role": "admin", "password": PASSWORD}
    file.write_text(json.dumps([person | {"totp_seed": new_seed()}]))
    made = command(told, "add-staff", str(file))
    assert (made.returncode, made.stdout) == (0, "1 accounts were made.\n")
    missing = command(told, "add-staff", str(tmp_path / "nowhere.json"))
    assert missing.returncode == 1
    assert missing.stderr == "No account was made: the file cannot be read.\n"


@pytest.mark.requirement("SEC-R8")
def test_a_web_process_serves_tells_its_figures_elsewhere_and_ends_when_told(
    databases: ServiceDatabases, tmp_path: Path
) -> None:
    told = environment(databases, tmp_path)
    address = f"http://{told['EXAMPLE_BIND']}"

    def ready() -> bool:
        try:
            return httpx2.get(f"{address}/readyz", trust_env=False).status_code == 200
        except httpx2.HTTPError:
            return False

    with process(told, "web") as web:
        wait_until(ready)
        assert httpx2.get(f"{address}/metrics", trust_env=False).status_code == 404
        assert figures(told)["process_resident_memory_bytes"] > 0
        another = command(told | {"EXAMPLE_BIND": "127.0.0.1:1"}, "web")
        os.kill(web.pid, signal.SIGTERM)
        assert web.wait() in {0, -signal.SIGTERM}
    taken = told["EXAMPLE_METRICS_BIND"]
    assert another.returncode == 1
    assert another.stderr == f"METRICS_BIND: nothing can listen at {taken}.\n"


def test_a_worker_is_made_from_the_settings(databases: ServiceDatabases, tmp_path: Path) -> None:
    celery = create_worker(settings(databases, tmp_path))
    assert {name for name in celery.tasks if name.startswith("example.")} == {
        "example.stamp_letter",
        "example.deliver_letter",
    }
