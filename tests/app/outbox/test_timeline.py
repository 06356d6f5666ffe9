"""The timeline of an order: what nobody has to unfold, and what is told of a message."""

import re
from datetime import timedelta

from buyerline.messages.drafts import Attachment
from buyerline.outbox import State
from buyerline.outbox.clock import now
from tests.app.correspondence import Correspondence
from tests.app.html import Page
from tests.app.office import Visitor
from tests.app.outbox.pages import look
from tests.app.samples import PDF
from tests.outbox.samples import ORDER

AT = f"/outbox/timeline/shop/{ORDER}"


def parts(owner: Visitor) -> tuple[list[str], list[str]]:
    """The ids of the messages that are shown at once, and of those that are folded."""
    shown, _, folded = owner.get(AT).text.partition('<details id="timeline-older"')
    return re.findall(r'id="sent-(\w+)"', shown), re.findall(r'id="sent-(\w+)"', folded)


def test_what_is_still_open_is_never_folded(owner: Visitor, shop: Correspondence) -> None:
    planned = shop.queue(not_before=now() + timedelta(days=2))
    doubtful = shop.brought_to(State.UNKNOWN, "No answer came.")
    settled = [shop.brought_to(state) for state in (State.SENT, State.FAILED, State.SENT, State.CANCELLED, State.SENT)]
    shown, folded = parts(owner)
    assert shown == [*reversed(settled[2:]), doubtful, planned]
    assert folded == [settled[1], settled[0]]
    assert "Show all 7" in look(owner, AT)


def test_nothing_is_folded_where_all_older_ones_are_open(owner: Visitor, shop: Correspondence) -> None:
    for _ in range(5):
        shop.queue()
    shown, folded = parts(owner)
    assert (len(shown), folded) == (5, [])


def test_a_warranty_is_told_with_its_days(owner: Visitor, shop: Correspondence) -> None:
    message_id = shop.queue(
        type="warranty",
        text=None,
        attachments=[Attachment("terms.pdf", PDF)],
        coverage_start="2026-12-01",
        coverage_end="2027-11-30",
    )
    for path in (AT, f"/outbox/{message_id}"):
        assert "The warranty covers Dec 1, 2026 to Nov 30, 2027." in look(owner, path)


def test_what_is_tried_again_by_itself_asks_nobody_to_attach_anything(owner: Visitor, shop: Correspondence) -> None:
    said = "s3: Amazon answered 400 BadDigest (request 7d1c): No."
    message_id = shop.queue()
    shop.bring(message_id, State.QUEUED, said, not_before=now() + timedelta(minutes=1), ready=True)
    words = look(owner, f"/outbox/{message_id}")
    assert "is tried again by itself" in words
    assert "Amazon's file store did not take a file of the message." in words
    assert "ttach" not in Page(owner.get(AT)).text
