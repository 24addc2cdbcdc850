"""How one service tells another that something happened."""

from uuid import UUID

from pydantic import Field, JsonValue

from shared.contracts.contract import Contract, Identifier, Instant


class EventEnvelope(Contract):
    """`event_id` stays the same when the event is sent again, so that it counts once."""

    source: str = Field(pattern="^[a-z]{1,32}$")
    event_id: Identifier
    type: str = Field(pattern=r"^[a-z_]{1,32}(\.[a-z_]{1,32}){1,3}$")
    occurred_at: Instant
    payload: dict[str, JsonValue]


class EventTaken(Contract):
    """The event was handled, now or before."""

    event_id: UUID
