"""What a resolver may ask for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from strawberry.types import Info

from gateway.clients import Peers


@dataclass(frozen=True, slots=True)
class Context:
    """`slow_down` counts one act of this caller and raises TooMany when there were too many;
    `translate` turns an English sentence into that of a language."""

    peers: Peers
    slow_down: Callable[[str], Awaitable[None]]
    translate: Callable[[str, str], str]


Asked = Info[Context, None]
