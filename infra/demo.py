"""`make demo`: the story of a report, from the website to its removal, on throw-away data.

It goes over HTTP, through the pages that people use; the reported website, its name server, the
registry and the mail server are real servers on loopback.
"""

import os
import signal
import sys
import time

import httpx2

from infra.ports import port_plan
from infra.startup import aloud, running_platform
from infra.state import CHECKOUT, CannotStart, throw_away_state
from infra.story.acts import Story
from infra.story.telling import StoryFailed, Teller
from infra.story.visitor import PageProblem

# Away from the ports of `make run`, so that both run at once.
DEMO_BASE = 18000
LOGS = CHECKOUT / ".dev" / "logs" / "demo"


def main() -> int:
    """Returns 0 when everything went as told, otherwise 1 with one line that says what did not."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    teller = Teller(say=aloud)
    ports = port_plan(int(os.environ.get("PORT_BASE") or DEMO_BASE))
    teller.act("The platform starts on data that is thrown away afterwards")
    try:
        with running_platform(throw_away_state(), ports, LOGS, throw_away=True) as platform:
            Story(platform, teller).play()
    except (CannotStart, StoryFailed, PageProblem, httpx2.HTTPError) as problem:
        print(
            f"\nThe story stops at “{teller.act_name}”: {problem} (logs: {LOGS})", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        return 130
    aloud(f"\nEverything went as it should, in {time.monotonic() - teller.started:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
