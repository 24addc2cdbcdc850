"""How a refusal is told: RFC 9457 problem JSON to programs, a page to people.

A problem carries a stable code, the names of the fields at fault and a request id; never input.
"""

from collections.abc import Mapping
from typing import Any, Protocol
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.domain.errors import DomainError, Invalid, NotAuthenticated, NotFound
from shared.platform.database import DatabaseFault
from shared.platform.logging import log

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "body_too_large"}


class ProblemPages(Protocol):
    """What can show a problem to a person (`shared.ui.pages.Pages`)."""

    def problem(
        self, request: Request, status: int, code: str, *, request_id: str = ""
    ) -> Response: ...


def wants_html(request: Request) -> bool:
    """A browser that opens a page says so; everything under `/api` and `/internal` is data."""
    path = request.url.path
    asks = "text/html" in request.headers.get("accept", "")
    return asks and not path.startswith(("/api/", "/internal/", "/v1/"))


def request_id_of(request: Request) -> str:
    found = getattr(request.state, "request_id", "")
    return found or str(uuid4())


def problem_response(
    request: Request,
    status: int,
    code: str,
    *,
    fields: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """The refusal in the form the asker understands."""
    pages: ProblemPages | None = getattr(request.app.state, "pages", None)
    request_id = request_id_of(request)
    # For the log line of this request: a code says what happened and nothing about who asked.
    request.state.problem_code = code
    if pages and wants_html(request):
        response = pages.problem(request, status, code, request_id=request_id)
        response.headers.update(headers or {})
        return response
    problem: dict[str, Any] = {
        "type": "about:blank",
        "title": code.replace("_", " "),
        "status": status,
        "code": code,
        "request_id": request_id,
        "fields": list(fields),
    }
    return JSONResponse(
        problem, status, headers=dict(headers or {}), media_type="application/problem+json"
    )


def add_problem_handlers(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)


async def _domain_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, DomainError):
        raise error
    return refusal_response(request, error)


def refusal_response(request: Request, error: DomainError) -> Response:
    """The problem of a refusal, with the headers that its status wants."""
    headers: dict[str, str] = {}
    if error.retry_after:
        headers["Retry-After"] = str(max(1, int(error.retry_after.total_seconds())))
    if isinstance(error, NotAuthenticated):
        headers["WWW-Authenticate"] = error.challenge
    return problem_response(request, error.status, error.code, fields=error.fields, headers=headers)


async def _validation_error(request: Request, error: Exception) -> Response:
    """Names the fields only: the framework's own answer would repeat the input."""
    if not isinstance(error, RequestValidationError):
        raise error
    if any(fault["loc"][0] == "path" for fault in error.errors()):
        # No object can have such an id, so there is none.
        return problem_response(request, NotFound.status, NotFound.code)
    fields = {_field_of(fault) for fault in error.errors()}
    known = tuple(sorted(field for field in fields if field))
    return problem_response(request, Invalid.status, Invalid.code, fields=known)


def _field_of(fault: Mapping[str, Any]) -> str:
    """The field at fault: of an unknown one the caller chose the name, so what it is in is told.

    Deeper than two names may be keys that a caller chose as well.
    """
    place = fault["loc"][1:-1] if fault["type"] == "extra_forbidden" else fault["loc"][1:3]
    return ".".join(str(part) for part in place[:2])


async def _http_error(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = _HTTP_CODES.get(error.status_code, "malformed")
    headers = dict(error.headers or {})
    if error.status_code == 405:  # noqa: PLR2004  RFC 9110 section 15.5.6 wants all of them
        headers["Allow"] = ", ".join(allowed_methods(request))
    return problem_response(request, error.status_code, code, headers=headers)


def allowed_methods(request: Request) -> list[str]:
    """Of every route with this path; the framework tells those of the first one only."""
    path = request.url.path
    return sorted({method for pattern, method in request.app.state.methods if pattern.match(path)})


def unexpected_response(request: Request, error: Exception) -> Response:
    """Says no more than that something went wrong; the log says its kind, never its text."""
    facts = {"kind": type(error).__name__, "request_id": request_id_of(request)}
    if isinstance(error, DatabaseFault):
        facts |= {"sqlstate": error.sqlstate, "constraint": error.constraint}
    log.error("unexpected", **facts)
    return problem_response(request, 500, "unexpected")
