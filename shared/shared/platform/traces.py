"""What led to what, across our processes, without anything about whom it was for.

Off unless the setting `TRACES_URL` names a collector (OTLP over HTTP). Spans are named after route
templates, tasks and services. Their attributes are on a list and everything else is taken off
before a span leaves the process: paths, addresses, texts of exceptions. A trace goes on from the
call of one of our own services only; what a visitor sends along is not looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import NoOpTracer, Span, SpanKind, Status, StatusCode, Tracer
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

ALLOWED_ATTRIBUTES = frozenset(
    {"http.route", "http.request.method", "http.response.status_code", "task", "outcome", "peer"}
)
PARENT = "traceparent"

_OFF = NoOpTracer()
_tracer: Tracer = _OFF
_carrier = TraceContextTextMapPropagator()


class OnlyAllowed(SpanExporter):
    """Passes spans on with the attributes that are on the list and nothing else."""

    def __init__(self, to: SpanExporter) -> None:
        self._to = to

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return self._to.export([_bare(span) for span in spans])

    def shutdown(self) -> None:
        self._to.shutdown()


def collector_at(url: str) -> SpanExporter:
    """Sends spans to a collector such as `http://collector:4318/v1/traces`."""
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,  # loads protobuf, which a process without traces need not have
    )

    return OTLPSpanExporter(endpoint=url)


def start_traces(service: str, to: SpanExporter) -> TracerProvider:
    """Export the spans of this process from now on. Its `shutdown` sends what is left."""
    global _tracer  # noqa: PLW0603  a process traces or does not
    provider = TracerProvider(resource=Resource({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(OnlyAllowed(to)))
    _tracer = provider.get_tracer("offlimits")
    return provider


def stop_traces() -> None:
    global _tracer  # noqa: PLW0603
    _tracer = _OFF


def is_tracing() -> bool:
    return _tracer is not _OFF


@contextmanager
def span(
    name: str, kind: SpanKind = SpanKind.INTERNAL, parent: Context | None = None
) -> Iterator[Span]:
    """Time what happens inside; an exception marks it as failed and tells nothing else."""
    with _tracer.start_as_current_span(
        name, parent, kind, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield current
        except BaseException:
            current.set_status(StatusCode.ERROR)
            raise


def parent_headers() -> dict[str, str]:
    """What tells a service that we call which span its own belongs to."""
    headers: dict[str, str] = {}
    _carrier.inject(headers)
    return {PARENT: headers[PARENT]} if PARENT in headers else {}


def parent_from(headers: Mapping[str, str]) -> Context:
    """The span of the service that calls us."""
    return _carrier.extract({PARENT: headers[PARENT]} if PARENT in headers else {}, Context())


def _bare(span: ReadableSpan) -> ReadableSpan:
    attributes = span.attributes or {}
    return ReadableSpan(
        name=span.name,
        context=span.context,
        parent=span.parent,
        resource=span.resource,
        attributes={name: attributes[name] for name in attributes.keys() & ALLOWED_ATTRIBUTES},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
