"""The sellers' accounts: how they stand, testing them, having their orders synchronised now."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.openapi.spec import Example
from litestar.params import PathParameter
from msgspec import Meta

from buyerline.app.accounts import DISCONNECTED, AccountState, NotUsable
from buyerline.app.accounts import Account as SellerAccount
from buyerline.app.services import Services
from buyerline.app.synchronising import ask_now
from buyerline.app.viewer import Viewer
from buyerline.app.web.api.documented import operation

Name = Annotated[str, PathParameter(description="The account's name.", examples=[Example(value="shop")])]


class Marketplace(msgspec.Struct, frozen=True):
    """A marketplace."""

    id: Annotated[str, Meta(description="Amazon's id.", examples=["ATVPDKIKX0DER"])]
    country: Annotated[str, Meta(description="Its country code.", examples=["US"])]


class Synchronisation(msgspec.Struct, frozen=True):
    """How far an account's orders are here."""

    synced_at: Annotated[datetime | None, Meta(description="When a search was last complete; null: never yet.")]
    began_at: Annotated[datetime | None, Meta(description="When the search under way began; null: none is.")]
    pages: Annotated[int, Meta(description="How many pages of it are in.", examples=[3])]
    next_at: Annotated[datetime | None, Meta(description="When its next page, or the next search, is due.")]
    wanted_at: Annotated[datetime | None, Meta(description="When somebody last asked for it.")]
    trouble: Annotated[str | None, Meta(description="Why it does not get on.")]


class Account(msgspec.Struct, frozen=True):
    """A seller's account."""

    name: Annotated[str, Meta(description="Its name in URLs and requests.", examples=["shop"])]
    title: Annotated[str, Meta(description="What people call it.", examples=["Shop"])]
    state: Annotated[AccountState, Meta(description="`trouble`: nothing is sent before somebody mends something.")]
    region: Annotated[str, Meta(description="`na`, `eu` or `fe`.", examples=["na"])]
    marketplaces: Annotated[list[Marketplace], Meta(description="Where the seller takes part.")]
    selling_partner_id: Annotated[str | None, Meta(description="Amazon's id of the seller, where it is known.")]
    connected_at: datetime
    tested_at: Annotated[datetime | None, Meta(description="When Amazon was last asked whether it works.")]
    trouble: Annotated[str | None, Meta(description="Why it does not work; null: it does, as far as is known.")]
    can_attach: Annotated[bool | None, Meta(description="Whether it can send files; null: not found out yet.")]
    disconnected_at: datetime | None
    sync: Synchronisation


class AccountsAnswer(msgspec.Struct, frozen=True):
    """The accounts, by title."""

    accounts: list[Account]


@get("/accounts", **operation("listAccounts", "Which accounts are there?", tag="Accounts", answer="The accounts."))
def accounts(services: Services, viewer: Viewer) -> AccountsAnswer:
    """The accounts that you may see, disconnected ones included."""
    return AccountsAnswer([_account(each) for each in services.accounts.list(viewer)])


@get(
    "/accounts/{name:str}",
    **operation("getAccount", "One account", tag="Accounts", answer="The account.", fails=(404,)),
)
def account(services: Services, viewer: Viewer, name: Name) -> Account:
    """One account, and how far its orders are here."""
    return _account(services.accounts.of(viewer, name))


@post(
    "/accounts/{name:str}/test",
    **operation(
        "testAccount",
        "Does it work?",
        tag="Accounts",
        answer="The account, and what was found out.",
        fails=(404, 409, 502),
    ),
)
def test(services: Services, viewer: Viewer, name: Name) -> Account:
    """Ask Amazon whether the account's authorisation is good, where it takes part, and whether it can send files.

    Where it is good and the outbox had stopped sending for the account, it goes on.
    """
    return _account(services.accounts.test(viewer, name))


@post(
    "/accounts/{name:str}/synchronise",
    **operation(
        "synchroniseAccount",
        "Fetch its orders now",
        tag="Accounts",
        answer="It is wanted now; the account tells how far it is.",
        status=202,
        fails=(404, 409),
    ),
)
def synchronise(services: Services, viewer: Viewer, name: Name) -> Account:
    """Have the account's new and changed orders fetched as soon as Amazon's usage plan has room. `sync` tells when."""
    wanted = services.accounts.of(viewer, name)
    if wanted.state is AccountState.DISCONNECTED:
        raise NotUsable(DISCONNECTED)
    ask_now(services.database, wanted.id)
    return _account(services.accounts.of(viewer, name))


def _account(account: SellerAccount) -> Account:
    return Account(
        name=account.name,
        title=account.title,
        state=account.state,
        region=account.region.value,
        marketplaces=[Marketplace(each.id, each.name) for each in account.marketplaces],
        selling_partner_id=account.selling_partner_id,
        connected_at=account.connected_at,
        tested_at=account.tested_at,
        trouble=account.trouble,
        can_attach=account.can_attach,
        disconnected_at=account.disconnected_at,
        sync=msgspec.convert(account.sync, Synchronisation, from_attributes=True),
    )


ROUTES = [accounts, account, test, synchronise]
