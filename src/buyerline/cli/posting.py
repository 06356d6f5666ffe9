"""Stopping a send, and knowing whether Amazon may have the message."""

import threading
from functools import partial
from typing import TypeVar

from buyerline.amazon.errors import TransportError
from buyerline.amazon.flow import Effect, Flow, HttpRequest
from buyerline.cli.exits import Stopped

T = TypeVar("T")


class Posting:
    """Stands between the flow of a send and the network.

    The message counts as posted from when its POST is handed to the network until the flow goes on after it, which
    it does (to wait, to renew a token) only when Amazon certainly has not taken the message.
    """

    def __init__(self, operation: str) -> None:
        self._operation = operation
        self._posted = False
        self._stopped = False
        self._lock = threading.Lock()

    def watch(self, flow: Flow[T]) -> Flow[T]:
        """The same flow, which can be stopped.

        Raises:
            Stopped: it was stopped; nothing was sent.
        """
        resume = partial(flow.send, None)
        try:
            while True:
                try:
                    effect = resume()
                except StopIteration as done:
                    return done.value  # type: ignore[no-any-return] # StopIteration is not generic
                self._let_pass(effect)
                try:
                    answer = yield effect
                except (TransportError, OSError) as failure:
                    resume = partial(flow.throw, failure)
                else:
                    resume = partial(flow.send, answer)
        finally:
            flow.close()

    def stop(self) -> bool:
        """Let nothing pass to the network from now on. Whether the message was posted before."""
        with self._lock:
            self._stopped = True
            return self._posted

    def _let_pass(self, effect: Effect) -> None:
        with self._lock:
            if self._stopped:
                raise Stopped
            self._posted = isinstance(effect, HttpRequest) and effect.operation == self._operation
