"""Tokens 2021-03-01."""

from typing import Any

from buyerline.amazon.flow import Flow
from buyerline.amazon.tokens import CREATE_RESTRICTED_DATA_TOKEN
from buyerline.sp_api.base.connection import Connected
from buyerline.sp_api.flows.arguments import without_marketplaces


def create_restricted_data_token(client: Connected, /, **kwargs: Any) -> Flow[Any]:
    """A restricted data token: ``restrictedResources``, and ``targetApplication`` to pass it on."""
    return client.session.respond(CREATE_RESTRICTED_DATA_TOKEN, body=without_marketplaces(kwargs))
