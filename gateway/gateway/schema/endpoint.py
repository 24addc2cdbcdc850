"""GraphQL over HTTP: one POST of JSON, through the gate, executed, answered without an echo."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from cross_web import AsyncHTTPRequestAdapter, HTTPException
from shared.domain.errors import DomainError, Unsupported
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema import BaseSchema
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from gateway.limits import Gate, Refused
from gateway.schema.context import Context
from gateway.schema.documents import registered
from gateway.schema.engine import answered, refusal_extensions

FIELDS = frozenset({"query", "documentId", "variables", "operationName", "extensions"})


class Endpoint(GraphQL[Context, None]):
    """Strawberry's plain ASGI view behind the gate.

    `documents` are the registered ones by their hash; a document in the request itself is taken
    only when `free_documents` is set.
    """

    def __init__(
        self,
        schema: BaseSchema,
        gate: Gate,
        context_of: Callable[[Request], Awaitable[Context]],
        *,
        documents: Mapping[str, str],
        free_documents: bool,
    ) -> None:
        super().__init__(
            schema, graphql_ide=None, allow_queries_via_get=False, subscription_protocols=()
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

    async def get_context(
        self, request: Request | WebSocket, response: Response | WebSocket
    ) -> Context:
        if not isinstance(request, Request):
            raise Refused("no_subscriptions")
        return await self._context_of(request)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        # Only this type: a form of another site can send the others without asking first.
        if (request.content_type or "").split(";")[0].strip().lower() != "application/json":
            raise Unsupported("json_only")
        document, variables = self._read(await request.get_body())
        self._gate.admit_variables(self._gate.admit(document), variables)
        return GraphQLRequestData(
            query=document, variables=variables, operation_name=None, extensions=None
        )

    def _read(self, body: str | bytes) -> tuple[str, dict[str, Any]]:
        """The document and its variables; the name of the operation is not needed for one."""
        try:
            asked = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise Refused("bad_json") from None
        if not isinstance(asked, dict) or not asked.keys() <= FIELDS:
            raise Refused("bad_request")
        variables = asked.get("variables") or {}
        if not isinstance(variables, dict):
            raise Refused("bad_request")
        if len(orjson.dumps(variables)) > self._gate.limits.variables_bytes:
            raise Refused("variables_too_large")
        return self._document(asked), variables

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
