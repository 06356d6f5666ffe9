"""The checks of `buyerline doctor`, in the order in which their troubles are mended."""

import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Literal, Self, TypeVar

from buyerline._version import __version__
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.errors import AccessDenied, BuyerlineError, CredentialsMissing, TokenRejected
from buyerline.cli.clock import HOW_TO_SET, NOTICED, check_clock, describe_clock
from buyerline.cli.connection import IN_THE_APP, Amazon, client_options, connected, credentials_missing
from buyerline.cli.exits import Exit, sentences_of, status_of
from buyerline.cli.reach import reach

if TYPE_CHECKING:
    from buyerline.amazon.sellers import Participation

T = TypeVar("T")

SOURCES = (IN_THE_APP, "environment variables", "AWS Secrets Manager", "the file credentials.yml")
"""Where `client_options` has credentials looked for, in its order."""

NOT_SOLD_HERE = "marketplace_region"

NEEDED = ("messages", "attachments")
"""The checks whose success means that every kind of message can be sent; both need an order to try with."""

PERIODS = (timedelta(hours=2), timedelta(days=2), timedelta(days=30))
"""How far back a recent order is looked for, the shortest first: Amazon allows few searches and lists oldest first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found.

    Attributes:
        name: what was looked at.
        words: what there is, and how to mend it where it is wrong.
        state: ``"careful"`` may be left as it is.
        code: the stable code of the error behind it, ``None`` where there is none.
        status: the exit status that it means.
    """

    name: str
    words: str
    state: Literal["good", "careful", "wrong"] = "good"
    code: str | None = None
    status: Exit = Exit.DONE

    @classmethod
    def careful(cls, name: str, words: str, code: str | None = None) -> Self:
        """A finding that may be left as it is."""
        return cls(name, words, "careful", code)

    @classmethod
    def wrong(cls, name: str, error: BuyerlineError) -> Self:
        """A finding that has to be mended, from the error it was."""
        return cls(name, sentences_of(error), "wrong", error.code, status_of(error))


def diagnose(account: str, marketplace: str | None) -> Iterator[Finding]:
    """All findings, as they come. What cannot be looked at because of an earlier one is left out."""
    yield _versions()
    credentials = _credentials(account)
    yield credentials
    if credentials.state == "wrong":
        return
    try:
        with connected(account, marketplace, max_wait=5) as amazon:
            yield from _way(amazon)
    except BuyerlineError as error:
        yield Finding.wrong("settings", error)


def missing_of(findings: Sequence[Finding]) -> list[str]:
    """Which of what messages need is not there, or could not be looked at."""
    there = {finding.name for finding in findings if finding.state == "good"}
    return [name for name in NEEDED if name not in there]


def _versions() -> Finding:
    from importlib.metadata import version

    return Finding(
        "versions",
        f"buyerline {__version__}, Python {platform.python_version()}, pyreqwest {version('pyreqwest')}, "
        f"{platform.system()} {platform.machine()}.",
    )


def _credentials(account: str) -> Finding:
    looked_in = []
    for name, source in zip(SOURCES, client_options().get("sources") or (), strict=True):
        try:
            found = source(account)
        except CredentialsMissing as missing:
            return Finding.wrong("credentials", credentials_missing(account, missing.looked_in))
        except BuyerlineError as error:
            return Finding.wrong("credentials", error)
        if isinstance(found, Credentials):
            return _of_the_right_kind(name, found)
        looked_in.append(found)
    return Finding.wrong("credentials", credentials_missing(account, looked_in))


def _of_the_right_kind(name: str, found: Credentials) -> Finding:
    """Whether the values look like what they should be: mixing them up is the commonest mistake."""
    if not found.client_id.startswith("amzn1.application-oa2-client."):
        words = f"From {name}. The client id does not begin with amzn1.application-oa2-client: is it the LWA client id?"
        return Finding.careful("credentials", words)
    if not found.refresh_token.startswith("Atzr|"):
        return Finding.careful("credentials", f"From {name}. The refresh token does not begin with Atzr|: is it one?")
    return Finding("credentials", f"From {name}, application {found.client_id}.")


def _way(amazon: Amazon) -> Iterator[Finding]:
    """The way to Amazon: hosts, token, clock, account, roles."""
    session = amazon.client.session
    hosts = [_reached("token service", session.login.endpoint), _reached("endpoint", session.endpoint)]
    yield from hosts
    if any(host.state == "wrong" for host in hosts):
        return
    token = _asked("access token", lambda: _token(amazon))
    yield token
    yield from _clock(session.wire.skew.seconds)
    if token.state == "wrong":
        return
    account = _asked("account", lambda: _account(amazon))
    yield account
    if account.code != NOT_SOLD_HERE:
        yield from _roles(amazon)


