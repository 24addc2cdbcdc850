"""The helpline's figures of a year as they may leave the line, for the gateway to join."""

from collections import Counter
from datetime import datetime
from typing import Any

from shared.contracts.figures import (
    AMSTERDAM,
    ReleasedCount,
    ReleasedMean,
    YearFigures,
    months_begun,
    year_limits,
)
from shared.domain.disclosure import decimals_told
from shared.platform.unit_of_work import UnitOfWork

from helpline.domain.contact import Category, FurtherHelp, ManipulatedImage, PersonGender
from helpline.domain.figures import RULE
from helpline.domain.provider import NoticeRoute
from helpline.domain.removal_notice import ACTED, ItemOutcome, roll_up
from helpline.queries import figures as queries
from helpline.queries.removal_notice import outcomes_of

MANIPULATED = (ManipulatedImage.AI_GENERATED, ManipulatedImage.EDITED)
# source: DSA article 22(3), the yearly report of a trusted flagger, by what a provider did.
NOTICE_OUTCOMES = {
    "tf_action_count": ACTED,
    "tf_no_action_count": {ItemOutcome.REFUSED},
    "tf_not_found_count": {ItemOutcome.NOT_FOUND},
    "tf_no_response_count": {ItemOutcome.NO_ANSWER},
    "tf_not_permitted_count": {ItemOutcome.NOT_COMPETENT},
}
ANSWERED_FURTHER_HELP = (FurtherHelp.NONE_NEEDED, FurtherHelp.NEEDED)


def release_figures(work: UnitOfWork, year: int) -> YearFigures:
    """Raises Invalid `bad_year`."""
    months, (since, until) = months_begun(year, work.now), year_limits(year)

    def count(*conditions: Any) -> list[int]:
        return queries.requests_by_month(work.session, since, until, months, *conditions)

    contacts = count()
    manipulated = count(queries.shows_image(*MANIPULATED))
    further_help = count(queries.asked_further_help(*ANSWERED_FURTHER_HELP))
    parts = {
        "help_sextortion": (count(queries.has_category(Category.SEXTORTION)), contacts),
        "help_manipulated": (manipulated, contacts),
        "help_ai_generated": (
            count(queries.shows_image(ManipulatedImage.AI_GENERATED)),
            manipulated,
        ),
        "help_further_help_asked": (further_help, contacts),
        "help_no_further_help": (
            count(queries.asked_further_help(FurtherHelp.NONE_NEEDED)),
            further_help,
        ),
        "help_police_asked": (count(queries.was_asked_about_police()), contacts),
    }
    return YearFigures(
        year=year,
        counts=[
            _released("help_contacts", contacts),
            *(_released(name, part, whole) for name, (part, whole) in parts.items()),
            *_notices(work, since, until, months),
        ],
        means=_mean_ages(work, since, until),
    )


def _notices(
    work: UnitOfWork, since: datetime, until: datetime, months: int
) -> list[ReleasedCount]:
    """Of a trusted flagger. The law has them published in full, so none is withheld."""
    sent = queries.notices_sent(work.session, NoticeRoute.ARTICLE_22, since, until)
    outcomes = Counter(roll_up(each) for each in outcomes_of(work.session, sent).values())
    by_month = Counter(
        notice.sent_at.astimezone(AMSTERDAM).month for notice in sent if notice.sent_at
    )
    return [
        ReleasedCount(
            id="tf_notices_total",
            total=len(sent),
            months=[by_month[month] for month in range(1, months + 1)],
        ),
        *(
            ReleasedCount(id=name, total=sum(outcomes[one] for one in counted))
            for name, counted in NOTICE_OUTCOMES.items()
        ),
    ]


def _released(name: str, cells: list[int], wholes: list[int] | None = None) -> ReleasedCount:
    release = RULE.release(cells, wholes)
    return ReleasedCount(id=name, total=release.total, months=list(release.cells))


def _mean_ages(work: UnitOfWork, since: datetime, until: datetime) -> list[ReleasedMean]:
    """The mean age of those whose age is known, where there are enough of them."""
    found = []
    genders = {"help_age_men": PersonGender.MALE, "help_age_women": PersonGender.FEMALE}
    for name, gender in genders.items():
        number, mean = queries.known_ages(work.session, gender, since, until)
        tells = number > 0 and RULE.tells(number)
        value = round(mean, decimals_told(number, 1)) if tells else None
        found.append(ReleasedMean(id=name, value=value))
    return found
