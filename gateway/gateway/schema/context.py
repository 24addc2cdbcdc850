"""What a resolver may ask for."""

from asyncio import Future
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from shared.contracts.figures import YearFigures
from strawberry.types import Info

from gateway.clients import Peers


@dataclass(frozen=True, slots=True)
class Context:
    """`slow_down` counts one act of this caller and raises TooMany when there were too many;
    `translate` turns an English sentence into that of a language. `years` are the figures that this
    request asked for, by service and year."""

    peers: Peers
    slow_down: Callable[[str], Awaitable[None]]
    translate: Callable[[str, str], str]
    years: dict[tuple[str, int], Future[YearFigures]] = field(default_factory=dict)


Asked = Info[Context, None]
