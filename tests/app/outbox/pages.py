"""Looking at the outbox's pages."""

from tests.app.bureau import Page
from tests.app.office import Visitor


def look(visitor: Visitor, path: str, status: int = 200) -> str:
    """The words of a page."""
    answer = visitor.get(path)
    assert answer.status_code == status, answer.text
    return Page(answer).text


def rows(visitor: Visitor, path: str) -> list[str]:
    """The ids of the messages in a list, from its top."""
    return [each["data-message"] for each in Page(visitor.get(path)).each("li") if "data-message" in each]
