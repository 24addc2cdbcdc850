"""The drill itself needs three processes and a minute: `make drill-hashcheck`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.drills.hashcheck_count import Count

WHOLE = Count(
    answers=100,
    swaps=20,
    revocations=[0.4, 0.9],
    kills=6,
    importers=2,
    bases=1,
    unready=True,
    ready_again=True,
    without_redis=True,
    copies=1.0,
    pictures=Counter({"200": 5, "422": 95}),
    slowest_picture=0.1,
)


def test_a_round_in_which_all_went_well_has_no_fault() -> None:
    assert WHOLE.faults_found == []


@pytest.mark.requirement("HC-DRILL-1")
@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        ({"answers": 0}, "nothing was asked"),
        ({"failed": Counter({"503": 1})}, "a check failed"),
        ({"mixed": 1}, "an answer mixed two versions"),
        ({"revocations": [5.1]}, "what was withdrawn matched on"),
        ({"revocations": []}, "what was withdrawn matched on"),
        ({"lost": 1}, "an entry was lost"),
        ({"importers": 0}, "no importer was killed"),
        ({"half": 1}, "half of a list came in"),
        ({"bases": 2}, "old indexes were left behind"),
        ({"copies": 3.0}, "the index was in memory twice"),
        ({"unready": False}, "who lagged was ready"),
        ({"without_redis": False}, "without Redis nothing arrived"),
        ({"pictures": Counter({"200": 9, "500": 1})}, "a picture was not answered"),
        ({"slowest_picture": 3.1}, "a picture held it up"),
        ({"deaths": 1}, "a process died"),
    ],
)
def test_the_drill_sees_what_it_looks_for(seen: Mapping[str, object], fault: str) -> None:
    """The control: a drill that cannot find a fault proves nothing."""
    assert replace(WHOLE, **seen).faults_found == [fault]  # type: ignore[arg-type]
