from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from infra.ports import free_base, port_plan
from infra.startup import running_platform
from infra.state import throw_away_state
from tests.drills.hotline import VICTIMS, Count, drill

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(420)]


@pytest.mark.requirement("SEC-R1")
@pytest.mark.requirement("SEC-R2")
@pytest.mark.requirement("SEC-R5")
def test_no_report_and_no_notice_is_lost_when_processes_die(tmp_path: Path) -> None:
    ports = port_plan(free_base())
    with running_platform(throw_away_state(), ports, tmp_path, throw_away=True) as platform:
        count = drill(platform, len(VICTIMS), seed=1)
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
