"""`make migration SERVICE=hotline NAME="…"`: write the next migration from the tables."""

import argparse
import subprocess
import sys

from infra.backing_services import start_backing_services
from infra.databases import SERVICES
from infra.development import install
from infra.ports import port_plan
from infra.state import throw_away_state


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="migration")
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("sentence", help="what it does, in words")
    wanted = parser.parse_args()
    if not wanted.sentence.strip():
        parser.error('say what the migration does: NAME="urls get a country"')
    state = throw_away_state()
    with start_backing_services(state, throw_away=True) as servers:
        installation = install(state, port_plan(), servers)
        environment = installation.environment(wanted.service, "migrate")
        for words in (("migrate",), ("migration", wanted.sentence)):
            done = subprocess.run(
                [sys.executable, "-m", wanted.service, *words], env=environment, check=False
            )
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
