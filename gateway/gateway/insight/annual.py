"""The figures of the annual report that exist, by their names there, each with its unit.

The services count and withhold; shares are computed here of two counts that were told, and are
withheld with either. What is not in this list is not counted yet, and is absent rather than zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.figures import ReleasedCount, YearFigures
from shared.domain.disclosure import decimals_told
from shared.ui.translations import phrase

PERCENT, PER_MILLION, PER_CASE = 100, 1_000_000, 1


@dataclass(frozen=True, slots=True)
class Share:
    """`part` in `whole`, per `per`, with so many decimals if the whole is large enough."""

    part: str
    whole: str
    per: int = PERCENT
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Published:
    """A figure as it is called; a count unless it is a share or a mean of the service's own."""

    id: str
    service: str
    label: str
    unit: str
    share: Share | None = None
    is_mean: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """A figure with its value: a whole count, or a ratio; None is withheld."""

    figure: Published
    count: int | None = None
    ratio: float | None = None

    @property
    def is_withheld(self) -> bool:
        return self.count is None and self.ratio is None


REPORTS, ADDRESSES = phrase("reports"), phrase("web addresses")
CHECKS, HITS, REQUESTS = phrase("checks"), phrase("hits"), phrase("help requests")
PERSONS, MOMENTS = phrase("persons"), phrase("contact moments")
APPOINTMENTS, PER_CENT, YEARS = phrase("appointments"), phrase("per cent"), phrase("years")
NOTICES = phrase("removal notices")
PER_MILLION_CHECKS, RATIO = phrase("per million checks"), phrase("per case")


def _share_of_notices(name: str, label: str) -> Published:
    share = Share(f"{name}_count", "tf_notices_total", decimals=1)
    return Published(f"{name}_share", "helpline", label, PER_CENT, share)


HOTLINE = (
    Published("hot_reports_incoming", "hotline", phrase("Incoming reports"), REPORTS),
    Published("hot_urls_incoming", "hotline", phrase("Incoming web addresses"), ADDRESSES),
    Published("hot_reports_processed", "hotline", phrase("Processed reports"), REPORTS),
    Published("hot_urls_processed", "hotline", phrase("Processed web addresses"), ADDRESSES),
    Published("hot_urls_illegal", "hotline", phrase("Illegal under Dutch law"), ADDRESSES),
    Published(
        "hot_urls_illegal_share",
        "hotline",
        phrase("Illegal share of what was processed"),
        PER_CENT,
        Share("hot_urls_illegal", "hot_urls_processed", decimals=1),
    ),
    Published(
        "hot_urls_per_report",
        "hotline",
        phrase("Web addresses per processed report"),
        RATIO,
        Share("hot_urls_processed", "hot_reports_processed", PER_CASE, decimals=2),
    ),
    Published("hot_ai", "hotline", phrase("Made or changed with AI"), ADDRESSES),
)
HASHCHECK = (
    Published("hcs_checked", "hashcheck", phrase("Hashes and pictures checked"), CHECKS),
    Published("hcs_hits", "hashcheck", phrase("Hits"), HITS),
    Published(
        "hcs_hit_rate_ppm",
        "hashcheck",
        phrase("Hits per million checks"),
        PER_MILLION_CHECKS,
        Share("hcs_hits", "hcs_checked", PER_MILLION, decimals=2),
    ),
)
HELPLINE = (
    Published("help_contacts", "helpline", phrase("Help requests"), REQUESTS),
    Published("help_sextortion", "helpline", phrase("Sextortion"), REQUESTS),
    Published(
        "help_sextortion_share",
        "helpline",
        phrase("Sextortion among help requests"),
        PER_CENT,
        Share("help_sextortion", "help_contacts", decimals=1),
    ),
    Published("help_manipulated", "helpline", phrase("Edited or AI-generated pictures"), REQUESTS),
    Published(
        "help_no_further_help",
        "helpline",
        phrase("No further help needed, of those asked"),
        PER_CENT,
        Share("help_no_further_help", "help_further_help_asked"),
    ),
    Published("help_police_asked", "helpline", phrase("Police question asked"), REQUESTS),
    Published(
        "help_police_asked_share",
        "helpline",
        phrase("Police question asked, among help requests"),
        PER_CENT,
        Share("help_police_asked", "help_contacts", decimals=1),
    ),
    Published("tf_notices_total", "helpline", phrase("Removal notices sent"), NOTICES),
    _share_of_notices("tf_action", phrase("Notices that were acted on")),
    _share_of_notices("tf_no_action", phrase("Notices without action")),
    _share_of_notices("tf_not_found", phrase("Notices about what was gone")),
    _share_of_notices("tf_no_response", phrase("Notices without an answer")),
    _share_of_notices("tf_not_permitted", phrase("Notices that we were told not to send")),
    Published("help_age_men", "helpline", phrase("Mean age of men"), YEARS, is_mean=True),
    Published("help_age_women", "helpline", phrase("Mean age of women"), YEARS, is_mean=True),
)


