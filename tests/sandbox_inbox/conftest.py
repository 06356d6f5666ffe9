import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from buyerline.sandbox.mailboxes import Mailboxes
from tests.sandbox_inbox.serving import Inbox, served_inbox


@pytest.fixture
def mailboxes() -> Iterator[Mailboxes]:
    """Empty mailboxes, without a server."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        yield Mailboxes(database)


@pytest.fixture(scope="module")
def server() -> Iterator[Inbox]:
    with served_inbox() as inbox:
        yield inbox


@pytest.fixture
def inbox(server: Inbox) -> Inbox:
    """A served inbox with empty mailboxes and no relay."""

    def empty(mailboxes: Mailboxes) -> None:
        mailboxes.relay = None
        mailboxes.clear()

    server.on_server(empty)
    return server
