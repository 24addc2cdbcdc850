from collections import Counter
from dataclasses import replace

import pytest

from tests.drills.imaging import Count, drill

PICTURES = 300


@pytest.mark.requirement("SEC-S2")
@pytest.mark.requirement("HM-DRILL-1")
def test_damaged_pictures_crash_nothing_and_hold_up_nothing() -> None:
    count = drill(PICTURES, seed=2026)

    assert count.faults_found == [], count.lines()
    assert count.outcomes.total() == PICTURES


@pytest.mark.requirement("HM-DRILL-1")
def test_the_drill_sees_a_death_and_a_hang() -> None:
    """The control: a drill that cannot find a fault proves nothing."""
    whole = Count(Counter(hashed=1, image_unreadable=1), slowest=0.1)
    assert whole.faults_found == []
    assert replace(whole, deaths=1).faults_found == ["the worker died"]
    assert replace(whole, slowest=3.1).faults_found == ["a picture held it up"]
    assert replace(whole, outcomes=Counter(hashed=1)).faults_found == ["nothing was refused"]
