"""Logs, metrics and traces by Powertools. Messages are constant sentences with keys; no personal data."""

from __future__ import annotations

import logging
import os
import traceback
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from aws_lambda_powertools.tracing import Tracer

# No line of ours shows its thread or process, so none is looked up (logging's own HOWTO, "Optimization").
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False

logger = Logger(
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "rapport"),
    json_deserializer=str,  # messages are sentences: Powertools need not try to read each as JSON
)
metrics = Metrics(
    namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "Rapport"),
    service=os.environ.get("POWERTOOLS_SERVICE_NAME", "rapport"),
)

MAX_FRAMES = 12
"""Lines of a trace that are logged: the innermost."""

_tracer: Tracer | None = None


def failure(message: str, error: BaseException, **keys: Any) -> None:
    """Log an error by kind, code and where it arose; not its own text, which may quote a person.

    An error may name the `fields` that are wrong, as far as they are ours.
    """
    refused = error.response["Error"]["Code"] if isinstance(error, ClientError) else None
    where = [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    code = getattr(error, "code", refused)
    fields = getattr(error, "fields", None)
    named = {"fields": fields} if fields else {}
    logger.error(message, error=type(error).__name__, code=code, where=where[-MAX_FRAMES:], **named, **keys)


def count(name: str, amount: int = 1) -> None:
    """Add to a metric; it is written with the invocation's log by `flush`."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=amount)


def flush() -> None:
    """Write the metrics of this invocation, as one log line in the embedded metric format."""
    if metrics.metric_set:
        metrics.flush_metrics()


def traced(name: str) -> AbstractContextManager[Any]:
    """A trace segment while tracing is on; nothing is imported or measured while it is off."""
    global _tracer  # noqa: PLW0603 - the tracer is made once, and only when it is switched on
    if os.environ.get("POWERTOOLS_TRACE_DISABLED", "true").lower() in ("true", "1"):
        return nullcontext()
    if _tracer is None:
        from aws_lambda_powertools.tracing import Tracer

        _tracer = Tracer(service="rapport")
    return _tracer.provider.in_subsegment(name)
