"""Commands of the client: hashcheck --help."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from imaging import WorkerUnavailable

from hashcheck_client.command import INTERRUPTED, Wanted, hash_files
from hashcheck_client.output import CannotWrite

COULD_NOT_WORK = 1

EXIT_CODES = """exit codes:
  0    everything was hashed
  1    could not work: wrong arguments, output that cannot be written
  2    some files were broken or not readable; the lines say which
  130  interrupted; --resume goes on
"""


class Parser(argparse.ArgumentParser):
    """2 is taken, by files that could not be read."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(COULD_NOT_WORK, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = _parser().parse_args(arguments)
    if wanted.resume and wanted.output is None:
        _parser().error("--resume needs --output")
    try:
        return hash_files(_wanted(wanted))
    except BrokenPipeError:
        # Who read the lines has gone; Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_WORK
    except KeyboardInterrupt:
        return INTERRUPTED
    except (CannotWrite, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
    except WorkerUnavailable:
        sys.stderr.write("The process that decodes pictures could not be started.\n")
    return COULD_NOT_WORK


def _wanted(parsed: argparse.Namespace) -> Wanted:
    return Wanted(
        paths=parsed.paths,
        output=parsed.output,
        resume=parsed.resume,
        fast=parsed.fast,
        null=parsed.null,
        quiet=parsed.quiet,
        processors=parsed.processors,
    )


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="hashcheck", description="Hashes pictures where they are.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    command = commands.add_parser(
        "hash",
        help="hash files and folders, one line of JSON each",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add(
        "paths", nargs="+", metavar="PATH", help="file or folder; - reads names from standard input"
    )
    add("-o", "--output", type=Path, metavar="FILE", help="write there, not to standard output")
    add("--resume", action="store_true", help="go on with the output of an interrupted run")
    add("-0", "--null", action="store_true", help="names on standard input end in a null byte")
    add("--fast", action="store_true", help="a quarter faster, PDQ only roughly; see the README")
    add("--processors", type=_positive, default=0, metavar="N", help="use only so many")
    add("-q", "--quiet", action="store_true", help="no progress and no summary")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
