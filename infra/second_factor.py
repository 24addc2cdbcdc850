"""`make code USER=ada`: the second factor of a demo log-in, as an authenticator app shows it."""

import argparse
import sys
from datetime import UTC, datetime

from shared.platform.second_factor import STEP_SECONDS, code_at

from infra.development import STAFF, Credentials
from infra.launch import STATE_NAME
from infra.state import default_state


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="code")
    parser.add_argument("name")
    name = parser.parse_args().name
    known = sorted({person.name for people in STAFF.values() for person in people})
    if name not in known:
        print(f"No demo log-in is called {name}. Say USER= and one of: {', '.join(known)}")
        return 1
    now = datetime.now(UTC)
    left = STEP_SECONDS - int(now.timestamp()) % STEP_SECONDS
    seed = Credentials(default_state(STATE_NAME)).totp_seed(name)
    print(f"{code_at(seed, now)}  (new one in {left} s; each works once)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
