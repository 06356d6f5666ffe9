"""Looking at the outbox's pages."""

from tests.app.html import Page
from tests.app.office import Visitor


def look(visitor: Visitor, path: str, status: int = 200) -> str:
    """The words of a page."""
    answer = visitor.get(path)
    assert answer.status_code == status, answer.text
    return Page(answer).text


def shown(visitor: Visitor, message_id: str) -> dict[str, str]:
    """What the forms of a message's page say of where it stands, as its page or the outbox has it now."""
    found = {"state": "", "attempts": ""}
    for each in Page(visitor.get(f"/outbox/{message_id}")).each("input"):
        if each.get("name") in found:
            found[each["name"]] = each["value"]
    return found


def rows(visitor: Visitor, path: str) -> list[str]:
    """The ids of the messages in a list, from its top."""
    return [each["data-message"] for each in Page(visitor.get(path)).each("li") if "data-message" in each]
