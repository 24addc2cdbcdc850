"""Commands of the Hash Check Service: python -m hashcheck --help."""

import argparse
import sys
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter
from shared.domain.actor import SYSTEM
from shared.domain.errors import DomainError
from shared.platform.commands import Arguments, Command, ServiceCommands, run
from shared.platform.composition import sessions_of
from shared.platform.migrations import service_schema
from shared.platform.unit_of_work import open_work

from hashcheck.adapters.partner_file import opened
from hashcheck.domain.partner_list import RefusedImport
from hashcheck.main import create_app, create_desk
from hashcheck.settings import HashcheckSettings
from hashcheck.tables import Table
from hashcheck.tasks import CLOCKS
from hashcheck.use_cases.demonstration import (
    DemoEntry,
    TwoStewardsNeeded,
    list_for_demonstration,
)
from hashcheck.use_cases.list_import import bring_in
from hashcheck.worker import create_worker


def seed(settings: HashcheckSettings, arguments: Arguments) -> None:
    """Safe to repeat: what is listed already stays as it is."""
    if settings.is_production:
        sys.exit("Demonstration data has no place in production.")
    entries: list[DemoEntry] = []
    if arguments.entries:
        entries = TypeAdapter(list[DemoEntry]).validate_json(arguments.entries.read_bytes())
    try:
        count = list_for_demonstration(partial(open_work, sessions_of(settings)), SYSTEM, entries)
    except TwoStewardsNeeded:
        sys.exit("Nothing was listed: two list stewards are needed (command add-staff).")
    print(f"{count} entries were listed by two people.")


def import_list(settings: HashcheckSettings, arguments: Arguments) -> None:
    """Who runs this has the machine; what counts is the partner's signature."""
    open_system = partial(open_work, sessions_of(settings), SYSTEM)
    signature = arguments.signature or Path(f"{arguments.file}.sig")
    try:
        with opened(arguments.file, signature) as file:
            told = bring_in(open_system, arguments.list, file)
    except OSError:
        sys.exit("Nothing was imported: the file or its signature cannot be read.")
    except RefusedImport as refusal:
        where = f", line {refusal.line}" if refusal.line else ""
        sys.exit(f"Nothing was imported: {refusal.code}{where}.")
    except DomainError as error:
        sys.exit(f"Nothing was imported: {error.code}.")
    print(
        f"Version {told.version} of {arguments.list}: {told.entries} entries, {told.added} new,"
        f" {told.withdrawn} taken off, {told.kept_off} kept off."
    )


def _signed_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("list", help="the name of the list")
    parser.add_argument("file", type=Path, help="NDJSON or CSV, as the partner signed it")
    parser.add_argument("--signature", type=Path, help="64 bytes of Ed25519 (FILE.sig)")


def _entries(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--entries", type=Path, help='JSON: [{"items": [{"type", "value"}]}]')


COMMANDS = ServiceCommands(
    name="hashcheck",
    settings=HashcheckSettings,
    app=create_app,
    schema=service_schema("hashcheck", Path(__file__).parent, Table.metadata),
    worker=create_worker,
    desk=create_desk,
    clocks=lambda settings: CLOCKS,
    more=(
        Command("seed", "Load demonstration data", seed, arguments=_entries),
        Command("import", "Take a partner's signed list", import_list, arguments=_signed_file),
    ),
)

if __name__ == "__main__":
    run(COMMANDS)
