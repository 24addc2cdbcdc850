"""Counting rows per month of Europe/Amsterdam, for the yearly figures of a service."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Integer, Text, cast, func, literal_column
from sqlalchemy.sql.elements import ColumnElement

from shared.contracts.figures import AMSTERDAM


def month_of(at: Any) -> ColumnElement[int]:
    """The month, 1 to 12, in which a column of moments lies."""
    # Literals, so that the database sees the same expression where it is selected and grouped by.
    there = func.timezone(literal_column(f"'{AMSTERDAM.key}'", Text), at)
    return cast(func.date_part(literal_column("'month'", Text), there), Integer)


def row_of_months(found: Iterable[tuple[int, int]], months: int) -> list[int]:
    """Pairs of (month, count) as a row from January; a month without a row counts nothing."""
    counts = dict(found)
    return [counts.get(month, 0) for month in range(1, months + 1)]
