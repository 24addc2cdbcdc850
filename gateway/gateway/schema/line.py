"""The three lines and whether each can be reached now."""

from enum import StrEnum

import strawberry
from shared.contracts.line import LineState

from gateway.clients import Peers
from gateway.schema.context import Asked


@strawberry.enum
class Line(StrEnum):
    HOTLINE = "hotline"
    HELPLINE = "helpline"
    PREVENTION = "prevention"


strawberry.enum(LineState)


async def state_of(line: Line, peers: Peers) -> LineState:
    """Ask the line itself. Raises Unavailable."""
    clients = {
        Line.HOTLINE: peers.hotline,
        Line.HELPLINE: peers.helpline,
        Line.PREVENTION: peers.prevention,
    }
    return (await clients[line].status()).state


@strawberry.type(
    description="`state` is null when the line does not answer; the other lines still do."
)
class LineStatus:
    line: Line

    @strawberry.field
    async def state(self, info: Asked) -> LineState | None:
        return await state_of(self.line, info.context.peers)


@strawberry.type
class LineQuery:
    @strawberry.field
    def lines(self) -> list[LineStatus]:
        return [LineStatus(line=line) for line in Line]
