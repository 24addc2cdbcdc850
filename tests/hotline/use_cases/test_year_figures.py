"""The hotline's figures of a year, by month, and the small ones that stay inside."""

from datetime import timedelta
from typing import Any

import pytest
from hotline.domain.assessment import Choice, Decision
from hotline.use_cases.figures import release_figures
from shared.contracts.figures import ReleasedCount
from shared.domain.errors import Invalid

from tests.hotline.inside import Hotline
from tests.hotline.use_cases.test_figures import AI, ONE, decided, figures

IN_APRIL = timedelta(days=40)


def released(hotline: Hotline, year: int = 2026) -> dict[str, ReleasedCount]:
    return {count.id: count for count in hotline.do(release_figures, year).counts}


def judged_ai(hotline: Hotline, *numbers: int) -> None:
    for number in numbers:
        decided(hotline, f"https://forum.example/ai-{number}.png", Decision(Choice.ILLEGAL, AI))


@pytest.mark.requirement("MG-1")
def test_the_months_add_up_to_the_figures_of_the_year(hotline: Hotline) -> None:
    judged_ai(hotline, *range(5))
    hotline.cases().report(ONE, ONE)
    hotline.clock.advance(IN_APRIL)
    judged_ai(hotline, *range(5, 12))
    told, year = released(hotline), figures(hotline)
    expected: dict[str, Any] = {
        "hot_reports_incoming": (year.reports_received, [0, 0, 6, 7]),
        "hot_urls_incoming": (year.urls_received, [0, 0, 6, 7]),
        "hot_reports_processed": (year.reports_processed, [0, 0, 5, 7]),
        "hot_urls_processed": (year.urls_processed, [0, 0, 5, 7]),
        "hot_urls_illegal": (year.urls_illegal, [0, 0, 5, 7]),
        "hot_ai": (year.urls_ai, [0, 0, 5, 7]),
    }
    assert {name: (count.total, count.months) for name, count in told.items()} == expected


@pytest.mark.requirement("SEC-P9")
def test_fewer_than_five_made_with_ai_stay_inside_and_volumes_do_not(hotline: Hotline) -> None:
    judged_ai(hotline, *range(4))
    told = released(hotline)
    assert told["hot_ai"] == ReleasedCount(id="hot_ai", total=None, months=[0, 0, None])
    assert told["hot_urls_illegal"].total == 4


@pytest.mark.requirement("SEC-S1")
@pytest.mark.parametrize("year", [1, 1999, 2027, 9999])
def test_a_year_without_figures_is_refused(hotline: Hotline, year: int) -> None:
    with pytest.raises(Invalid, match="bad_year"):
        released(hotline, year)
