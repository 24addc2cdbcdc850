from dataclasses import replace

import pytest

from tests.drills.privacy import Findings, drill
from tests.drills.privacy_marks import Marks
from tests.drills.privacy_media import Medium
from tests.whole_platform import WholePlatform

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(420)]


@pytest.mark.requirement("SEC-P1")
@pytest.mark.requirement("SEC-P2")
@pytest.mark.requirement("H-02")
def test_nothing_that_a_caller_is_or_says_can_be_read_anywhere(
    shared_platform: WholePlatform,
) -> None:
    findings = drill(shared_platform, 1)
    assert findings.faults_found == [], findings.lines()


@pytest.mark.requirement("SEC-P1")
def test_the_drill_sees_what_is_kept_and_what_it_cannot_see() -> None:
    """The control: a drill that cannot find a fault proves nothing."""
    marks = Marks()
    clean = Medium("logs", [b"planted and other things"], [b"planted"])
    whole = Findings(1, [clean], marks.forms())
    assert whole.faults_found == []
    for form in marks.forms():
        leaking = replace(clean, pieces=[*clean.pieces, b"before" + form + b"after"])
        assert replace(whole, media=[leaking]).faults_found
    assert replace(whole, media=[replace(clean, pieces=[b"other things"])]).faults_found
    assert replace(whole, media=[]).faults_found == ["nothing was searched"]
    assert replace(whole, paths=0).faults_found == ["nothing was searched"]
