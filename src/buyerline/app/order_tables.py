"""What the table of orders has beside its columns: its search, and how it hears of messages. Each database has its own.

On SQLite `order_search` is the index of words (FTS5), whose row numbers are the orders' places: it gives the newest
first without sorting. `order_word` has every word once, to find those that begin alike. On PostgreSQL the words are
a column of type tsvector.
"""

import sqlalchemy as sa

SHORTEST_BEGINNING = 3
"""Letters from which on the beginning of a word finds it. SQLite's index knows beginnings of this length."""


def make(connection: sa.Connection) -> None:
    """Make them, beside the tables of `schema`."""
    for statement in _STATEMENTS[connection.dialect.name]:
        connection.exec_driver_sql(statement)


_SQLITE_ADD = (
    "INSERT INTO order_search (rowid, order_id, words, facets) VALUES (new.place, new.order_id, new.words, new.facets)"
)
_SQLITE_REMOVE = """
    INSERT INTO order_search (order_search, rowid, order_id, words, facets)
    VALUES ('delete', old.place, old.order_id, old.words, old.facets)
"""
_SQLITE_WORDS = """
    INSERT INTO order_word SELECT value FROM json_each('["' || replace(new.words, ' ', '","') || '"]')
    WHERE value <> '' ON CONFLICT DO NOTHING
"""
_SQLITE = (
    f"""
    CREATE VIRTUAL TABLE order_search USING fts5(
        order_id, words, facets, content = 'orders', content_rowid = 'place',
        detail = 'none', columnsize = 0, prefix = '{SHORTEST_BEGINNING}', tokenize = "ascii tokenchars '-_'"
    )
    """,
    "CREATE TABLE order_word (word TEXT NOT NULL PRIMARY KEY) WITHOUT ROWID",
    f"CREATE TRIGGER orders_added AFTER INSERT ON orders BEGIN {_SQLITE_ADD}; {_SQLITE_WORDS}; END",
    f"CREATE TRIGGER orders_removed AFTER DELETE ON orders BEGIN {_SQLITE_REMOVE}; END",
    f"""
    CREATE TRIGGER orders_changed AFTER UPDATE OF words, marketplace_id, status, fulfilled_by ON orders
    WHEN old.words <> new.words OR old.facets <> new.facets
    BEGIN {_SQLITE_REMOVE}; {_SQLITE_ADD}; {_SQLITE_WORDS}; END
    """,
    """
    CREATE TRIGGER message_queued AFTER INSERT ON message BEGIN
        UPDATE orders SET messaged = true
        WHERE account_id = new.account_id AND order_id = new.order_id AND NOT messaged;
    END
    """,
)

_POSTGRESQL = (
    """
    ALTER TABLE orders ADD COLUMN document tsvector
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(btrim(order_id || ' ' || words), ' '))) STORED
    """,
    "CREATE INDEX ix_orders_document ON orders USING gin (document)",
    # The rows are locked in their order: two who queue messages for the same orders do not wait for each other.
    """
    CREATE FUNCTION message_queued() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM place FROM orders JOIN added USING (account_id, order_id) WHERE NOT messaged ORDER BY place
            FOR UPDATE OF orders;
        UPDATE orders SET messaged = true FROM added
        WHERE orders.account_id = added.account_id AND orders.order_id = added.order_id AND NOT orders.messaged;
        RETURN NULL;
    END $$
    """,
    """
    CREATE TRIGGER message_queued AFTER INSERT ON message REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION message_queued()
    """,
)

_STATEMENTS = {"sqlite": _SQLITE, "postgresql": _POSTGRESQL}
