"""What the gateway asks the Hash Check Service."""

from datetime import datetime

from shared.contracts.hashcheck import HashcheckFigures

from gateway.clients.figures import FiguresClient


class HashcheckClient(FiguresClient):
    async def figures(self, since: datetime, until: datetime) -> HashcheckFigures:
        """Counts over [`since`, `until`). Raises Unavailable."""
        period = {"since": since.isoformat(), "until": until.isoformat()}
        return await self._peer.get("/api/figures", HashcheckFigures, params=period)
