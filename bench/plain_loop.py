"""The same work as its users do it with python-amazon-sp-api: one loop, and the library's own ``throttle_retry``.

``python -m bench.plain_loop SANDBOX ACCOUNTS EACH in-turn|by-account`` goes through all messages once.
"""

import sys

from sp_api import api, auth
from sp_api.util import throttle_retry

from bench.clients.python_amazon_sp_api import options
from bench.outbox_work import Work, text_for

IN_TURN = "in-turn"
BY_ACCOUNT = "by-account"


@throttle_retry()  # type: ignore[untyped-decorator] # the library has no types
def get_actions(messaging: api.Messaging, order_id: str) -> object:
    return messaging.get_messaging_actions_for_order(order_id)


@throttle_retry()  # type: ignore[untyped-decorator] # likewise
def confirm_order_details(messaging: api.Messaging, order_id: str) -> object:
    return messaging.create_confirm_order_details(order_id, body={"text": text_for(order_id)})


def send(url: str, orders: list[tuple[str, str]]) -> None:
    """Send a message for each account and order."""
    clients = {}
    for account, order_id in orders:
        if account not in clients:
            clients[account] = api.Messaging(**options(url, auth.AccessTokenClient, f"Atzr|{account}"))
            clients[account].endpoint = url
        get_actions(clients[account], order_id)
        confirm_order_details(clients[account], order_id)


def main() -> None:
    url, accounts, each, sequence = sys.argv[1:]
    orders = list(Work(int(accounts), int(each)).orders())
    send(url, orders if sequence == IN_TURN else sorted(orders))


if __name__ == "__main__":
    main()
