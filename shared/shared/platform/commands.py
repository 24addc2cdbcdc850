"""The commands of a service: what its `__main__.py` offers.

    if __name__ == "__main__":
        run(
            ServiceCommands(
                name="hotline",
                settings=HotlineSettings,
                app=create_app,
                worker=create_worker,
                schema=service_schema("hotline", Path(__file__).parent, Table.metadata),
                clocks=clocks,
                more=(Command("seed", "Load demonstration data", seed),),
            )
        )

`web`, `worker`, `relay`, `migrate`, `migration`, `add-staff`, `audit-verify` and `outbox` are the
same in all.
"""

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic

from celery import Celery
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from shared.domain.actor import SYSTEM
from shared.domain.errors import DomainError
from shared.platform.audit_checkpoint import CheckpointWriter, read_checkpoints
from shared.platform.audit_sealer import AuditSealer
from shared.platform.audit_verify import verify
from shared.platform.celery import create_celery, publisher, run_worker
from shared.platform.clock import utc_now
from shared.platform.clockwork import Clockwork
from shared.platform.composition import rules_of, sessions_of, vault_of
from shared.platform.database import database_engine, session_factory, until_closed
from shared.platform.encryption import decode_key
from shared.platform.logging import configure_logging
from shared.platform.metrics import REGISTRY, count_for_children, serve_metrics
from shared.platform.migrations import Schema, add_migration, keys_owner_url, keys_schema, upgrade
from shared.platform.outbox import backlog, retry_all_parked
from shared.platform.relay import Relay, RelayFigures
from shared.platform.server import Listening, serve
from shared.platform.settings import ServiceSettings, Settings, load_settings
from shared.platform.staff import StaffDesk
from shared.platform.staff_file import add_staff, read_staff
from shared.platform.start_checks import UnsafeStart, refuse_unsafe_start
from shared.platform.traces import collector_at, start_traces
from shared.platform.unit_of_work import open_work

Arguments = argparse.Namespace

OWNING = ("owner_database_url",)
SEALING = ("sealer_database_url", "audit_key", "checkpoint_key", "checkpoint_dir")


@dataclass(frozen=True)
class Command(Generic[Settings]):
    """A command of one service only. `arguments` adds its own to the parser.

    A process that must not know the service's secrets has `settings` of its own.
    """

    name: str
    sentence: str
    run: Callable[[Settings, Arguments], None]
    settings: type[Settings] | None = None
    arguments: Callable[[argparse.ArgumentParser], object] = lambda parser: None


