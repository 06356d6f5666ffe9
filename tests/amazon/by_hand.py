"""Driving flows by hand: a clock that passes when told to, and Amazon's answers from a list."""

from typing import Any

import msgspec

from buyerline.amazon import errors
from buyerline.amazon.connect import ClientOptions, connect
from buyerline.amazon.flow import Effect, Flow, HttpRequest, HttpResponse, Pause
from buyerline.amazon.login import TokenStore
from buyerline.amazon.session import Session
from buyerline.amazon.usage_plans import UsagePlans

SECRETS = {"client_id": "app", "client_secret": "hush-secret", "refresh_token": "Atzr|hush"}


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


class ByHand:
    """Drives flows without a network: plays Amazon from a list and lets time pass instead of waiting."""

    def __init__(self, *answers: HttpResponse | Exception, clock: Clock, token: bytes | None = None) -> None:
        self.answers = list(answers)
        self.clock = clock
        self.requests: list[HttpRequest] = []
        self.paused: list[float] = []
        self.tokens = 0
        self.token = token

    def run(self, flow: Flow[Any]) -> Any:
        try:
            effect = next(flow)
            while True:
                result = self._result(effect)
                effect = flow.throw(result) if isinstance(result, Exception) else flow.send(result)
        except StopIteration as done:
            return done.value

    def _result(self, effect: Effect) -> Any:
        if isinstance(effect, Pause):
            self.paused.append(effect.seconds)
            self.clock.now += effect.seconds
            return None
        assert isinstance(effect, HttpRequest)
        if effect.operation == "lwa":
            self.tokens += 1
            return answer(
                200, self.token or msgspec.json.encode({"access_token": f"Atza|{self.tokens}", "expires_in": 3600})
            )
        self.requests.append(effect)
        return self.answers.pop(0)


def answer(status: int, body: bytes = b"{}", **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status, named.get, body)


def lost(operation: str = "createConfirmOrderDetails") -> errors.ConnectionLost:
    return errors.ConnectionLost("cut", operation=operation, host="sp.example")


def not_connected(operation: str = "createConfirmOrderDetails") -> errors.NotConnected:
    return errors.NotConnected("refused", operation=operation, host="sp.example")


def session(clock: Clock, **options: Any) -> Session:
    settings: ClientOptions = {
        "credentials": SECRETS,
        "endpoint": "https://sp.example",
        "lwa_endpoint": "https://lwa.example",
        "tokens": TokenStore(clock),
        "plans": UsagePlans(clock),
        **options,  # type: ignore[typeddict-item] # the tests name options that exist
    }
    return connect("US", "shop", settings)
