"""What mailboxes keep, and how it is found."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyerline.sandbox.mailboxes import Mailboxes, NoSuchEmail, Wanted
from tests.sandbox_inbox.messages import ORDER, PDF, file, message

OTHER_ORDER = "302-4471029-5512345"


def texts_found(mailboxes: Mailboxes, search: str) -> list[str]:
    return [email.preview for email in mailboxes.emails(Wanted(search=search))]


def test_each_order_has_a_mailbox_and_the_one_with_the_newest_mail_is_first(mailboxes: Mailboxes) -> None:
    later = datetime(2026, 11, 4, tzinfo=UTC)
    for sent in (message(), message(order_id=OTHER_ORDER), message(accepted_at=later)):
        mailboxes.deliver(sent)
    listed = mailboxes.mailboxes()
    assert [(mailbox.order_id, mailbox.emails) for mailbox in listed] == [(ORDER, 2), (OTHER_ORDER, 1)]
    assert listed[0].last_at == later
    assert mailboxes.count() == 3


def test_emails_are_listed_newest_first_and_page_by_page(mailboxes: Mailboxes) -> None:
    for number in range(5):
        mailboxes.deliver(message(text=f"number {number}"))
    first = mailboxes.emails(limit=3)
    rest = mailboxes.emails(Wanted(before=first[-1].id), limit=3)
    assert [email.preview for email in first + rest] == [f"number {number}" for number in (4, 3, 2, 1, 0)]


def test_emails_are_narrowed_by_mailbox_order_and_type(mailboxes: Mailboxes) -> None:
    for sent in (message(), message(type="invoice"), message(order_id=OTHER_ORDER)):
        mailboxes.deliver(sent)
    address = mailboxes.mailboxes()[0].address
    assert [email.order_id for email in mailboxes.emails(Wanted(mailbox=address))] == [OTHER_ORDER]
    assert len(mailboxes.emails(Wanted(order_id=ORDER))) == 2
    assert [email.type for email in mailboxes.emails(Wanted(order_id=ORDER, type="invoice"))] == ["invoice"]


@pytest.mark.parametrize(
    "search",
    ["COLOUR", "would colour", ORDER, "6786204", "confirmorderdetails", "Size", "größe", "Harrow", "wool", "question"],
)
def test_search_looks_everywhere_in_any_case_and_order(mailboxes: Mailboxes, search: str) -> None:
    mailboxes.deliver(message(attachments=(file("GRÖSSE and size.pdf"),)))
    mailboxes.deliver(message(order_id=OTHER_ORDER, type="invoice", text="Rechnung", seller="X", item="Y"))
    assert texts_found(mailboxes, search) == ["Which colour would you like?"]


@pytest.mark.parametrize("search", ["colour mauve", "%", "_", "'", '"', "colour " * 30 + "mauve " * 30])
def test_search_takes_every_sign_as_it_is(mailboxes: Mailboxes, search: str) -> None:
    mailboxes.deliver(message())
    found = texts_found(mailboxes, search)
    assert found == (["Which colour would you like?"] if search.startswith("colour colour") else [])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60))
def test_every_word_of_a_text_finds_it(mailboxes: Mailboxes, text: str) -> None:
    mailboxes.clear()
    mailboxes.deliver(message(text=text))
    for word in text.split():
        assert len(mailboxes.emails(Wanted(search=word))) == 1


def test_the_raw_email_and_its_files_are_kept(mailboxes: Mailboxes) -> None:
    mailboxes.deliver(message(attachments=(file("invoice.pdf", PDF),)))
    (email,) = mailboxes.emails()
    assert email.file_names == ("invoice.pdf",)
    assert mailboxes.raw(email.id).startswith(b"From: ")
    (attachment,) = mailboxes.attachments(email.id)
    assert (attachment.file_name, attachment.content) == ("invoice.pdf", PDF)


def test_an_email_that_is_not_there_says_why(mailboxes: Mailboxes) -> None:
    for ask in (mailboxes.email, mailboxes.raw, mailboxes.attachments):
        with pytest.raises(NoSuchEmail, match=r"no email 7\..*reset"):
            ask(7)


def test_clearing_empties_all_and_never_gives_an_id_twice(mailboxes: Mailboxes) -> None:
    mailboxes.deliver(message())
    (before,) = mailboxes.emails()
    mailboxes.clear()
    assert (mailboxes.emails(), mailboxes.mailboxes(), mailboxes.count()) == ([], [], 0)
    mailboxes.deliver(message())
    assert mailboxes.emails()[0].id > before.id


def test_news_changes_the_revision(mailboxes: Mailboxes) -> None:
    seen = [mailboxes.revision]
    mailboxes.deliver(message())
    seen.append(mailboxes.revision)
    mailboxes.clear()
    seen.append(mailboxes.revision)
    assert len(set(seen)) == 3


def test_mail_outlives_the_process_when_the_database_is_a_file(tmp_path: Path) -> None:
    path = tmp_path / "sandbox.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        Mailboxes(database).deliver(message())
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        assert [email.order_id for email in Mailboxes(database).emails()] == [ORDER]
