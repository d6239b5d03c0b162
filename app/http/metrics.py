"""Count and time the answers, for a monitor to read."""

import time
from typing import cast

from flask import Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

_EXTENSION = "henji.metrics"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

MEDIA = "text/plain; version=0.0.4; charset=utf-8"


class RequestMetrics:
    """The counters of one process."""

    def __init__(self) -> None:
        """Start at zero."""
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "henji_http_requests",
            "Answers by method, route and status.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "henji_http_request_seconds",
            "Time to answer by route.",
            ("route",),
            buckets=_BUCKETS,
            registry=self._registry,
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._answers.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """Return the counters in the text format of Prometheus."""
        return generate_latest(self._registry)


def register_metrics(app: Flask) -> None:
    """Count and time every answer of ``app``."""
    metrics = RequestMetrics()
    app.extensions[_EXTENSION] = metrics

    def start() -> None:
        g.started_at_seconds = time.perf_counter()

    def note(response: Response) -> Response:
        # An unknown path is one route, or a scanner would fill the memory with names.
        route = request.url_rule.rule if request.url_rule else "(unknown)"
        seconds = time.perf_counter() - g.get("started_at_seconds", time.perf_counter())
        metrics.note(request.method if request.url_rule else "(any)", route, response.status_code, seconds)
        return response

    app.before_request(start)
    app.after_request(note)


def metrics_text(app: Flask) -> bytes:
    """Return the counters of ``app`` as text."""
    return cast("RequestMetrics", app.extensions[_EXTENSION]).text()
