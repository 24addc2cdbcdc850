"""Numbers, dates and durations as people in the Netherlands, or readers of English, write them."""

from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal
from markupsafe import Markup

from shared.platform.clock import Clock, utc_now

HOUSE_ZONE = ZoneInfo("Europe/Amsterdam")
LOCALES = {"nl": "nl_NL", "en": "en_GB"}
NO_BREAK_SPACE = "\u00a0"
NOTHING = "–"
MINUS = "\u2212"
NEVER = 1_000_000
Unit = Literal["day", "hour", "minute"]


class Formats:
    """How one language writes values. Times are shown in Amsterdam, whatever zone they have."""

    def __init__(self, language: str, clock: Clock = utc_now) -> None:
        self._locale = LOCALES[language]
        self._clock = clock

    def number(self, value: float | None, decimals: int = 0) -> str:
        """`152.964` or `39,4`; nothing known is a dash, never a zero."""
        if value is None:
            return NOTHING
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(value, format=pattern, locale=self._locale)

    def plain(self, value: float) -> str:
        """With the decimals that it has: `29,3` or `66`."""
        return format_decimal(value, locale=self._locale)

    def signed(self, value: float, decimals: int = 0) -> str:
        """A change with its sign, plus or minus; none at all is `0`."""
        size = self.number(abs(value), decimals)
        if value == 0:
            return size
        return f"{'+' if value > 0 else MINUS}{size}"

    def percentage(self, part: float, decimals: int = 1) -> str:
        """`39,4 %` of a share between 0 and 1."""
        return f"{self.number(part * 100, decimals)}{NO_BREAK_SPACE}%"

    def day(self, value: date) -> str:
        if isinstance(value, datetime):
            value = value.astimezone(HOUSE_ZONE).date()
        return format_date(value, format="long", locale=self._locale)

    def month(self, value: date) -> str:
        """The name of the month: `maart`."""
        return format_date(value, format="LLLL", locale=self._locale)

    def month_short(self, value: date) -> str:
        """`mrt`, where names stand side by side."""
        return format_date(value, format="LLL", locale=self._locale).rstrip(".")

    def moment(self, value: datetime) -> str:
        """Day and clock time, without seconds."""
        local = value.astimezone(HOUSE_ZONE)
        return format_datetime(
            local, format="d MMMM y HH:mm", tzinfo=HOUSE_ZONE, locale=self._locale
        )

    def clock(self, value: datetime) -> str:
        """The clock time of a moment of today: `14:05`."""
        return f"{value.astimezone(HOUSE_ZONE):%H:%M}"

    def ago(self, value: datetime | None) -> Markup:
        """How long ago or ahead, with the exact moment on hover and for machines."""
        if value is None:
            return Markup.escape(NOTHING)
        words = format_timedelta(value - self._clock(), add_direction=True, locale=self._locale)
        return Markup('<time datetime="{}" title="{}">{}</time>').format(
            value.isoformat(timespec="seconds"), self.moment(value), words
        )

    def duration(self, value: timedelta | None) -> str:
        """The two largest units that are not zero: `3 uur 20 minuten`."""
        if value is None:
            return NOTHING
        minutes = max(0, round(value.total_seconds() / 60))
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        parts: list[tuple[Unit, timedelta]] = [
            ("day", timedelta(days=days)),
            ("hour", timedelta(hours=hours)),
            ("minute", timedelta(minutes=minutes)),
        ]
        shown = [part for part in parts if part[1]][:2] or parts[-1:]
        return " ".join(self._unit(unit, length) for unit, length in shown)

    def _unit(self, unit: Unit, length: timedelta) -> str:
        # A threshold this high keeps 23 hours from being rounded to a day.
        return format_timedelta(length, granularity=unit, threshold=NEVER, locale=self._locale)
