"""Runs the peers until it is told to stop."""

import argparse
import signal
import threading
from pathlib import Path

from infra.peers.control import PeerPorts, Peers


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, prog="peers")
    parser.add_argument("--mail-folder", type=Path, required=True)
    for name in PeerPorts.__dataclass_fields__:
        parser.add_argument(f"--{name}", type=int, default=0)
    wanted = vars(parser.parse_args())
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    with Peers(wanted.pop("mail_folder"), PeerPorts(**wanted)) as peers:
        print(f"site {peers.site.address()}, control {peers.control_url}", flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
