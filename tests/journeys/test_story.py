from pathlib import Path

import pytest

from infra.ports import free_base, port_plan
from infra.startup import running_platform
from infra.state import throw_away_state
from infra.story.acts import Story
from infra.story.telling import Teller

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]


@pytest.mark.requirement("PF-STORY-1")
@pytest.mark.requirement("HA-1")
@pytest.mark.requirement("UR-3")
def test_a_report_travels_from_the_website_to_removal(tmp_path: Path) -> None:
    said: list[str] = []
    ports = port_plan(free_base())
    with running_platform(throw_away_state(), ports, tmp_path, throw_away=True) as platform:
        Story(platform, Teller(say=said.append)).play()
        unexpected = [
            log.name for log in tmp_path.glob("*.log") if '"event": "unexpected"' in log.read_text()
        ]
    assert unexpected == []
    assert any("nobody looked at it" in line for line in said)
