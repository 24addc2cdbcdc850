"""Reading the file that says which country and network an IP prefix belongs to.

One line per prefix, four columns separated by tabs: prefix, ISO 3166-1 alpha-2 country, number of
the autonomous system, its name. UTF-8; empty lines and lines that begin with # are skipped.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_network

from hotline.domain.hosting import NetworkFacts

COLUMNS = 4
LARGEST_ASN = 2**32 - 1  # source: RFC 6793
LONGEST_NAME = 200
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class LineError:
    """A line that was not taken; `code` says why, the text of the line is not repeated."""

    line: int
    code: str


def read_networks(lines: Iterable[str]) -> Iterator[NetworkFacts | LineError]:
    """One result per line with content, as the lines come: the file is never held whole."""
    seen: set[str] = set()
    for number, line in enumerate(lines, start=1):
        text = line.rstrip("\r\n")
        if not text.strip() or text.startswith("#"):
            continue
        result = _read_line(text)
        if isinstance(result, str):
            yield LineError(number, result)
        elif result.prefix in seen:
            yield LineError(number, "prefix_repeated")
        else:
            seen.add(result.prefix)
            yield result


def _read_line(text: str) -> NetworkFacts | str:
    """The facts, or the code of what is wrong."""
    columns = [column.strip() for column in text.split("\t")]
    if len(columns) != COLUMNS:
        return "wrong_number_of_columns"
    prefix, country, asn, name = columns
    try:
        network = ip_network(prefix)
    except ValueError:
        return "prefix_not_valid"
    if not _COUNTRY.fullmatch(country):
        return "country_not_valid"
    if not asn.isascii() or not asn.isdecimal() or not 0 < int(asn) <= LARGEST_ASN:
        return "asn_not_valid"
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        return "name_not_valid"
    return NetworkFacts(str(network), country, int(asn), name)
