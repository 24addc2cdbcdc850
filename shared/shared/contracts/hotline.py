"""What the hotline takes from and tells the gateway and the other services."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict

from shared.contracts.contract import Contract, Day, Instant

# 50 addresses of 8 KiB, from docs/architecture.md "Errors and limits".
MOST_ADDRESSES = 50
LONGEST_ADDRESS = 8192
LONGEST_NOTE = 4000
ADDRESSES_HANDED_IN = "addresses.handed_in"


class ReportIntake(Contract):
    """A citizen's report as typed; each address may be defanged or stand in a sentence."""

    addresses: list[Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)]] = Field(
        min_length=1, max_length=MOST_ADDRESSES
    )
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    contact_email: Annotated[str, Field(max_length=254)] | None = None
    anonymous: bool = True
    child_in_danger: bool = False


class HandedInAddresses(Contract):
    """Addresses that a line passes on. There is no field for a text, a person or a case."""

    addresses: list[Annotated[str, Field(min_length=1, max_length=LONGEST_ADDRESS)]] = Field(
        min_length=1, max_length=MOST_ADDRESSES
    )


class RefusedAddress(Contract):
    """An address that was not taken, by its place in the request (from 0) and a stable code."""

    position: int
    code: str


class ReportReceipt(Contract):
    """What the reporter keeps. `code` is shown once and cannot be recovered."""

    code: str
    occurrence_count: int
    address_count: int
    already_known_count: int
    refused: list[RefusedAddress] = Field(default_factory=list)


class ReportProgress(StrEnum):
    """The coarse status a receipt tells; never what was decided."""

    RECEIVED = "received"
    IN_PROGRESS = "in_progress"
    ASSESSED = "assessed"
    HANDED_OVER = "handed_over"


class ReportStatusQuestion(Contract):
    code: Annotated[str, Field(min_length=1, max_length=64)]


class ReportStatus(Contract):
    progress: Annotated[ReportProgress, Strict(strict=False)]
    received_on: Day


class HotlineFigures(Contract):
    """Counts over [`since`, `until`). Hours are wall-clock hours, first report to removal."""

    since: Instant
    until: Instant
    reports_received: int
    reports_processed: int
    urls_received: int
    urls_processed: int
    urls_illegal: int
    urls_ai: int
    urls_removed: int
    hours_online_median: float | None
    hours_online_mean: float | None
