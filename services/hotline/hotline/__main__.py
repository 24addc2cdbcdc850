"""Commands of the hotline: python -m hotline --help."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from shared.domain.actor import SYSTEM
from shared.platform.commands import Arguments, Command, ServiceCommands, run
from shared.platform.composition import sessions_of
from shared.platform.database import until_closed
from shared.platform.migrations import service_schema
from shared.platform.unit_of_work import open_work

from hotline.adapters.network_table import LineError, read_networks
from hotline.domain.hosting import NetworkFacts
from hotline.fetching.main import main as run_fetcher
from hotline.main import create_app, create_desk
from hotline.settings import FetcherEnvironment, HotlineSettings
from hotline.tables import Table
from hotline.tasks import clocks
from hotline.use_cases.hosting import load_networks
from hotline.worker import create_worker


def fetcher(settings: FetcherEnvironment, _: Arguments) -> None:
    run_fetcher(settings.fetcher)


def load(settings: HotlineSettings, arguments: Arguments) -> None:
    """All of the file or, when a line of it is wrong, nothing."""
    with (
        arguments.file.open(encoding="utf-8") as lines,
        until_closed(sessions_of(settings)) as sessions,
        open_work(sessions, SYSTEM) as work,
    ):
        count = load_networks(work, _without_errors(read_networks(lines)))
    print(f"{count} networks were loaded.")


def _without_errors(rows: Iterator[NetworkFacts | LineError]) -> Iterator[NetworkFacts]:
    for row in rows:
        if isinstance(row, LineError):
            sys.exit(f"Nothing was loaded: line {row.line}, {row.code}.")
        yield row


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="tab-separated: prefix, country, ASN, name")


COMMANDS = ServiceCommands(
    name="hotline",
    settings=HotlineSettings,
    app=create_app,
    schema=service_schema("hotline", Path(__file__).parent, Table.metadata),
    worker=create_worker,
    desk=create_desk,
    clocks=lambda settings: clocks(settings.policy),
    more=(
        Command(
            "fetcher", "Fetch and probe addresses through the guard", fetcher, FetcherEnvironment
        ),
        Command("load-networks", "Replace the table of networks", load, arguments=_file),
    ),
)

if __name__ == "__main__":
    run(COMMANDS)
