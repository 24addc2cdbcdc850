"""What the gateway asks any line."""

from shared.contracts.line import LineStatus

from gateway.clients.figures import FiguresClient


class LineClient(FiguresClient):
    async def status(self) -> LineStatus:
        """Whether visitors can reach the line now. Raises Unavailable."""
        return await self._peer.get("/api/status", LineStatus)
