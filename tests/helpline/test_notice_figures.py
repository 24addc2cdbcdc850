"""The figures of removal notices: those of a trusted flagger, in full, by how each one ended."""

from dataclasses import replace
from uuid import uuid4

import pytest
from helpline.domain.provider import NoticeRoute
from helpline.domain.removal_notice import ItemOutcome, NoticeState
from helpline.queries.removal_notice import items_of
from helpline.tables import RemovalNotice
from helpline.use_cases.figures import release_figures
from helpline.use_cases.removal_notice import draft_notice, note_answer
from shared.contracts.figures import ReleasedCount

from tests.helpline.inside import WORKER, Helpline, draft_to


def answered(
    helpline: Helpline, route: NoticeRoute, *outcomes: ItemOutcome, sends: bool = True
) -> None:
    """A notice with an address for each outcome."""
    addresses = [f"https://social.example/p/{uuid4()}" for _ in outcomes]
    draft = replace(
        draft_to(helpline.provider(name=f"Platform {uuid4()}").id, *addresses), route=route
    )
    notice = helpline.do(draft_notice, helpline.contact().id, draft, uuid4(), by=WORKER)
    if not sends:
        return
    with helpline.work() as work:
        found = work.session.get_one(RemovalNotice, notice.id)
        found.state, found.sent_at = NoticeState.SENT, work.now
        items = [item.id for item in items_of(work.session, notice.id)]
    for item, outcome in zip(items, outcomes, strict=True):
        if outcome is not ItemOutcome.PENDING:
            helpline.do(note_answer, item, outcome, helpline.clock().date(), by=WORKER)


def told(helpline: Helpline) -> dict[str, ReleasedCount]:
    counts = helpline.do(release_figures, 2026).counts
    return {count.id: count for count in counts if count.id.startswith("tf_")}


@pytest.mark.requirement("H-14")
@pytest.mark.requirement("MG-1")
def test_each_notice_counts_once_by_how_it_ended(helpline: Helpline) -> None:
    flagged = NoticeRoute.ARTICLE_22
    answered(helpline, flagged, ItemOutcome.REMOVED)
    answered(helpline, flagged, ItemOutcome.REMOVED, ItemOutcome.REFUSED)
    answered(helpline, flagged, ItemOutcome.REFUSED)
    answered(helpline, flagged, ItemOutcome.NOT_FOUND)
    answered(helpline, flagged, ItemOutcome.NO_ANSWER)
    answered(helpline, flagged, ItemOutcome.NOT_COMPETENT)
    answered(helpline, flagged, ItemOutcome.PENDING)
    answered(helpline, flagged, ItemOutcome.REMOVED, sends=False)
    answered(helpline, NoticeRoute.ARTICLE_16, ItemOutcome.REMOVED)
    found = told(helpline)
    assert found["tf_notices_total"].months == [0, 0, 7]
    assert {name: count.total for name, count in found.items()} == {
        "tf_notices_total": 7,
        "tf_action_count": 2,
        "tf_no_action_count": 1,
        "tf_not_found_count": 1,
        "tf_no_response_count": 1,
        "tf_not_permitted_count": 1,
    }
