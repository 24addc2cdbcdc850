"""Commands of the client: hashcheck --help."""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

from imaging import WorkerUnavailable

from hashcheck_client.command import INTERRUPTED, Wanted, hash_files
from hashcheck_client.output import CannotWrite
from hashcheck_client.scan import WantedScan, scan_files
from hashcheck_client.service import CannotCheck, Service
from hashcheck_client.trying import try_connection

COULD_NOT_WORK = 1

URL, KEY = "HASHCHECK_URL", "HASHCHECK_KEY"
PATHS = "file or folder; - reads names from standard input"
SENTENCES = {
    "scan": "hash files here and ask the service which are known",
    "watch": "scan a folder again and again, until it is interrupted",
    "test": "try the key and the connection with harmless test hashes",
}
EXIT_CODES = """exit codes:
  0    everything was hashed or checked, and nothing is known
  1    could not work: wrong arguments, no answer, output that cannot be written
  2    some files were broken or not readable; the lines say which
  3    the service knows some of the files; the lines say which
  130  interrupted; --resume, or the cache of a scan, goes on
"""


class Parser(argparse.ArgumentParser):
    """2 is taken, by files that could not be read."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(COULD_NOT_WORK, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    wanted = _parser().parse_args(arguments)
    try:
        return int(wanted.run(wanted))
    except BrokenPipeError:
        # Who read the lines has gone; Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_WORK
    except KeyboardInterrupt:
        return INTERRUPTED
    except (CannotWrite, CannotCheck, OSError) as fault:
        sys.stderr.write(f"{fault}\n")
    except WorkerUnavailable:
        sys.stderr.write("The process that decodes pictures could not be started.\n")
    return COULD_NOT_WORK


def _hash(parsed: argparse.Namespace) -> int:
    if parsed.resume and parsed.output is None:
        _parser().error("--resume needs --output")
    return hash_files(
        Wanted(
            paths=parsed.paths,
            output=parsed.output,
            resume=parsed.resume,
            fast=parsed.fast,
            null=parsed.null,
            quiet=parsed.quiet,
            processors=parsed.processors,
        )
    )


def _scan(parsed: argparse.Namespace) -> int:
    wanted = WantedScan(
        paths=parsed.paths,
        output=parsed.output,
        cache=parsed.cache,
        null=getattr(parsed, "null", False),
        quiet=parsed.quiet,
        processors=parsed.processors,
        watch=parsed.watch,
    )
    with closing(_service(parsed)) as service:
        return scan_files(wanted, service)


def _test(parsed: argparse.Namespace) -> int:
    with closing(_service(parsed)) as service:
        return try_connection(service)


def _service(parsed: argparse.Namespace) -> Service:
    """The key is never an argument, for every user of the machine can see those."""
    key = parsed.key_file.read_text().strip() if parsed.key_file else os.environ.get(KEY, "")
    url = parsed.url or os.environ.get(URL, "")
    if not key or not url:
        _parser().error(f"an address (--url or {URL}) and a key (--key-file or {KEY}) are needed")
    return Service(url, key)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="hashcheck", description="Hashes pictures where they are.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    _hash_parser(commands)
    for name, sentence in SENTENCES.items():
        command = _command(commands, name, sentence)
        command.add_argument("--url", metavar="URL", help=f"of the service; or {URL}")
        command.add_argument("--key-file", type=Path, metavar="FILE", help=f"or the key in {KEY}")
        command.set_defaults(run=_test if name == "test" else _scan, watch=name == "watch")
        if name != "test":
            _add_scanning(command, name)
    return parser


def _command(commands: Any, name: str, sentence: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = commands.add_parser(
        name,
        help=sentence,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return made


def _hash_parser(commands: Any) -> None:
    command = _command(commands, "hash", "hash files and folders, one line of JSON each")
    command.set_defaults(run=_hash)
    add = command.add_argument
    add("paths", nargs="+", metavar="PATH", help=PATHS)
    add("-o", "--output", type=Path, metavar="FILE", help="write there, not to standard output")
    add("--resume", action="store_true", help="go on with the output of an interrupted run")
    add("-0", "--null", action="store_true", help="names on standard input end in a null byte")
    add("--fast", action="store_true", help="a quarter faster, PDQ only roughly; see the README")
    add("--processors", type=_positive, default=0, metavar="N", help="use only so many")
    add("-q", "--quiet", action="store_true", help="no progress and no summary")


def _add_scanning(command: argparse.ArgumentParser, name: str) -> None:
    add = command.add_argument
    if name == "scan":
        add("paths", nargs="+", metavar="PATH", help=PATHS)
        add("-0", "--null", action="store_true", help="names on standard input end in a null byte")
    else:
        add(
            "paths", nargs="+", metavar="DIR", help="folder whose new and changed files are checked"
        )
    add("-o", "--output", type=Path, metavar="FILE", help="write there, not to standard output")
    add("--cache", type=Path, metavar="FILE", help="remember what was checked, for the next run")
    add("--processors", type=_positive, default=0, metavar="N", help="use only so many")
    add("-q", "--quiet", action="store_true", help="no progress and no summary")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
