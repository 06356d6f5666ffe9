"""Emails sent on to a real SMTP server."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from buyerline.sandbox.mailboxes import Mailboxes
from buyerline.sandbox.smtp import Relay
from tests.sandbox_inbox.messages import PDF, file, message
from tests.sandbox_inbox.serving import free_port


class Server:
    """What an SMTP server got, and what it answers: the given answers first, then ``250 OK``."""

    def __init__(self, *answers: str) -> None:
        self.envelopes: list[Envelope] = []
        self.tries = 0
        self._answers = list(answers)

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        self.tries += 1
        if self._answers:
            return self._answers.pop(0)
        self.envelopes.append(envelope)
        return "250 OK"


@contextmanager
def listening(handler: Server) -> Iterator[int]:
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield int(controller.port)
    finally:
        controller.stop()


def with_relay(relay: Relay, act: Callable[[Mailboxes], None], grace: float = 30) -> None:
    """Run `act` on mailboxes that hand over to `relay`, and close them when the relay is done."""

    async def run() -> None:
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
            mailboxes = Mailboxes(database)
            mailboxes.relay = relay
            act(mailboxes)
            await relay.aclose(grace)
            await mailboxes.aclose()

    asyncio.run(run())


def deliver(mailboxes: Mailboxes) -> None:
    mailboxes.deliver(message(attachments=(file("invoice.pdf", PDF),)))


def test_each_delivered_email_is_sent_on_byte_for_byte() -> None:
    server = Server()
    kept: list[bytes] = []

    def act(mailboxes: Mailboxes) -> None:
        deliver(mailboxes)
        kept.append(mailboxes.raw(mailboxes.emails()[0].id))

    with listening(server) as port:
        with_relay(Relay("127.0.0.1", port), act)
    (envelope,) = server.envelopes
    assert envelope.content == kept[0]
    assert envelope.mail_from is not None
    assert envelope.mail_from.endswith("@marketplace.amazon.example")
    assert [address.partition("@")[2] for address in envelope.rcpt_tos] == ["buyers.sandbox.example"]


def test_what_fails_for_a_moment_is_tried_again() -> None:
    server = Server("451 later", "452 later")
    relay = Relay("127.0.0.1", 0, pauses=(0, 0))
    with listening(server) as relay.port:
        with_relay(relay, deliver)
    assert server.tries == 3
    assert len(server.envelopes) == 1
    assert relay.failures == {}


def test_a_refusal_is_final_and_its_reason_is_kept_for_the_page_but_not_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    server = Server("554 no: Which colour would you like?")
    relay = Relay("127.0.0.1", 0, pauses=(0, 0))
    with listening(server) as relay.port, caplog.at_level(logging.DEBUG, "buyerline"):
        with_relay(relay, deliver)
    assert server.tries == 1
    assert relay.failures == {1: "the server answered 554 no: Which colour would you like?"}
    assert "did not take email 1" in caplog.text
    assert "colour" not in caplog.text


def test_a_refused_buyer_is_a_failure_too() -> None:
    class Choosy(Server):
        async def handle_RCPT(self, *_: Any) -> str:  # noqa: N802 - aiosmtpd's name
            return "550 no such mailbox"

    relay = Relay("127.0.0.1", 0, pauses=(0,))
    with listening(Choosy()) as relay.port:
        with_relay(relay, deliver)
    assert relay.failures == {1: "the server answered 550 no such mailbox"}


def test_a_server_that_is_not_there_is_a_failure_and_the_email_stays_in_the_mailbox() -> None:
    relay = Relay("127.0.0.1", free_port(), pauses=(0,))

    def act(mailboxes: Mailboxes) -> None:
        deliver(mailboxes)
        assert mailboxes.count() == 1

    with_relay(relay, act)
    assert list(relay.failures) == [1]
    assert "127.0.0.1" in relay.failures[1]


def test_delivering_does_not_wait_for_the_server() -> None:
    server = Server()

    def act(mailboxes: Mailboxes) -> None:
        for _ in range(10):
            mailboxes.deliver(message())
        assert server.tries == 0
        assert mailboxes.count() == 10

    with listening(server) as port:
        with_relay(Relay("127.0.0.1", port), act)
    assert len(server.envelopes) == 10


def test_closing_gives_up_what_the_server_does_not_take_in_time(caplog: pytest.LogCaptureFixture) -> None:
    with_relay(Relay("127.0.0.1", free_port(), pauses=(3_600,)), deliver, grace=0)
    assert "1 left" in caplog.text


def test_what_is_delivered_after_closing_is_named_as_not_sent() -> None:
    relay = Relay("127.0.0.1", free_port())
    with_relay(relay, lambda _: None)
    with_relay(relay, deliver)
    assert relay.failures == {1: "the sandbox was stopping"}


def test_a_page_learns_that_an_email_was_not_sent_on() -> None:
    relay = Relay("127.0.0.1", free_port(), pauses=())
    seen: list[int] = []
    kept: list[Mailboxes] = []

    def act(mailboxes: Mailboxes) -> None:
        deliver(mailboxes)
        seen.append(mailboxes.revision)
        kept.append(mailboxes)

    with_relay(relay, act)
    assert kept[0].revision > seen[0]


def test_clearing_the_mailboxes_forgets_failures() -> None:
    relay = Relay("127.0.0.1", free_port())
    relay.failures[1] = "the server answered 554 no"
    with_relay(relay, Mailboxes.clear)
    assert relay.failures == {}
