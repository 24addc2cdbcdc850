"""Strawberry's schema with our errors: a code and nothing of what was asked."""

from collections.abc import Sequence

from graphql import GraphQLError
from shared.domain.errors import DomainError, Unavailable
from shared.platform.logging import log
from strawberry import Schema
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from gateway.schema.figures import BIG_INT, BigInt

SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"


def error_code(error: DomainError) -> str:
    return SERVICE_UNAVAILABLE if isinstance(error, Unavailable) else error.code.upper()


class QuietSchema(Schema):
    """Logs the code of a failing field. Strawberry itself would log the source of the document."""

    def process_errors(
        self, errors: Sequence[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        for error in errors:
            cause = error.original_error
            if error.path is not None and not isinstance(cause, DomainError):
                log.error("field_failed", kind=type(cause).__name__)


def schema_of(
    query: type, mutation: type | None = None, subscription: type | None = None
) -> QuietSchema:
    return QuietSchema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        extensions=[ParserCache, ValidationCache],
        config=StrawberryConfig(
            disable_field_suggestions=True, sort_schema=True, scalar_map={BigInt: BIG_INT}
        ),
    )


def answered(error: GraphQLError) -> dict[str, object]:
    """An error of one field, as the caller sees it."""
    extensions: dict[str, object] = {"code": "INTERNAL"}
    if isinstance(cause := error.original_error, DomainError):
        extensions = refusal_extensions(cause)
    return {"message": extensions["code"], "path": error.path, "extensions": extensions}


def refusal_extensions(error: DomainError) -> dict[str, object]:
    extensions: dict[str, object] = {"code": error_code(error)}
    if error.fields:
        extensions["fields"] = error.fields
    if error.retry_after:
        extensions["retry_after"] = int(error.retry_after.total_seconds())
    return extensions
