"""Sellers v1."""

from typing import Any

from buyerline.amazon.flow import Flow
from buyerline.amazon.sellers import GET_ACCOUNT, GET_PARTICIPATIONS
from buyerline.sp_api.base.connection import Connected


def get_marketplace_participation(client: Connected, /, **_: Any) -> Flow[Any]:
    """The marketplaces in which the account can list, and how it stands there."""
    return client.session.respond(GET_PARTICIPATIONS)


def get_account(client: Connected, /, **_: Any) -> Flow[Any]:
    """The account: its business, its selling plan and its marketplaces."""
    return client.session.respond(GET_ACCOUNT)
