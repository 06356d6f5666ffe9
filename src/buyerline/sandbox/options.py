"""How a sandbox is set up, and the credentials it accepts when nobody says otherwise."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

DEFAULT_CLIENT_ID = "amzn1.application-oa2-client.sandbox"
DEFAULT_CLIENT_SECRET = "sandbox"  # noqa: S105 - public by design: it opens nothing but a sandbox
DEFAULT_REFRESH_TOKEN = "Atzr|sandbox"  # noqa: S105 - public by design, as above
DEFAULT_APPLICATION_ID = "amzn1.sp.solution.sandbox"
DEFAULT_ACCOUNT = "sandbox"

GUIDE_ORDER = "902-6786204-8179805"
"""The order of Amazon's Messaging use case guide: it offers every message type, in US, to the default account."""

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Options:
    """What may be chosen about a sandbox.

    Attributes:
        host: The address to listen on. The default keeps the sandbox on this machine.
        port: The TCP port, 0 for any free one.
        orders: How many orders each of the first accounts has, besides the guide's.
        accounts: How many seller accounts there are: the first in North America, then Europe, the Far East, and so on.
        seed: The same seed makes the same world, with times relative to the start.
        data: The SQLite file that keeps the world between runs; ``None`` keeps it in memory.
        uploads: ``"na"`` refuses upload destinations outside North America, as Amazon documents it
            (Uploads API use case guide); ``"everywhere"`` does not.
        smtp: The host and port of a mail server to which buyers' emails are handed on.
        offer_update_feedback: Offer ``updateFeedback``, which Amazon lists although no operation sends it.
        offer_attributes: List the ``attributes`` link among the actions, as Amazon's static sandbox does.
        redirect_uris: Where the consent page may send a browser besides loopback addresses.
        upload_limit: The most bytes that one stored file may have.
    """

    host: str = "127.0.0.1"
    port: int = 8710
    orders: int = 200
    accounts: int = 1
    seed: int = 8710
    data: Path | None = None
    uploads: Literal["everywhere", "na"] = "everywhere"
    smtp: tuple[str, int] | None = None
    offer_update_feedback: bool = False
    offer_attributes: bool = False
    redirect_uris: tuple[str, ...] = ()
    upload_limit: int = 32 * MEGABYTE
