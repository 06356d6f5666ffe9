"""Prism (``@stoplight/prism-cli``), which makes a mock of Amazon's models: it tells which requests break them.

It is taken from ``BUYERLINE_PRISM``, from ``node_modules`` beside the npm client, or from the PATH. To install it::

    npm install --no-save @stoplight/prism-cli@5.14.2
"""

import http.client
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from buyerline.amazon.flow import Flow, HttpRequest, T
from tests.amazon.models import model
from tests.interop.clients.npm_amazon_sp_api import FOLDER
from tests.sandbox.answers import MODEL_NAMES

_UPLOADS = "/uploads/2020-11-01/uploadDestinations/"
_NOT_OF_THE_API = ("lwa", "s3")
_LISTENING = re.compile(r"listening on http://127\.0\.0\.1:(\d+)")


def command() -> str | None:
    """Where Prism is, ``None`` where it is not."""
    places = (os.environ.get("BUYERLINE_PRISM"), str(FOLDER / "node_modules" / ".bin" / "prism"), "prism")
    return next((found for place in places if place and (found := shutil.which(place))), None)


class Prism:
    """A running mock. ``asked`` are the operations that were shown to it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.asked: list[str] = []

    def checked(self, flow: Flow[T]) -> Flow[T]:
        """The same flow, each of its requests shown to Prism before it goes out.

        Raises:
            AssertionError: one breaks Amazon's model.
        """
        try:
            effect = next(flow)
            while True:
                if isinstance(effect, HttpRequest) and effect.operation not in _NOT_OF_THE_API:
                    self._check(effect)
                try:
                    result = yield effect
                except Exception as error:  # noqa: BLE001 - whatever the driver throws is the flow's
                    effect = flow.throw(error)
                else:
                    effect = flow.send(result)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return] # StopIteration is not generic

    def _check(self, request: HttpRequest) -> None:
        violations = self._violations(request)
        assert not violations, f"{request.method} {request.url}: {'; '.join(violations)}"
        self.asked.append(request.operation)

    def _violations(self, request: HttpRequest) -> list[str]:
        parts = urlsplit(request.url)
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)) as connection:
            connection.request(request.method, f"{parts.path}?{parts.query}", request.body, dict(request.headers))
            response = connection.getresponse()
            problem = response.read().decode()
            told = json.loads(response.headers.get("sl-violations", "[]"))
        if "NO_PATH_MATCHED" in problem or "NO_METHOD_MATCHED" in problem:
            return [problem]
        return [violation["message"] for violation in told if violation["location"][0] == "request"]


@contextmanager
def running(prism: str, folder: Path) -> Iterator[Prism]:
    """A mock of all of Amazon's APIs that we use, for the time of the block."""
    specification = folder / "amazon.json"
    specification.write_text(json.dumps(_merged()), "utf-8")
    started = [prism, "mock", str(specification), "--port", "0"]
    with subprocess.Popen(started, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            yield Prism(_port(process))
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _port(process: "subprocess.Popen[str]") -> int:
    assert process.stdout is not None
    for line in process.stdout:
        if (found := _LISTENING.search(line)) is not None:
            return int(found[1])
    raise AssertionError("Prism ended before it listened")


def _merged() -> dict[str, Any]:
    """One Swagger document of all models, whose definitions are told apart by a prefix."""
    merged: dict[str, Any] = {"swagger": "2.0", "info": {"title": "Amazon", "version": "1"}}
    parts: dict[str, dict[str, Any]] = {"paths": {}, "definitions": {}, "parameters": {}, "responses": {}}
    for name in MODEL_NAMES:
        text = json.dumps(model(name))
        found = json.loads(re.sub(r'"#/(definitions|parameters|responses)/', rf'"#/\1/{name}.', text))
        parts["paths"] |= _paths(found)
        for part in ("definitions", "parameters", "responses"):
            parts[part] |= {f"{name}.{key}": value for key, value in found.get(part, {}).items()}
    return merged | parts


def _paths(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """The paths of one model, with what it says once for all of them said for each."""
    for path, methods in found["paths"].items():
        for operation in methods.values():
            if isinstance(operation, dict):
                operation.setdefault("consumes", found["consumes"])
                operation.setdefault("produces", found["produces"])
        yield (_with_slashes(methods), methods) if path == f"{_UPLOADS}{{resource}}" else (path, methods)


def _with_slashes(methods: dict[str, Any]) -> str:
    """The path of uploads as the model's description shows it: the resource's slashes are the path's own."""
    parameters = methods["post"]["parameters"]
    resource = next(parameter for parameter in parameters if parameter.get("name") == "resource")
    parameters.remove(resource)
    parameters += [resource | {"name": name} for name in ("orderId", "messageType")]
    return f"{_UPLOADS}messaging/v1/orders/{{orderId}}/messages/{{messageType}}"
