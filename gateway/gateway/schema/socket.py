"""Subscriptions over a WebSocket (graphql-transport-ws), behind the same gate as everything else.

One subscription per socket; text frames of at most 16 kB; a socket of another origin is refused.
What is asked is a registered document, by its hash, as over HTTP. An error is its code.
"""

from collections.abc import AsyncGenerator
from typing import Any, cast

import orjson
from graphql import GraphQLError
from shared.domain.errors import DomainError
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.subscriptions.protocols.graphql_transport_ws.types import SubscribeMessage
from strawberry.types import ExecutionResult

from gateway.schema.context import Context
from gateway.schema.engine import answered, refusal_extensions


class TextSocket(ASGIWebSocketAdapter):
    """Sends text frames, as the protocol asks for."""

    async def send_json(self, message: Any) -> None:
        await self.ws.send_text(orjson.dumps(message).decode())


class GatedSocket(BaseGraphQLTransportWSHandler[Context, None]):
    """Lets a document through the gate before it becomes an operation."""

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        asked = message["payload"]
        try:
            document, variables = self.view.admitted(asked, subscription=True)  # type: ignore[attr-defined]
        except DomainError as error:
            extensions = refusal_extensions(error)
            problem = {"message": extensions["code"], "extensions": extensions}
            await self.websocket.send_json(
                {"id": message["id"], "type": "error", "payload": [problem]}
            )
            return
        plain = {
            "id": message["id"],
            "type": "subscribe",
            "payload": {"query": document, "variables": variables},
        }
        await super().handle_subscribe(cast(SubscribeMessage, plain))

    async def _send_result_stream(
        self, operation: Operation[Context, None], result_source: Any
    ) -> None:
        await super()._send_result_stream(operation, _quiet(result_source))

    async def handle_task_exception(self, error: Exception) -> None:
        """Strawberry would log the text of it."""


async def _quiet(source: Any) -> AsyncGenerator[Any, None]:
    """The same results, their errors as codes."""
    async for result in source:
        if isinstance(result, ExecutionResult) and result.errors:
            result.errors = [_coded(error) for error in result.errors]
        yield result


def _coded(error: GraphQLError) -> GraphQLError:
    """An error without a path is about the variables; its text would repeat them."""
    if error.path is None and not isinstance(error.original_error, DomainError):
        return GraphQLError("BAD_VARIABLES", extensions={"code": "BAD_VARIABLES"})
    shown = answered(error)
    return GraphQLError(str(shown["message"]), extensions=cast(dict[str, Any], shown["extensions"]))
