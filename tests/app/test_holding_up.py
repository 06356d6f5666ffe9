"""The app when something under it or beside it gives way."""

import logging
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import NoReturn

import pytest

from buyerline.app.asking_once import AT_ONCE, AskingOnce
from buyerline.app.viewer import Role
from buyerline.app.words import Words
from buyerline.outbox import State, Worker
from buyerline.outbox.errors import OutboxUnavailable
from tests.app.office import PASSWORD, Office
from tests.waiting import until


def test_a_worker_that_fails_is_started_again_and_the_pages_say_so_meanwhile(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("buyerline.app.server.AGAIN", 0.2)
    visitor = office.visitor()
    worker = office.services.worker
    assert worker is not None
    run, again = Worker.run, Event()

    async def failing(self: Worker, *, once: bool = False) -> None:
        if not again.is_set():
            raise OutboxUnavailable("the database is gone")
        await run(self, once=once)

    monkeypatch.setattr(Worker, "run", failing)
    worker.stop()
    until(lambda: "Nothing is sent at the moment" in visitor.get("/outbox").text, "the page said so")
    again.set()
    message = office.services.outbox.add(
        office.amazon.guide_order, "confirmOrderDetails", text="Blue or red?", account="shop", marketplace="US"
    )
    until(lambda: office.services.outbox.get(message.id).state is State.SENT, "the message was sent")
    assert "Nothing is sent at the moment" not in visitor.get("/outbox").text


def test_a_log_tells_which_page_failed_and_not_the_secret_in_its_address(
    office: Office, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = office.services.people.invite(office.owner, "nina@shop.example", "Nina", Role.AGENT)
    visitor = office.visitor(None)
    visitor.get(f"/invitation/{secret}")

    def give_way(*_: object) -> NoReturn:
        raise OutboxUnavailable("the database is locked")

    monkeypatch.setattr(office.services.people, "accept", give_way)
    with caplog.at_level(logging.WARNING, "buyerline.app"):
        answer = visitor.post(f"/invitation/{secret}", {"password": PASSWORD, "password_again": PASSWORD})
    assert answer.status_code == 503
    assert "The database cannot be used at the moment" in answer.text
    assert "/invitation/{secret}" in caplog.text.replace("secret:str", "secret")
    assert secret not in caplog.text


def test_so_many_may_wait_for_amazon_and_others_are_told_to_come_back() -> None:
    asking, answered = AskingOnce(), Event()
    waiting: list[int] = []

    def question() -> Words | None:
        waiting.append(1)
        answered.wait(30)
        return None

    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(AT_ONCE):
            threads.submit(asking.ask, number, question)
        until(lambda: len(waiting) == AT_ONCE, "all of them waited")
        told = asking.ask("one more", question)
        answered.set()
    assert told is not None
    assert "many are waiting" in str(told)
    assert asking.ask("one more", question) is None
