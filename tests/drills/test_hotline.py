from collections import Counter
from dataclasses import replace

import pytest

from tests.drills.hotline import VICTIMS, Count, drill
from tests.whole_platform import WholePlatform

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(420)]


@pytest.mark.requirement("SEC-R1")
@pytest.mark.requirement("SEC-R2")
@pytest.mark.requirement("SEC-R5")
def test_no_report_and_no_notice_is_lost_when_processes_die(
    shared_platform: WholePlatform,
) -> None:
    count = drill(shared_platform.platform, len(VICTIMS), seed=1)
    assert count.faults_found == [], count.lines()


@pytest.mark.requirement("SEC-R1")
def test_the_drill_sees_what_is_lost() -> None:
    """The control: a drill that cannot find a fault proves nothing."""
    whole = Count(accepted=["a", "b"], reports=2, references=2, arrived=2)
    whole.faults["broker"] = 1
    assert whole.faults_found == []
    assert replace(whole, reports=1).faults_found
    assert replace(whole, reports=3).faults_found
    assert replace(whole, arrived=1).faults_found
    assert replace(whole, repeats=2).faults_found
    assert replace(whole, accepted=["a", "a"]).faults_found
    assert replace(whole, faults=Counter()).faults_found == ["nothing was killed"]
