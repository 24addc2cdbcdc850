"""Commands of the Hash Check Service: python -m hashcheck --help."""

import argparse
import sys
from functools import partial
from pathlib import Path

from pydantic import TypeAdapter
from shared.domain.actor import SYSTEM
from shared.platform.commands import Arguments, Command, ServiceCommands, run
from shared.platform.composition import sessions_of
from shared.platform.migrations import service_schema
from shared.platform.unit_of_work import open_work

from hashcheck.main import create_app, create_desk
from hashcheck.settings import HashcheckSettings
from hashcheck.tables import Table
from hashcheck.use_cases.demonstration import (
    DemoEntry,
    TwoStewardsNeeded,
    list_for_demonstration,
)


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


def _entries(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--entries", type=Path, help='JSON: [{"items": [{"type", "value"}]}]')


COMMANDS = ServiceCommands(
    name="hashcheck",
    settings=HashcheckSettings,
    app=create_app,
    schema=service_schema("hashcheck", Path(__file__).parent, Table.metadata),
    desk=create_desk,
    more=(Command("seed", "Load demonstration data", seed, arguments=_entries),),
)

if __name__ == "__main__":
    run(COMMANDS)
