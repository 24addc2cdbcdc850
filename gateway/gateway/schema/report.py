"""Reporting addresses and asking what became of a report."""

from datetime import date
from uuid import UUID

import strawberry
from pydantic import ValidationError
from shared.contracts import hotline
from shared.domain.errors import Invalid

from gateway.schema.context import Asked

REPORT_LIMIT = "report"
STATUS_LIMIT = "status"

strawberry.enum(hotline.ReportProgress)


@strawberry.input
class ReportInput:
    addresses: list[str]
    note: str = ""
    contact_email: str | None = None
    anonymous: bool = True
    child_in_danger: bool = False


@strawberry.type
class RefusedAddress:
    position: int
    code: str


@strawberry.type(description="`code` is shown once and cannot be recovered.")
class ReportReceipt:
    code: str
    occurrence_count: int
    address_count: int
    already_known_count: int
    refused: list[RefusedAddress]


@strawberry.type
class ReportStatus:
    progress: hotline.ReportProgress
    received_on: date


@strawberry.type
class ReportQuery:
    @strawberry.field
    async def report_status(self, info: Asked, code: str) -> ReportStatus | None:
        await info.context.slow_down(STATUS_LIMIT)
        try:
            question = hotline.ReportStatusQuestion(code=code)
        except ValidationError:
            raise Invalid("bad_code", fields=("code",)) from None
        status = await info.context.peers.hotline.report_status(question)
        return ReportStatus(progress=status.progress, received_on=status.received_on)


@strawberry.type
class ReportMutation:
    @strawberry.mutation
    async def report_urls(
        self, info: Asked, report: ReportInput, idempotency_key: UUID
    ) -> ReportReceipt | None:
        await info.context.slow_down(REPORT_LIMIT)
        receipt = await info.context.peers.hotline.submit_report(_intake(report), idempotency_key)
        return ReportReceipt(
            code=receipt.code,
            occurrence_count=receipt.occurrence_count,
            address_count=receipt.address_count,
            already_known_count=receipt.already_known_count,
            refused=[RefusedAddress(position=r.position, code=r.code) for r in receipt.refused],
        )


def _intake(report: ReportInput) -> hotline.ReportIntake:
    """The contract, or Invalid with the names of the fields at fault."""
    try:
        return hotline.ReportIntake(
            addresses=report.addresses,
            note=report.note,
            contact_email=report.contact_email,
            anonymous=report.anonymous,
            child_in_danger=report.child_in_danger,
        )
    except ValidationError as error:
        names = {str(part["loc"][0]) for part in error.errors(include_input=False)}
        raise Invalid("bad_report", fields=tuple(sorted(names))) from None
