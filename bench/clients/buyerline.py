"""buyerline by its public clients: token, usage plan, clock, events and reading into types included."""

import time
from collections.abc import Hashable

from bench.clients import ORDER, TEXT
from buyerline import MESSAGE_TYPES, AsyncSellingPartner, Credentials, SellingPartner
from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.messaging import MessagingFlows
from buyerline.amazon.operations import UsagePlan
from buyerline.amazon.usage_plans import Bucket, UsagePlans
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN

NOTE = (
    "`SellingPartner` and `AsyncSellingPartner`, one kept for all calls, over pyreqwest. It keeps usage plans, as "
    "always; they are as wide as the sandbox's. OpenTelemetry's API is installed, so it makes spans too, unrecorded."
)

CREDENTIALS = Credentials(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, DEFAULT_REFRESH_TOKEN)


class WidePlans(UsagePlans):
    """Buckets like any other, of the plan that is in force on the sandbox."""

    def bucket(self, key: Hashable, plan: UsagePlan) -> Bucket:  # noqa: ARG002 - it is Amazon's
        return super().bucket(key, UsagePlan(rate=1e9, burst=10**9))


def _options(url: str) -> ClientOptions:
    return {"endpoint": url, "credentials": CREDENTIALS, "plans": WidePlans(time.monotonic)}


class _Sync:
    def __init__(self, url: str) -> None:
        self._amazon = SellingPartner("US", **_options(url))
        self._flows = MessagingFlows(self._amazon.session)

    def get_actions(self) -> object:
        return self._amazon.messaging.get_actions(ORDER)

    def confirm_order_details(self) -> object:
        # The POST alone: `messaging.send` asks and checks first, which no peer does.
        return self._amazon.run(self._flows.post(ORDER, MESSAGE_TYPES["confirmOrderDetails"], {"text": TEXT}))


class _Async:
    def __init__(self, url: str) -> None:
        self._amazon = AsyncSellingPartner("US", **_options(url))
        self._flows = MessagingFlows(self._amazon.session)

    async def get_actions(self) -> object:
        return await self._amazon.messaging.get_actions(ORDER)

    async def confirm_order_details(self) -> object:
        return await self._amazon.run(self._flows.post(ORDER, MESSAGE_TYPES["confirmOrderDetails"], {"text": TEXT}))


def sync_client(url: str) -> _Sync:
    return _Sync(url)


def async_client(url: str) -> _Async:
    return _Async(url)
