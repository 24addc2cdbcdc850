"""What the gateway asks every service about a year."""

from shared.contracts.figures import YearFigures
from shared.platform.peer import AsyncPeer


class FiguresClient:
    def __init__(self, peer: AsyncPeer) -> None:
        self._peer = peer

    async def year_figures(self, year: int) -> YearFigures:
        """What the service releases of a year. Raises Unavailable, Invalid `bad_year`."""
        return await self._peer.get(f"/api/figures/{year}", YearFigures)
