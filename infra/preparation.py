"""Runs the commands of all services that prepare an installation, in one process.

A process per command would spend most of its time on starting. Each argument is
`SERVICE COMMAND WORD…`.
"""

import runpy
import shlex
import sys


def run_command(service: str, *words: str) -> None:
    """`python -m SERVICE WORD…`, here; a command that fails ends this process with its words."""
    sys.argv = [service, *words]
    try:
        runpy.run_module(f"{service}.__main__", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if end.code:
            sys.exit(f"{service} {words[0]}: {end.code}")


def main() -> None:
    for argument in sys.argv[1:]:
        run_command(*shlex.split(argument))


if __name__ == "__main__":
    main()