def _asked(name: str, ask: Callable[[], Finding]) -> Finding:
    try:
        return ask()
    except BuyerlineError as error:
        return Finding.wrong(name, error)


def _reached(name: str, url: str) -> Finding:
    return _asked(name, lambda: Finding(name, reach(url)))


def _token(amazon: Amazon) -> Finding:
    login = amazon.client.session.login
    amazon.ask(amazon.client.run, login.access_token(login.key))
    return Finding("access token", "Login with Amazon takes the credentials.")


def _clock(skew: float | None) -> Iterator[Finding]:
    if skew is None:
        return
    problem = check_clock(skew)
    if problem is not None:
        yield Finding("clock", problem.message, "wrong", problem.code, Exit.REFUSED_BY_CHECK)
    elif abs(skew) >= NOTICED:
        yield Finding.careful("clock", f"{describe_clock(skew)} {HOW_TO_SET}")
    else:
        yield Finding("clock", describe_clock(skew))


def _account(amazon: Amazon) -> Finding:
    place = amazon.marketplace
    participations = amazon.ask(amazon.client.sellers.get_participations)
    here = next((each for each in participations if each.marketplace.id == place.id), None)
    if here is None:
        names = ", ".join(sorted(each.marketplace.country_code or each.marketplace.id for each in participations))
        words = f"The account does not sell in {place.name}, only in {names}. Choose with --marketplace."
        return Finding("account", words, "wrong", NOT_SOLD_HERE, Exit.REFUSED_BY_CHECK)
    return _taking_part(here, place.name)


def _taking_part(here: "Participation", name: str) -> Finding:
    if here.participation.is_participating is False:
        words = f"The account is known in {name} and does not take part there: see Seller Central > Account Info."
        return Finding.careful("account", words)
    if here.participation.has_suspended_listings:
        words = f"The account sells in {name} and has suspended listings there: see Seller Central > Account Health."
        return Finding.careful("account", words)
    return Finding("account", f"It sells in {name}.")


def _roles(amazon: Amazon) -> Iterator[Finding]:
    """Which roles the seller granted, found out by calls that change nothing."""
    name = "orders"
    try:
        order_id = _recent_order(amazon)
    except BuyerlineError as error:
        yield _denied(
            name, error, "Inventory and Order Tracking", "Orders cannot be listed; messages can still be sent."
        )
        return
    if order_id is None:
        days = "There is no order of the last 30 days to try with, so messages and attachments were not checked."
        yield Finding.careful(name, days)
        return
    yield Finding(name, f"They can be listed; the newest of {amazon.marketplace.name} serves for what follows.")
    messages = _asked_messages(amazon, order_id)
    yield messages
    if messages.state == "good":
        yield _asked_attachments(amazon, order_id)


def _recent_order(amazon: Amazon) -> str | None:
    """The newest order there is, as a very old one takes no messages any more."""
    for period in PERIODS:
        search = amazon.client.orders.search(created_after=datetime.now(UTC) - period)
        found = amazon.ask(list, search)
        if found:
            return max(found, key=lambda order: order.created_time).order_id
    return None


def _asked_messages(amazon: Amazon, order_id: str) -> Finding:
    name = "messages"
    try:
        found = amazon.ask(amazon.client.messaging.get_actions, order_id)
    except (AccessDenied, TokenRejected) as error:
        return Finding(
            name,
            f"Amazon refuses ({error.status}, request {error.request_id}): the role Buyer Communication is missing. "
            "Add it to the application in the developer console, then let the seller authorise it again.",
            "wrong",
            error.code,
            Exit.REFUSED_BY_AMAZON,
        )
    except BuyerlineError as error:
        return Finding.wrong(name, error)
    offered = "takes no messages now, which is no fault" if found.closed_reason else f"takes {len(found)} types now"
    return Finding(name, f"The role is there; order {order_id} {offered}.")


def _asked_attachments(amazon: Amazon, order_id: str) -> Finding:
    """A destination that nothing is put to costs nothing and ends by itself."""
    from buyerline.amazon.uploads import content_md5, resource_of

    name = "attachments"
    try:
        resource = resource_of(order_id, "confirmCustomizationDetails")
        amazon.ask(amazon.client.uploads.create_destination, resource, content_md5(b"buyerline doctor"))
    except AccessDenied as error:
        return Finding.careful(name, f"Files cannot be uploaded ({error.status}). {error.hint}", error.code)
    except BuyerlineError as error:
        return Finding.wrong(name, error)
    return Finding(name, "Files can be uploaded.")


def _denied(name: str, error: BuyerlineError, role: str, otherwise: str) -> Finding:
    if isinstance(error, AccessDenied):
        return Finding.careful(name, f"The role {role} is missing ({error.status}). {otherwise}", error.code)
    return Finding.wrong(name, error)
