"""The figures of a year of the Hash Check Service: by month, exact beyond 32 bits."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from hashcheck.domain.check import CountedOutcome
from hashcheck.tables import Entry, Hit
from shared.contracts.figures import ReleasedCount, YearFigures
from shared.domain.classification import AiInvolvement
from shared.domain.content_hash import HashType
from sqlmodel import Session, col, update

from tests.hashcheck.api.test_other_services import bearer, put
from tests.hashcheck.hashes import picture
from tests.hashcheck.service import Service

YEAR = 2025
AI_ENTRY = {AiInvolvement.AI_GENERATED: 3, AiInvolvement.AI_EDITED: 1, AiInvolvement.NOT_SEEN: 4}


def told(service: Service) -> dict[str, ReleasedCount]:
    answer = service.browser.get(f"/api/figures/{YEAR}", headers=bearer("gateway"))
    assert answer.status_code == 200, answer.text
    figures = YearFigures.model_validate_json(answer.content)
    return {count.id: count for count in figures.counts}


def hit(session: Session, service: Service, ai: AiInvolvement) -> None:
    entry_id = service.lists.propose(picture(uuid4()))
    session.exec(update(Entry).where(col(Entry.id) == entry_id).values(ai_involvement=ai))
    session.add(
        Hit(
            at=datetime(YEAR, 6, 30, 22, tzinfo=UTC),
            caller="service:hotline",
            entry_id=entry_id,
            hash_type=HashType.SHA256,
            distance=0,
            list_version=1,
        )
    )


@pytest.mark.requirement("HC-FIGURES-1")
def test_months_add_up_to_the_year_in_64_bits(service: Service) -> None:
    before = told(service)
    with service.app.state.sessions() as session, session.begin():
        put(session, date(YEAR, 1, 1), CountedOutcome.NO_MATCH, 11_192_137_570)
        put(session, date(YEAR, 12, 31), CountedOutcome.MATCH, 96_723)
    after = told(service)
    assert before["hcs_checked"].total == 0
    assert after["hcs_checked"].months == [11_192_137_570] + [0] * 10 + [96_723]
    assert (after["hcs_checked"].total, after["hcs_hits"].total) == (11_192_234_293, 96_723)


@pytest.mark.requirement("HC-FIGURES-1")
@pytest.mark.requirement("HA-6")
def test_hits_with_what_ai_made_or_changed_are_counted_in_their_month(service: Service) -> None:
    with service.app.state.sessions() as session, session.begin():
        for ai, number in AI_ENTRY.items():
            for _ in range(number):
                hit(session, service, ai)
    # The last evening of June in UTC is July in Amsterdam.
    assert told(service)["hcs_ai_hits"].months == [0] * 6 + [4] + [0] * 5
