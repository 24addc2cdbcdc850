"""What every line tells the gateway about itself: `GET /api/status`."""

from enum import StrEnum
from typing import Annotated

from pydantic import Strict

from shared.contracts.contract import Contract


class LineState(StrEnum):
    """Whether a visitor can reach the line through this platform now."""

    OPEN = "open"
    CLOSED = "closed"
    NOT_OPEN_YET = "not_open_yet"


class LineStatus(Contract):
    state: Annotated[LineState, Strict(strict=False)]
