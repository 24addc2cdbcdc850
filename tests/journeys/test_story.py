import pytest

from infra.story.acts import Story
from infra.story.telling import Teller
from tests.whole_platform import WholePlatform

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]


@pytest.mark.requirement("PF-STORY-1")
@pytest.mark.requirement("HA-1")
@pytest.mark.requirement("UR-3")
def test_a_report_travels_from_the_website_to_removal(
    shared_platform: WholePlatform,
) -> None:
    said: list[str] = []
    Story(shared_platform.platform, Teller(say=said.append)).play()
    unexpected = [
        log.name
        for log in shared_platform.logs.glob("*.log")
        if '"event": "unexpected"' in log.read_text()
    ]
    assert unexpected == []
    assert any("nobody looked at it" in line for line in said)
