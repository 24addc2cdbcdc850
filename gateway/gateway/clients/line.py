"""What the gateway asks any line."""

from shared.contracts.line import LineStatus
from shared.platform.peer import AsyncPeer


class LineClient:
    def __init__(self, peer: AsyncPeer) -> None:
        self._peer = peer

    async def status(self) -> LineStatus:
        """Whether visitors can reach the line now. Raises Unavailable."""
        return await self._peer.get("/api/status", LineStatus)
