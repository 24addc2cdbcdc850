"""Where the two schemas are asked."""

from fastapi import APIRouter, Request, WebSocket
from shared.platform.access import public, staff
from shared.ui.pages import pages_of
from starlette.requests import HTTPConnection
from starlette.responses import Response

from gateway.deps import pace_of, peers_of
from gateway.limits import Gate
from gateway.permissions import Permission
from gateway.schema.context import Context
from gateway.schema.documents import registered_documents
from gateway.schema.endpoint import Endpoint
from gateway.schema.management import MANAGEMENT_WEIGHTS, management_schema
from gateway.schema.public import PUBLIC_WEIGHTS, public_schema

public_router = APIRouter(dependencies=[public()])
management_router = APIRouter(dependencies=[staff(Permission.SEE_FIGURES)])


async def context_of(request: HTTPConnection) -> Context:
    return Context(peers_of(request), pace_of(request), pages_of(request).translate)


def public_endpoint(*, is_production: bool) -> Endpoint:
    """Production executes registered documents only and describes itself to nobody."""
    return Endpoint(
        public_schema,
        Gate(weights=PUBLIC_WEIGHTS, introspection=not is_production),
        context_of,
        documents=registered_documents(),
        free_documents=not is_production,
    )


def management_endpoint(*, is_production: bool) -> Endpoint:
    """Staff may ask freely within the gate: who asks is known."""
    return Endpoint(
        management_schema,
        Gate(weights=MANAGEMENT_WEIGHTS, introspection=not is_production),
        context_of,
        documents=registered_documents("management"),
        free_documents=True,
    )


@public_router.post("/graphql")
@management_router.post("/management/graphql")
async def graphql(request: Request) -> Response:
    endpoint: Endpoint = request.app.state.graphql
    return await endpoint.answer(request)


@public_router.websocket("/graphql")
async def graphql_socket(socket: WebSocket) -> None:
    endpoint: Endpoint = socket.app.state.graphql
    await endpoint.listen(socket)
