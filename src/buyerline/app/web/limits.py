"""How much the fields of pages take, as templates have it: what the app checks is said in the browser beforehand."""

from typing import Final

from buyerline.app import account_names, accounts, api_keys, applications, approving, order_search, passwords, persons

LIMITS: Final = {
    "account_title": account_names.LONGEST_TITLE,
    "token": accounts.LONGEST_TOKEN,
    "key_name": api_keys.LONGEST_NAME,
    "application": applications.LONGEST,
    "why": approving.LONGEST_WHY,
    "query": order_search.LONGEST_QUERY,
    "shortest_password": passwords.SHORTEST,
    "email": persons.LONGEST_EMAIL,
    "name": persons.LONGEST_NAME,
    "undo_seconds": persons.MOST_UNDO_SECONDS,
}
"""Characters of a field at most, but for ``shortest_password``, characters at least, and ``undo_seconds``, seconds at
most."""
