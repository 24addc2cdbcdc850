"""GraphQL over HTTP: one POST of JSON, through the gate, executed, answered without an echo."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from shared.domain.errors import DomainError, Unsupported
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from gateway.limits import Gate, Refused
from gateway.schema.context import Context
from gateway.schema.documents import registered
from gateway.schema.engine import answered, refusal_extensions
from gateway.schema.socket import GatedSocket, TextSocket

# Whoever opens a socket says something soon.
FIRST_WORD = timedelta(seconds=10)
FIELDS = frozenset({"query", "documentId", "variables", "operationName", "extensions"})


class Endpoint(GraphQL[Context, None]):
    """Strawberry's plain ASGI view behind the gate.

    `documents` are the registered ones by their hash; a document in the request itself is taken
    only when `free_documents` is set.
    """

    graphql_transport_ws_handler_class = GatedSocket
    websocket_adapter_class = TextSocket

    def __init__(
        self,
        schema: BaseSchema,
        gate: Gate,
        context_of: Callable[[HTTPConnection], Awaitable[Context]],
        *,
        documents: Mapping[str, str],
        free_documents: bool,
    ) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=FIRST_WORD,
            max_subscriptions_per_connection=1,
        )
        self._gate = gate
        self._context_of = context_of
        self._documents = documents
        self._free_documents = free_documents

    async def answer(self, request: Request) -> Response:
        """Execute what the request asks, or say with a code why not."""
        try:
            return await self.run(request)
        except DomainError as error:
            return self._refusal(error)
        except HTTPException:
            return self._refusal(Refused("bad_request"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await self.answer(Request(scope, receive)))(scope, receive, send)

    async def listen(self, socket: WebSocket) -> None:
        """Serve a socket until either side closes it; a foreign page is refused at the door."""
        await self.run(socket)

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        return await self._context_of(request)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        # Only this type: a form of another site can send the others without asking first.
        if (request.content_type or "").split(";")[0].strip().lower() != "application/json":
            raise Unsupported("json_only")
        try:
            asked = orjson.loads(await request.get_body())
        except orjson.JSONDecodeError:
            raise Refused("bad_json") from None
        document, variables = self.admitted(asked)
        return GraphQLRequestData(
            query=document, variables=variables, operation_name=None, extensions=None
        )

    def admitted(self, asked: object, *, subscription: bool = False) -> tuple[str, dict[str, Any]]:
        """The document and its variables, through the gate. Raises Refused.

        The name of the operation is not needed for one.
        """
        if not isinstance(asked, dict) or not asked.keys() <= FIELDS:
            raise Refused("bad_request")
        variables = asked.get("variables") or {}
        if not isinstance(variables, dict):
            raise Refused("bad_request")
        if len(orjson.dumps(variables)) > self._gate.limits.variables_bytes:
            raise Refused("variables_too_large")
        document = self._document(asked)
        admitted = self._gate.admit(document, subscription=subscription)
        self._gate.admit_variables(admitted, variables)
        return document, variables

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)

    def _document(self, asked: Mapping[str, object]) -> str:
        if "documentId" in asked:
            if "query" in asked:
                raise Refused("bad_request")
            return registered(self._documents, asked["documentId"])
        if not self._free_documents:
            raise Refused("not_registered")
        if not isinstance(document := asked.get("query"), str):
            raise Refused("bad_request")
        return document

    async def process_result(
        self, request: Request, result: ExecutionResult
    ) -> GraphQLHTTPResponse:
        """Refuse as a whole what failed before the first field; else answer with what there is."""
        errors = result.errors or []
        if isinstance(result, PreExecutionError):
            raise Refused("invalid_document")
        # An error without a path is about the variables; its text would repeat their values.
        if any(error.path is None for error in errors):
            raise Refused("bad_variables")
        answer: GraphQLHTTPResponse = {"data": result.data}
        if errors:
            answer["errors"] = [answered(error) for error in errors]
        return answer

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    def _refusal(self, error: DomainError) -> Response:
        extensions = refusal_extensions(error)
        body = {"errors": [{"message": extensions["code"], "extensions": extensions}]}
        return Response(orjson.dumps(body), error.status, media_type="application/json")