def _share_of_self(name: str, label: str) -> Published:
    return Published(name, "prevention", label, PER_CENT, Share(name, "prev_self"))


PREVENTION = (
    Published("prev_persons", "prevention", phrase("Persons who made contact"), PERSONS),
    Published("prev_contacts", "prevention", phrase("Contact moments"), MOMENTS),
    Published(
        "prev_contacts_other", "prevention", phrase("Contact moments left out of these"), MOMENTS
    ),
    Published(
        "prev_contacts_per_person",
        "prevention",
        phrase("Contact moments per person"),
        RATIO,
        Share("prev_contacts", "prev_persons", PER_CASE, decimals=2),
    ),
    Published(
        "prev_repeat_share",
        "prevention",
        phrase("Persons who came more than once"),
        PER_CENT,
        Share("prev_repeat", "prev_persons"),
    ),
    Published("prev_self", "prevention", phrase("Worried about themselves"), PERSONS),
    Published("prev_relatives", "prevention", phrase("Worried about somebody else"), PERSONS),
    Published("prev_professionals", "prevention", phrase("Professionals"), PERSONS),
    _share_of_self("prev_self_viewers", phrase("Viewers and potential viewers")),
    _share_of_self("prev_self_viewers_actual", phrase("Viewers")),
    _share_of_self("prev_self_offenders", phrase("Offenders and potential offenders")),
    _share_of_self("prev_self_feelings", phrase("Sexual feelings towards minors")),
    Published("prev_suicidal", "prevention", phrase("Thoughts of suicide"), PERSONS),
    Published(
        "prev_waag_appointments", "prevention", phrase("Appointments with the clinic"), APPOINTMENTS
    ),
    Published("prev_waag_called", "prevention", phrase("Really called"), APPOINTMENTS),
    Published("prev_waag_intent", "prevention", phrase("Intend to be treated"), APPOINTMENTS),
)
ANNUAL: Mapping[str, Published] = {
    figure.id: figure for figure in (*HOTLINE, *HELPLINE, *PREVENTION, *HASHCHECK)
}
SERVICES = ("hotline", "helpline", "prevention", "hashcheck")


def told_of(figure: Published, figures: YearFigures, month: int | None = None) -> Told | None:
    """The value in a year or, of a count with months, in one month. None: there is no such value.

    A service that does not count it (yet) leaves it absent.
    """
    counts = {count.id: count for count in figures.counts}
    if figure.share:
        return None if month else _share(figure, figure.share, counts)
    if figure.is_mean:
        means = {mean.id: mean.value for mean in figures.means}
        is_there = figure.id in means and not month
        return Told(figure, ratio=means[figure.id]) if is_there else None
    if (found := counts.get(figure.id)) is None:
        return None
    if month is None:
        return Told(figure, count=found.total)
    return Told(figure, count=found.months[month - 1]) if month <= len(found.months) else None


def _share(figure: Published, share: Share, counts: Mapping[str, ReleasedCount]) -> Told | None:
    part, whole = counts.get(share.part), counts.get(share.whole)
    if part is None or whole is None or whole.total == 0:
        return None
    if part.total is None or whole.total is None:
        return Told(figure)
    decimals = decimals_told(whole.total, share.decimals)
    return Told(figure, ratio=round(share.per * part.total / whole.total, decimals))
