"""`make run`: the whole platform on this machine until Ctrl-C."""

import signal
import sys
import time

from infra.development import SHORT_WAITS, STAFF
from infra.peers.pictures import EXACTLY_KNOWN
from infra.peers.site import HOST, PAGE_PATH
from infra.ports import port_plan
from infra.startup import Platform, aloud, running_platform
from infra.state import CHECKOUT, CannotStart, default_state

STATE_NAME = "run"
LOGS = CHECKOUT / ".dev" / "logs" / STATE_NAME


def main() -> int:
    """Returns 0 after Ctrl-C, 1 with one line when something cannot start or ends by itself."""
    started = time.monotonic()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    aloud("Starting the platform")
    try:
        with running_platform(default_state(STATE_NAME), port_plan(), LOGS) as platform:
            aloud(welcome(platform, time.monotonic() - started))
            platform.supervisor.watch()
    except CannotStart as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.")
    return 0


def welcome(platform: Platform, seconds: float) -> str:
    """Where everything is and how to sign in."""
    installation = platform.installation
    ports = installation.ports
    addresses = {service: installation.public_url(service) for service in STAFF}
    addresses["gateway"] = f"{installation.management_url}/management"
    faces = [("website", installation.public_url("gateway"), "no log-in")]
    faces += [
        ("management" if service == "gateway" else service, address, _people(service))
        for service, address in addresses.items()
    ]
    lines = [f"\nReady in {seconds:.1f} s. Ctrl-C stops everything.\n"]
    lines += [f"  {name:<11} {address:<45} {who}" for name, address, who in faces]
    lines += [
        f"\n  password    {platform.credentials.password}",
        "  code        make code USER=ada",
        f"\n  a website to report      http://{HOST}:{ports['site']}{PAGE_PATH}",
        f"  its owner removes one    curl -X POST {installation.address('control')}"
        f"/__remove/{EXACTLY_KNOWN}",
        f"  received mail            {platform.mail}",
        f"  logs                     {LOGS}",
        f"  waits are short here     {' '.join(f'{k}={v}' for k, v in SHORT_WAITS.items())}\n",
    ]
    return "\n".join(lines)


def _people(service: str) -> str:
    return ", ".join(f"{person.name} ({person.role})" for person in STAFF[service])


if __name__ == "__main__":
    sys.exit(main())
