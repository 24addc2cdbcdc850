"""Whether a client asks like somebody who wants to learn what is listed.

A hosting company asks about what it stores: nearly nothing matches (in 2025 one of 115,700 checks
of the whole service), pictures have little in common and hashes come from a program. Who probes
asks about many variants of one picture, walks along the border of a match, or tries values. An
alarm accuses nobody: a person asks the client. Far beyond it, what only probing does holds the
client back until a person has looked (source: threat 9, ten thousand variants).
"""

from dataclasses import dataclass
from enum import StrEnum

# Fewer in an hour show nothing.
FEWEST_CHECKED = 500
FEWEST_SAMPLED = 200
# Of a hundred checks: about 20,000 times as many matches as usual; what no program sends.
MOST_MATCHED_PERCENT = 20
MOST_INVALID_PERCENT = 50
# Of a hundred PDQs that were looked at, those nearly equal to another one. source: frames of one
# film and sizes of one picture give such pairs too, but not for half of what a company stores.
MOST_VARIANTS_PERCENT = 50
# Bits of 256 by which a variant differs from its origin. Two pictures differ by about 128.
VARIANT_BITS = 40
# Different distances, of the 31 that match, at which one entry was hit within an hour. Copies of
# one picture stay below a dozen or so.
MOST_DISTANCES = 15

# The second threshold. Also the frames of a film are not nine of ten near to another one that was
# just asked about, thousands in an hour; and nobody has copies at two dozen distances.
FEWEST_TO_HOLD = 5_000
LEAST_VARIANTS_TO_HOLD_PERCENT = 90
LEAST_DISTANCES_TO_HOLD = 24


class Probing(StrEnum):
    """What was seen. VARIANTS: of one picture. BORDER: of a match. MATCHES, INVALID: too many."""

    VARIANTS = "variants"
    BORDER = "border"
    MATCHES = "matches"
    INVALID = "invalid"


class AlarmAnswer(StrEnum):
    """What a client manager found out, and so did; also why a client may check again."""

    EXPLAINED = "explained"
    OWN_TEST = "own_test"
    QUOTA_LOWERED = "quota_lowered"
    KEY_STOPPED = "key_stopped"


@dataclass(frozen=True, slots=True)
class Asking:
    """How one client asked within an hour. Matches on test lists do not count as `matched`.

    `sampled`: PDQs that were looked at; `variants`: of these, nearly equal to an earlier one.
    `distances`: the most different distances, from 1 on, at which one entry was hit.
    """

    checked: int = 0
    matched: int = 0
    invalid: int = 0
    sampled: int = 0
    variants: int = 0
    distances: int = 0


def probing_in(asking: Asking) -> list[Probing]:
    """Every reason for an alarm."""
    enough = asking.checked >= FEWEST_CHECKED
    seen = {
        Probing.VARIANTS: asking.sampled >= FEWEST_SAMPLED
        and _percent(asking.variants, asking.sampled) >= MOST_VARIANTS_PERCENT,
        Probing.BORDER: asking.distances > MOST_DISTANCES,
        Probing.MATCHES: enough
        and _percent(asking.matched, asking.checked) >= MOST_MATCHED_PERCENT,
        Probing.INVALID: enough
        and _percent(asking.invalid, asking.checked) >= MOST_INVALID_PERCENT,
    }
    return [kind for kind, is_seen in seen.items() if is_seen]


def holds_back(kind: Probing, asking: Asking) -> bool:
    """Whether what raised this alarm also stops the client's checks.

    Many matches never do: a server full of them is where checking helps most. Unreadable values
    tell nothing of what is listed.
    """
    if kind is Probing.VARIANTS:
        share = _percent(asking.variants, asking.sampled)
        return asking.checked >= FEWEST_TO_HOLD and share >= LEAST_VARIANTS_TO_HOLD_PERCENT
    return kind is Probing.BORDER and asking.distances >= LEAST_DISTANCES_TO_HOLD


def is_variant(differing_bits: int) -> bool:
    """The very same hash is no variant: clients ask again about what they know."""
    return 0 < differing_bits <= VARIANT_BITS


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0
