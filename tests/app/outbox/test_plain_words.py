"""The outbox's pages say what happened in words, and keep the codes behind *Details*."""

import re

import httpx
import pytest

from buyerline.outbox import State
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.office import Visitor
from tests.app.outbox.pages import look

REFUSED = (
    "createConfirmOrderDetails: Amazon answered 403 Unauthorized (request 7d1c-0001): Invalid amazonOrderId and "
    "template combination. Ask again which types the order takes (get_actions): it changes with the order's state."
)
PLAIN = "Amazon does not take this kind of message for this order now. Open the order to see what it takes."
LOST = (
    "Whether Amazon took the confirmOrderDetails message for order 902-6786204-8179805 is not known: "
    "createConfirmOrderDetails: the connection to 127.0.0.1:9 ended before the answer was complete: Connection reset "
    "by peer (os error 104). Look in Seller Central > Messages > Sent before sending it again."
)
DETAILS = re.compile(r"<details[^>]*>.*?</details>", re.DOTALL)


def open_words(visitor: Visitor, path: str) -> str:
    """The words of a page that are not behind *Details*."""
    answer = visitor.get(path)
    assert answer.status_code == 200
    return Page(httpx.Response(200, text=DETAILS.sub("", answer.text))).text


def test_a_row_of_a_refused_message_says_what_it_means(owner: Visitor, shop: Correspondence) -> None:
    shop.brought_to(State.REFUSED, REFUSED)
    words = look(owner, "/outbox?tab=refused")
    assert PLAIN in words
    assert "Amazon answered" not in words


def test_the_page_of_a_refused_message_has_the_code_in_its_details(owner: Visitor, shop: Correspondence) -> None:
    path = f"/outbox/{shop.brought_to(State.REFUSED, REFUSED)}"
    words = open_words(owner, path)
    assert f"The reason: {PLAIN}" in words
    assert f"It was refused: {PLAIN}" in words
    assert "Amazon answered" not in words
    assert "Amazon answered 403 Unauthorized (request 7d1c-0001)" in look(owner, path)


def test_the_history_of_an_unknown_message_has_no_text_of_a_connections_error(
    owner: Visitor, shop: Correspondence
) -> None:
    path = f"/outbox/{shop.brought_to(State.UNKNOWN, LOST)}"
    words = open_words(owner, path)
    assert "No certain answer came back. The connection ended before Amazon's answer was complete." in words
    assert "os error" not in words
    assert "os error 104" in look(owner, path)


@pytest.mark.parametrize("state", [State.FAILED, State.REFUSED])
def test_what_is_said_plainly_has_no_details(owner: Visitor, shop: Correspondence, state: State) -> None:
    path = f"/outbox/{shop.brought_to(state, 'A reason.')}"
    assert "Details" not in look(owner, path)


def test_why_nothing_is_sent_for_an_account_is_said_plainly(owner: Visitor, shop: Correspondence) -> None:
    shop.queue()
    shop.stop(
        "shop",
        "lwa: Amazon answered 400 invalid_grant (request 7d1c-0001): The request has an invalid grant. Ask the seller "
        "to authorise the application again, then store the new refresh token.",
    )
    words = look(owner, "/outbox?tab=queued")
    shop.stop("shop", None)
    assert "Amazon does not accept the account's authorisation any more. Connect the account again" in words
    assert "invalid_grant" not in words
