"""From a command's options to Amazon."""

import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, ParamSpec, TypeVar, Unpack

import typer

from buyerline.amazon.errors import (
    AccessDenied,
    ConfigurationError,
    CredentialsMissing,
    DraftRefused,
    NotFound,
    Problem,
    TokenRejected,
    TypeNotAvailable,
)
from buyerline.cli.output import one_line

if TYPE_CHECKING:
    from buyerline import CallEvent, SellingPartner
    from buyerline.amazon.connect import ClientOptions
    from buyerline.amazon.credentials import Credentials
    from buyerline.amazon.marketplaces import Marketplace
    from buyerline.outbox.database import Database

P = ParamSpec("P")
T = TypeVar("T")

CALL = "buyerline-call"
"""The name of threads that wait for Amazon."""

IN_THE_APP = "the app's accounts"
"""A place where credentials are looked for, as `known_accounts.PLACE`: commands start without the app."""

POLL = 0.2
"""Seconds between looks for Ctrl-C on systems where it does not end the waiting by itself (Windows)."""


class Amazon:
    """An account at Amazon, asked one thing at a time.

    Attributes:
        client: what to ask, through `ask`.
        account: the account's name.
        options: those that the client was made with, for others that ask on its behalf.
        marketplace: where orders are.
        given_up: Ctrl-C ended the waiting for a call, which may still be under way.
    """

    def __init__(self, client: "SellingPartner", account: str, options: "ClientOptions") -> None:
        self.client = client
        self.account = account
        self.options = options
        self.marketplace = client.session.marketplace
        self.given_up = False

    def ask(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Make a call of the client and wait for its answer, on a thread of its own.

        The HTTP library keeps the thread that it runs on, deaf to Ctrl-C, until the answer is there or the time is
        up; the main thread, where Ctrl-C arrives, has to be free of it.

        Raises:
            KeyboardInterrupt: the person pressed Ctrl-C.
        """
        answer: Future[T] = Future()

        def work() -> None:
            try:
                answer.set_result(call(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001 - handed over to the waiting thread, whatever it is
                answer.set_exception(error)

        worker = threading.Thread(target=work, name=CALL, daemon=True)
        worker.start()
        try:
            while not wait_for([answer], POLL).done:
                continue
            worker.join()
        except KeyboardInterrupt:
            self.given_up = True
            raise
        return answer.result()


@contextmanager
def connected(account: str, marketplace: str | None, **options: Unpack["ClientOptions"]) -> Iterator[Amazon]:
    """A client for the time of the block.

    Raises:
        ConfigurationError: a setting is wrong, or credentials are missing.
        DraftRefused: the marketplace is in another region than the account.
    """
    from buyerline import SellingPartner
    from buyerline.amazon.login import TokenStore

    settings: ClientOptions = {
        **client_options(),
        "observers": [_say_why_waiting],
        "tokens": TokenStore(),
        **options,
    }
    try:
        client = SellingPartner(place_of(account, marketplace), account, **settings)
    except CredentialsMissing as missing:
        raise credentials_missing(account, missing.looked_in) from None
    amazon = Amazon(client, account, settings)
    try:
        yield amazon
    finally:
        if not amazon.given_up:
            amazon.client.close()


def client_options(database: "Database | None" = None) -> "ClientOptions":
    """What the commands tell every client beside what clients read from the environment themselves.

    ``BUYERLINE_TIMEOUT`` is the seconds for one exchange. An account that is connected in the app is the app's: what
    the shell has under its name may be another seller's, and is not used.

    Args:
        database: the outbox's, where the command has opened it.

    Raises:
        ConfigurationError: it is no number of seconds.
    """
    from buyerline.amazon.credentials import default_sources

    options: ClientOptions = {"sources": [partial(_in_the_app, database), *default_sources()]}
    timeout = _timeout(os.environ)
    return options if timeout is None else {**options, "timeout": timeout}


def _in_the_app(database: "Database | None", account: str) -> "Credentials | str":
    """The first place to look in, and for accounts that the app knows the last.

    ``default`` is the shell's own account, which the app calls none: so a command that is for it alone loads nothing
    of the app, which takes longer than all the rest.

    Raises:
        CredentialsMissing: the app knows the account, and may not or cannot act for it.
        ConfigurationError, OutboxUnavailable: the database or the secret key cannot be used.
    """
    from buyerline.amazon.credentials import DEFAULT_ACCOUNT

    if database is None and account == DEFAULT_ACCOUNT:
        return f"{IN_THE_APP}: none is called {DEFAULT_ACCOUNT!r}, which is the shell's own"
    from buyerline.app.known_accounts import look_up

    return look_up(account, {}, database)


def credentials_missing(account: str, looked_in: Sequence[str]) -> CredentialsMissing:
    """The error told for a shell: in one line, without the place that only code has, and with a next step."""
    missing = CredentialsMissing(account, [place for place in looked_in if not place.startswith("code:")])
    places = "; ".join(f"({number}) {place.rstrip('.')}" for number, place in enumerate(missing.looked_in, 1))
    missing.message = f"credentials: none found for account {account!r}. Looked in: {places}."
    missing.hint = "Export the three variables (`buyerline sandbox` prints some to try with), or see README."
    if len(missing.looked_in) == 1:
        missing.hint = "It is the app's account: mend that there. Credentials of your own need another account's name."
    return missing


def _timeout(environment: Mapping[str, str]) -> float | None:
    named = environment.get("BUYERLINE_TIMEOUT")
    if not named:
        return None
    try:
        seconds = float(named)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise ConfigurationError(
            f"BUYERLINE_TIMEOUT: {named[:20]!r} is no number of seconds from above 0 to 3600.", hint="Example: 30"
        )
    return seconds


def place_of(account: str, named: str | None) -> "Marketplace | None":
    """The marketplace to work in; ``None`` leaves the choice to the client or the outbox.

    ``SP_API_DEFAULT_MARKETPLACE`` tells the default account's region, and with ``_ACCOUNT`` appended another
    account's: an authorisation is valid in one region, so a marketplace of another region cannot be meant.

    Raises:
        UnknownMarketplace: there is no such marketplace.
        DraftRefused: it is in another region than the account.
    """
    from buyerline.amazon.marketplaces import Marketplace

    own = os.environ.get(f"SP_API_DEFAULT_MARKETPLACE_{account.upper()}")
    home = own or (os.environ.get("SP_API_DEFAULT_MARKETPLACE") if account == "default" else None)
    if named is None:
        return Marketplace.of(home) if home else None
    place = Marketplace.of(named)
    if home and place.region is not Marketplace.of(home).region:
        region = Marketplace.of(home).region.title
        raise DraftRefused([_not_of_the_account(account, place, f"its region is {region}")])
    return place


def _not_of_the_account(account: str, place: "Marketplace", reason: str) -> Problem:
    return Problem(
        "marketplace_region",
        "marketplace",
        f"account {account!r} cannot be used in {place.name} ({place.region.title}): {reason}. An authorisation is "
        "valid in one region; name another --marketplace or another --account.",
    )


def _say_why_waiting(event: "CallEvent") -> None:
    """Tell the person why nothing happens for a while: Amazon's usage plan can mean minutes."""
    from buyerline.amazon.orders import SEARCH_ORDERS
    from buyerline.amazon.repeating import Repeating

    if event.status != 429 or event.attempt > Repeating().times:
        return
    pause = f" Amazon allows one such call in about {1 / SEARCH_ORDERS.plan.rate:.0f} s once its burst is used."
    typer.echo(
        f"note: {event.operation}: Amazon's usage plan has no place now; waiting for the next one."
        f"{pause if event.operation == SEARCH_ORDERS.id else ''}",
        err=True,
    )


@contextmanager
def about_order(order_id: str, amazon: Amazon) -> Iterator[None]:
    """Around questions about one order: says in an order's terms what Amazon's refusal means.

    Raises:
        NotFound: there is no such order.
        DraftRefused: as `about_marketplace` does.
    """
    try:
        with about_marketplace(amazon):
            yield
    except NotFound as answer:
        raise _no_such_order(order_id, amazon, answer) from answer


@contextmanager
def about_marketplace(amazon: Amazon) -> Iterator[None]:
    """Around questions about one marketplace.

    Raises:
        DraftRefused: the account does not sell there, which Amazon answers like a missing role.
    """
    try:
        yield
    except (TokenRejected, TypeNotAvailable):
        raise
    except AccessDenied as denied:
        sells_in = _sells_in(amazon)
        if not sells_in or amazon.marketplace.name in sells_in:
            raise
        reason = f"it sells in {', '.join(sells_in)} only"
        raise DraftRefused([_not_of_the_account(amazon.account, amazon.marketplace, reason)]) from denied


def _no_such_order(order_id: str, amazon: Amazon, answer: NotFound) -> NotFound:
    """Amazon's answer in an order's terms: the account has none of that id in the marketplace."""
    missing = answer.told_as(
        NotFound, "`buyerline orders` lists those it has; --marketplace names another marketplace."
    )
    missing.message = (
        f"order_id: account {amazon.account!r} has no order {one_line(order_id)} in {amazon.marketplace.name} "
        f"({answer.operation} answered {answer.status}, request {answer.request_id})."
    )
    return missing


def _sells_in(amazon: Amazon) -> list[str]:
    """Country codes of the marketplaces that the account takes part in; none where Amazon does not tell."""
    from buyerline.amazon.errors import BuyerlineError
    from buyerline.amazon.marketplaces import Marketplace

    try:
        participations = amazon.ask(amazon.client.sellers.get_participations)
    except BuyerlineError:
        return []
    ids = {each.marketplace.id for each in participations}
    return [marketplace.name for marketplace in Marketplace if marketplace.id in ids]
