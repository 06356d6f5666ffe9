"""A database of an earlier version is brought up to date, and nothing in it is lost."""

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from buyerline.app.account_rows import read_accounts
from buyerline.app.database import open_database
from buyerline.app.draft_rows import read
from buyerline.app.migrations import HEAD, STEPS
from buyerline.app.schema import connected, draft
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

FIRST = "0001"
ROWS = """
    INSERT INTO account (id, name, endpoint) VALUES (1, 'shop', 'https://amazon.example');
    INSERT INTO connection (account_id, title, region, marketplaces, connected_at, sync_pages)
        VALUES (1, 'Shop', 'na', '[]', 1000, 0);
    INSERT INTO draft (id, person_id, account_id, order_id, text, saved_at, version, worded)
        VALUES ('d1', 7, 1, '902-0000000-0000001', 'Half a letter', 1000, 3, 3)
"""


def made_by_the_first_version(url: str) -> None:
    """Make a database as the first version did, with an account and a draft."""
    database = Database.open(url)
    with database.write() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(STEPS.folder))
        command.upgrade(config, FIRST)
        for row in ROWS.split(";"):
            connection.execute(sa.text(row))
    database.close()


def test_accounts_and_drafts_of_the_first_version_are_still_there(bare_url: str) -> None:
    made_by_the_first_version(bare_url)
    database = open_database(bare_url)
    with database.read() as connection:
        assert STEPS.version(connection) == HEAD
        [shop] = read_accounts(connection, "https://amazon.example", account.c.name == "shop")
        [kept] = read(connection, draft.c.person_id == 7)
        digests = connection.execute(sa.select(connected.c.token_digest)).scalars().all()
    database.close()
    assert digests == [None], "see `Accounts.learn_tokens`"
    assert (shop.title, shop.stores) == ("Shop", {})
    assert (kept.id, kept.text, kept.version) == ("d1", "Half a letter", 3)
