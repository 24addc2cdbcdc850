"""The prevention line's figures of a year as they may leave it, for the gateway to join.

Persons are told per year only: somebody who comes in two months is one person of the year.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.contracts.figures import ReleasedCount, YearFigures, months_begun, year_limits
from shared.platform.unit_of_work import UnitOfWork

from prevention import queries
from prevention.domain.contact_moment import (
    NEEDS_ACTION,
    RegistrationClass,
    Subgroup,
    TargetGroup,
)
from prevention.domain.figures import RULE

Limits = tuple[datetime, datetime]
GROUPS = {
    "prev_self": TargetGroup.SELF,
    "prev_relatives": TargetGroup.OTHER,
    "prev_professionals": TargetGroup.PROFESSIONAL,
}
SUBGROUPS = {
    "prev_self_viewers": (Subgroup.VIEWER, Subgroup.POTENTIAL_VIEWER),
    "prev_self_viewers_actual": (Subgroup.VIEWER,),
    "prev_self_offenders": (Subgroup.OFFENDER, Subgroup.POTENTIAL_OFFENDER),
    "prev_self_feelings": (Subgroup.SEXUAL_FEELINGS,),
}


def release_figures(work: UnitOfWork, year: int) -> YearFigures:
    """Raises Invalid `bad_year`."""
    months, limits = months_begun(year, work.now), year_limits(year)
    persons = queries.persons_by_group(work.session, limits)
    return YearFigures(
        year=year,
        counts=[
            *_moments(work, limits, months),
            *_persons(persons),
            *_parts_of_persons(work, limits, persons),
            *_appointments(work, limits),
        ],
    )


def _moments(work: UnitOfWork, limits: Limits, months: int) -> list[ReleasedCount]:
    def count(*conditions: Any) -> list[int]:
        return queries.moments_by_month(work.session, limits, months, *conditions)

    counted = queries.counts_as(RegistrationClass.HELP_REQUEST)
    excluded = queries.counts_as(RegistrationClass.OTHER_EXCLUDED)
    contacts = count(counted)
    about_ai = count(counted, queries.is_about(Subgroup.AI_CSAM_QUESTION))
    return [
        _row("prev_contacts", contacts),
        _row("prev_contacts_other", count(excluded)),
        _row("prev_ai_questions", about_ai, contacts),
    ]


def _persons(by_group: Mapping[TargetGroup, int]) -> list[ReleasedCount]:
    """The groups make up all persons, so they are released as one row with its total."""
    release = RULE.release([by_group.get(group, 0) for group in GROUPS.values()])
    groups = zip(GROUPS, release.cells, strict=True)
    return [
        ReleasedCount(id="prev_persons", total=release.total),
        *(ReleasedCount(id=name, total=count) for name, count in groups),
    ]


def _parts_of_persons(
    work: UnitOfWork, limits: Limits, by_group: Mapping[TargetGroup, int]
) -> list[ReleasedCount]:
    def count(*conditions: Any) -> int:
        return queries.persons_with(work.session, limits, *conditions)

    everybody, worried = sum(by_group.values()), by_group.get(TargetGroup.SELF, 0)
    is_worried = queries.is_of(TargetGroup.SELF, limits)
    return [
        _part("prev_repeat", queries.persons_who_returned(work.session, limits), everybody),
        _part("prev_suicidal", count(queries.shows_risk(NEEDS_ACTION)), everybody),
        *(
            _part(name, count(is_worried, queries.is_about(*kinds)), worried)
            for name, kinds in SUBGROUPS.items()
        ),
    ]


def _appointments(work: UnitOfWork, limits: Limits) -> list[ReleasedCount]:
    def count(*conditions: Any) -> int:
        return queries.appointments(work.session, limits, *conditions)

    planned, called = count(), count(queries.was_called())
    return [
        _part("prev_waag_appointments", planned),
        _part("prev_waag_called", called, planned),
        _part("prev_waag_intent", count(queries.was_called(), queries.intends()), called),
    ]


def _row(name: str, cells: Sequence[int], wholes: Sequence[int] | None = None) -> ReleasedCount:
    release = RULE.release(cells, wholes)
    return ReleasedCount(id=name, total=release.total, months=list(release.cells))


def _part(name: str, count: int, whole: int | None = None) -> ReleasedCount:
    return ReleasedCount(id=name, total=count if RULE.tells(count, whole) else None)
