"""Calls of the sandbox's control plane."""

import http.client
import json
from contextlib import closing
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

T = TypeVar("T")


class ControlPlane:
    """What a test may do to a sandbox beyond what Amazon offers, over HTTP."""

    def __init__(self, url: str) -> None:
        self._address = urlsplit(url)

    def call(self, method: str, path: str, content: Any = None) -> Any:
        """One call of the control plane; its answer.

        Raises:
            ValueError: the sandbox says that the request makes no sense, and why.
        """
        answer = self._send(method, f"/_sandbox/{path}", content)
        return json.loads(answer) if answer else None

    def read(self, path: str, field: str, kind: type[T]) -> T:
        """One field of what the control plane tells, as a type."""
        return msgspec.convert(self.call("GET", path)[field], kind)

    def get(self, path: str) -> bytes:
        """A page or file of the sandbox."""
        return self._send("GET", path)

    def _send(self, method: str, target: str, content: Any = None) -> bytes:
        body = None if content is None else msgspec.json.encode(content)
        headers = {} if body is None else {"content-type": "application/json"}
        # Straight to this machine: a proxy of the environment has no part in it.
        with closing(http.client.HTTPConnection(self._address.hostname or "", self._address.port)) as connection:
            connection.request(method, target, body, headers)
            response = connection.getresponse()
            answer = response.read()
        if response.status >= 400:
            raise ValueError(f"The sandbox refused {method} {target}: {_reason(answer)}")
        return answer


def _reason(answer: bytes) -> str:
    """What the sandbox says is wrong: a sentence, and for a value of the wrong type also its place."""
    told = json.loads(answer)
    places = [f"{extra.get('key', '')}: {extra.get('message', '')}" for extra in told.get("extra") or ()]
    return "; ".join([str(told.get("detail") or told.get("error")), *places])