@dataclass(frozen=True)
class ServiceCommands(Generic[Settings]):
    """What the commands of a service work with. Without a `worker` it has no outbox."""

    name: str
    settings: type[Settings]
    app: Callable[[Settings], ASGIApp]
    schema: Schema
    worker: Callable[[Settings], Celery] | None = None
    desk: Callable[[Settings], StaffDesk] | None = None
    clocks: Callable[[Settings], Sequence[Clockwork]] = lambda settings: ()
    more: Sequence[Command[Any]] = ()

    def web(self, settings: Settings, _: Arguments) -> None:
        self._start_or_say_why(settings)
        patience = settings.request_patience.total_seconds()
        serve(self.app(settings), Listening(settings.bind, settings.trusted_proxies, patience))

    def work(self, settings: Settings, arguments: Arguments) -> None:
        if self.worker is None:
            sys.exit(f"{self.name} has no outbox and so no worker.")
        self._start_or_say_why(settings)
        count_for_children()
        run_worker(self.worker(settings), processes=arguments.processes)

    def relay(self, settings: Settings, _: Arguments) -> None:
        if settings.is_production:
            _refuse_without(settings, SEALING)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self._start_or_say_why(settings)
        rules = rules_of(settings)
        celery = create_celery(self.name, settings.broker_url, rules)
        relay = Relay(
            sessions=sessions_of(settings),
            publish=publisher(celery) if self.worker else None,
            clocks=self.clocks(settings),
            sealer=_sealer_of(settings),
            checkpoints=self._checkpoint_writer(settings),
            vault=vault_of(settings, self.name),
            rules=rules,
        )
        REGISTRY.register(RelayFigures(self.name, relay))
        relay.run(stop)

    def migrate(self, settings: Settings, _: Arguments) -> None:
        _refuse_without(settings, OWNING)
        upgrade(settings.owner_database_url, self.schema)
        if settings.keys_database_url:
            upgrade(_keys_owner(settings), keys_schema(self.name))

    def migration(self, settings: Settings, arguments: Arguments) -> None:
        _refuse_without(settings, OWNING)
        add_migration(settings.owner_database_url, self.schema, arguments.sentence)

    def audit_verify(self, settings: Settings, _: Arguments) -> None:
        _refuse_without(settings, SEALING)
        key = Ed25519PrivateKey.from_private_bytes(decode_key(settings.checkpoint_key))
        found = read_checkpoints(Path(settings.checkpoint_dir), self.name, key.public_key())
        sealer = session_factory(database_engine(settings.sealer_database_url))
        with until_closed(sealer) as sessions:
            report = verify(sessions, decode_key(settings.audit_key), found, now=utc_now())
        _say(f"{report.seals} seals and {report.checkpoints} checkpoints verified.")
        for fault, count in report.faults.items():
            _say(f"{fault.replace('_', ' ')}: {count}")
        sys.exit(0 if report.is_clean else 1)

    def add_staff(self, settings: Settings, arguments: Arguments) -> None:
        if self.desk is None:
            sys.exit(f"{self.name} has no staff.")
        desk = self.desk(settings)
        try:
            with until_closed(desk.sessions), open_work(desk.sessions, SYSTEM) as work:
                added = add_staff(work, desk, read_staff(arguments.file))
        except DomainError as error:
            sys.exit(f"No account was made: {error.code}.")
        except OSError:
            sys.exit("No account was made: the file cannot be read.")
        _say(f"{added} accounts were made.")

    def outbox(self, settings: Settings, arguments: Arguments) -> None:
        with until_closed(sessions_of(settings)) as sessions, open_work(sessions, SYSTEM) as work:
            if arguments.retry_parked:
                _say(f"{retry_all_parked(work)} given-up rows were put on the outbox again.")
            waiting = backlog(work.session, work.now)
        due = waiting.oldest_due_at.isoformat() if waiting.oldest_due_at else "-"
        _say(f"open: {waiting.open}, given up: {waiting.parked}, oldest due at: {due}")

    def _start_or_say_why(self, settings: Settings) -> None:
        """What every process that works does first: refuse, or begin to tell how it does."""
        try:
            refuse_unsafe_start(settings, self.schema)
            serve_metrics(settings.metrics_bind)
        except UnsafeStart as reason:
            sys.exit(str(reason))
        except OSError:
            sys.exit(f"METRICS_BIND: nothing can listen at {settings.metrics_bind}.")
        if settings.traces_url:
            start_traces(self.name, collector_at(settings.traces_url))

    def _checkpoint_writer(self, settings: Settings) -> CheckpointWriter | None:
        if not (settings.checkpoint_dir and settings.checkpoint_key):
            return None
        key = Ed25519PrivateKey.from_private_bytes(decode_key(settings.checkpoint_key))
        return CheckpointWriter(Path(settings.checkpoint_dir), self.name, key)


def run(service: ServiceCommands[Settings], words: Sequence[str] | None = None) -> None:
    """Read the command line, then the environment, and do what was asked."""
    chosen = _parser(service).parse_args(words)
    configure_logging(service.name, chosen.process)
    chosen.run(load_settings(chosen.settings or service.settings), chosen)


def _parser(service: ServiceCommands[Any]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {service.name}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, sentence: str, run: Any, settings: Any = None) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=sentence, description=sentence)
        command.set_defaults(run=run, process=name, settings=settings)
        return command

    add("web", "Serve pages and APIs", service.web)
    worker = add("worker", "Work on what the relay publishes", service.work)
    worker.add_argument("--processes", type=int, default=2, help="how many at once (2)")
    add("relay", "Publish the outbox, run the clocks, seal the audit", service.relay)
    add("migrate", "Bring the databases to the newest version", service.migrate)
    migration = add("migration", "Write the next migration from the tables", service.migration)
    migration.add_argument("sentence", help="what it does, in words")
    add("audit-verify", "Say whether the audit was changed", service.audit_verify)
    outbox = add("outbox", "Say what waits on the outbox", service.outbox)
    outbox.add_argument("--retry-parked", action="store_true", help="try given-up rows again")
    staff = add("add-staff", "Make the accounts that a file lists", service.add_staff)
    staff.add_argument(
        "file", type=Path, help="JSON: name, display_name, role, password, totp_seed"
    )
    for command in service.more:
        command.arguments(add(command.name, command.sentence, command.run, command.settings))
    return parser


def _refuse_without(settings: ServiceSettings, names: Sequence[str]) -> None:
    missing = [name.upper() for name in names if not getattr(settings, name)]
    if missing:
        sys.exit(f"This command needs {', '.join(missing)}.")


def _sealer_of(settings: Settings) -> AuditSealer | None:
    if not (settings.sealer_database_url and settings.audit_key):
        return None
    sessions = session_factory(database_engine(settings.sealer_database_url))
    return AuditSealer(sessions, decode_key(settings.audit_key))


def _keys_owner(settings: Settings) -> str:
    return keys_owner_url(settings.owner_database_url, settings.keys_database_url)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
