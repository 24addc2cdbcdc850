"""What the gateway asks the hotline. Every method raises Unavailable when it does not answer."""

from datetime import datetime
from uuid import UUID

from shared.contracts.hotline import (
    HotlineFigures,
    ReportIntake,
    ReportReceipt,
    ReportStatus,
    ReportStatusQuestion,
)

from gateway.clients.line import LineClient


class HotlineClient(LineClient):
    async def submit_report(self, intake: ReportIntake, key: UUID) -> ReportReceipt:
        """Hand in a report; the same `key` again gives the same receipt.

        Raises Invalid when nothing in it can be taken, Conflict while the key is in flight.
        """
        return await self._peer.post("/api/reports", intake, ReportReceipt, idempotency_key=key)

    async def report_status(self, question: ReportStatusQuestion) -> ReportStatus:
        """The coarse status. Raises NotFound when the code is not known."""
        return await self._peer.post("/api/reports/status", question, ReportStatus)

    async def figures(self, since: datetime, until: datetime) -> HotlineFigures:
        period = {"since": since.isoformat(), "until": until.isoformat()}
        return await self._peer.get("/api/figures", HotlineFigures, params=period)
