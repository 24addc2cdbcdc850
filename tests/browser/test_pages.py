"""Every page of every face, as people meet it."""

from collections.abc import Callable

import pytest

from tests.browser.all_families import ALL
from tests.browser.family import Family
from tests.browser.inspection import CALLERS_FACES, Inspection

pytestmark = [pytest.mark.xdist_group("platform"), pytest.mark.timeout(300)]

# Without a script there is no other place for the key of a conversation.
CHAT_WITHOUT_SCRIPT = "chat-without-script"
Inspected = Callable[[Family], Inspection]

every_family = pytest.mark.parametrize("family", ALL, ids=str)


@every_family
@pytest.mark.requirement("PF-UI-AXE-1")
def test_a_page_has_no_fault_that_axe_knows(inspected: Inspected, family: Family) -> None:
    assert inspected(family).accessibility == []


@every_family
@pytest.mark.requirement("PF-UI-NARROW-1")
def test_a_page_fits_on_a_telephone(inspected: Inspected, family: Family) -> None:
    assert inspected(family).sticking_out == []


@every_family
@pytest.mark.requirement("PF-UI-FOCUS-1")
def test_whatever_can_have_the_focus_shows_it(inspected: Inspected, family: Family) -> None:
    assert inspected(family).without_focus_ring == []


@every_family
@pytest.mark.requirement("PF-UI-MOTION-1")
def test_nothing_moves_for_who_asks_for_rest(inspected: Inspected, family: Family) -> None:
    assert inspected(family).moving == []


@every_family
@pytest.mark.requirement("SEC-P7")
def test_a_page_keeps_its_own_policy_and_asks_nobody_else(
    inspected: Inspected, family: Family
) -> None:
    found = inspected(family)
    assert found.complaints == []
    assert found.foreign_requests == []


@pytest.mark.requirement("SEC-P7")
@pytest.mark.parametrize(
    "family",
    [one for one in ALL if one.face in CALLERS_FACES and one.name != CHAT_WITHOUT_SCRIPT],
    ids=str,
)
def test_a_visitor_gets_no_cookie(inspected: Inspected, family: Family) -> None:
    assert inspected(family).cookies == []
