"""The request log: who asked what, what was answered, and what was odd. No token, secret or text is in it."""

import sqlite3
from datetime import UTC, datetime
from typing import Any

import msgspec

from buyerline.sandbox.clock import iso

KEPT = 20_000
"""How many requests are listed, the latest ones; the counts cover all."""


class Journal:
    """The request log in the database."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    def write(
        self, operation: str, status: int, account: str | None, order_id: str | None, at: float, notes: list[str]
    ) -> None:
        """Add one request. ``status`` is 0 when no answer was given."""
        seq = self._db.execute(
            "INSERT INTO requests (at, operation, status, account, order_id, notes) VALUES (?, ?, ?, ?, ?, ?)",
            (at, operation, status, account, order_id, msgspec.json.encode(notes).decode() if notes else "[]"),
        ).lastrowid
        self._db.execute(
            "INSERT INTO request_counts VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET n = n + 1", (operation, status)
        )
        if seq is not None and seq % 1000 == 0:
            self._db.execute("DELETE FROM requests WHERE seq <= ?", (seq - KEPT,))

    def read(self) -> dict[str, Any]:
        """Counts by operation and status, and the latest requests, oldest first."""
        counts: dict[str, dict[str, int]] = {}
        for operation, status, n in self._db.execute("SELECT operation, status, n FROM request_counts ORDER BY 1, 2"):
            counts.setdefault(operation, {})[str(status)] = n
        requests = [
            {
                "operation": operation,
                "status": status,
                "account": account,
                "order_id": order_id,
                "at": iso(datetime.fromtimestamp(at, UTC)),
                "notes": msgspec.json.decode(notes),
            }
            for operation, status, account, order_id, at, notes in self._db.execute(
                "SELECT operation, status, account, order_id, at, notes FROM requests ORDER BY seq"
            )
        ]
        return {"counts": counts, "requests": requests}
