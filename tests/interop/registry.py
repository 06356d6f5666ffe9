"""All the clients that the sandbox is tried with, in the order of the table's columns."""

from tests.interop.clients import Client, amzn_sp_api, curl, npm_amazon_sp_api, python_amazon_sp_api

CLIENTS: tuple[Client, ...] = (
    python_amazon_sp_api.SYNC,
    python_amazon_sp_api.ASYNC,
    amzn_sp_api.CLIENT,
    npm_amazon_sp_api.CLIENT,
    curl.CLIENT,
)
