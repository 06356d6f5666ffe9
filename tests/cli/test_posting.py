"""Stopping a send between any two of its effects."""

import pytest

from buyerline.amazon.errors import NotConnected
from buyerline.amazon.flow import Flow, HttpRequest, Pause
from buyerline.cli.exits import Stopped
from buyerline.cli.posting import Posting

UPLOAD = HttpRequest("s3", "PUT", "store.example", "https://store.example/file", {})
MESSAGE = HttpRequest("confirmOrderDetails", "POST", "amazon.example", "https://amazon.example/message", {})


def a_send() -> Flow[str]:
    """Uploads, posts, and when that met no connection, waits and posts once more."""
    yield UPLOAD
    try:
        yield MESSAGE
    except NotConnected:
        yield Pause(1.0)
        yield MESSAGE
    return "sent"


def watched() -> tuple[Posting, Flow[str]]:
    posting = Posting("confirmOrderDetails")
    return posting, posting.watch(a_send())


def test_a_flow_that_nobody_stops_passes_unchanged() -> None:
    _, flow = watched()

    assert [next(flow), flow.send(None)] == [UPLOAD, MESSAGE]
    with pytest.raises(StopIteration) as done:
        flow.send(None)
    assert done.value.value == "sent"


def test_stopped_before_the_message_it_is_never_posted() -> None:
    posting, flow = watched()
    next(flow)

    assert posting.stop() is False
    with pytest.raises(Stopped):
        flow.send(None)


def test_stopped_while_the_message_is_out_it_counts_as_posted() -> None:
    posting, flow = watched()
    next(flow)
    flow.send(None)

    assert posting.stop() is True


def test_stopped_after_the_answer_it_counts_as_posted() -> None:
    posting, flow = watched()
    next(flow)
    flow.send(None)
    with pytest.raises(StopIteration):
        flow.send(None)

    assert posting.stop() is True


def test_stopped_while_waiting_to_post_again_nothing_was_sent() -> None:
    posting, flow = watched()
    next(flow)
    flow.send(None)
    flow.throw(NotConnected("no connection.", operation="confirmOrderDetails", host="amazon.example"))

    assert posting.stop() is False
    with pytest.raises(Stopped):
        flow.send(None)
