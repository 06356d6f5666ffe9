"""Asking a health server as probes and Prometheus do."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families

from buyerline.outbox.health import HealthServer
from buyerline.outbox.metrics import Metrics

Samples = dict[str, float]
"""Each sample as it is written, ``name[label=value]``, and its value."""


@dataclass(frozen=True)
class Reply:
    status: int
    headers: http.client.HTTPMessage
    text: str


def ask(server: HealthServer, path: str, method: str = "GET", **headers: str) -> Reply:
    connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=20)
    try:
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read().decode())
    finally:
        connection.close()


def scrape(server: HealthServer, path: str = "/metrics") -> Samples:
    """What Prometheus would read."""
    reply = ask(server, path)
    assert reply.status == 200
    return {
        f"{sample.name}{''.join(f'[{name}={value}]' for name, value in sample.labels.items())}": sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
    }


def well() -> None:
    """What a probe of a worker that is well says."""


@contextmanager
def serving(
    metrics: Metrics | None = None,
    *,
    alive: Callable[[], str | None] = well,
    ready: Callable[[], str | None] = well,
) -> Iterator[HealthServer]:
    told = metrics or Metrics()
    with HealthServer(None, 0, metrics=lambda: told, alive=alive, ready=ready) as server:
        yield server
