"""The inbox over HTTP, as a browser and as a test reads it."""

import email
import email.policy
import html
import re
from html.parser import HTMLParser

import pytest

from buyerline.sandbox.mailboxes import Mailboxes
from buyerline.sandbox.smtp import Relay
from tests.sandbox_inbox.messages import ORDER, PDF, PNG, file, message
from tests.sandbox_inbox.serving import Inbox

OTHER_ORDER = "302-4471029-5512345"
PAGES = ["/inbox", "/inbox?q=colour", "/inbox?q=none", "/inbox?mailbox=", "/inbox/{id}", "/inbox/0", "/inbox/999999"]
VIEWS = ["message", "text", "headers", "source"]


class Page(HTMLParser):
    """The tags of a page, with their attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attributes}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def links(self, tag: str, attribute: str) -> list[str]:
        return [attributes[attribute] for name, attributes in self.tags if name == tag and attribute in attributes]


def newest(inbox: Inbox) -> int:
    identifier: int = inbox.get("/inbox/latest.json").json["id"]
    return identifier


def policy(answer_headers: dict[str, str]) -> set[str]:
    return set(answer_headers["content-security-policy"].split("; "))


def test_an_empty_inbox_tells_how_to_send_a_first_message(inbox: Inbox) -> None:
    text = Page(inbox.get("/inbox").text).text
    assert f'buyerline send {ORDER} confirmOrderDetails --text "' in text
    assert "Sandbox: nothing leaves this machine" in text


def test_the_first_page_has_mailboxes_messages_and_the_newest_message(inbox: Inbox) -> None:
    inbox.deliver(message(order_id=OTHER_ORDER), message(text="And <green>?"))
    answer = inbox.get("/inbox")
    page = Page(answer.text)
    assert answer.status == 200
    assert [attributes["id"] for _, attributes in page.tags if attributes.get("class", "").startswith("pane ")] == [
        "mailboxes",
        "messages",
        "message",
    ]
    assert ORDER in page.text
    assert OTHER_ORDER in page.text
    assert "And <green>?" in page.text
    assert page.links("iframe", "src") == [f"/inbox/{newest(inbox)}/message.html"]


def test_a_mailbox_shows_its_own_mail_only(inbox: Inbox) -> None:
    inbox.deliver(message(), message(order_id=OTHER_ORDER, text="Another buyer"))
    address = inbox.get(f"/inbox/latest.json?order={ORDER}").json["mailbox"]
    messages = inbox.get(f"/inbox?mailbox={address}").text.partition('id="messages"')[2]
    assert "Which colour" in messages
    assert "Another buyer" not in messages


def test_search_finds_and_says_when_it_does_not(inbox: Inbox) -> None:
    inbox.deliver(message(), message(text="Something else", attachments=(file("Größe.pdf"),)))
    found = inbox.get("/inbox?q=gr%C3%96SSE").text.partition('id="messages"')[2]
    assert "Something else" in found
    assert "Which colour" not in found
    assert "No email has all of these words" in inbox.get("/inbox?q=mauve").text


def test_a_long_list_goes_on_with_older_messages(inbox: Inbox) -> None:
    inbox.deliver(*(message(text=f"number {number}.") for number in range(60)))
    older = re.compile('href="([^"]+)">Older messages')
    first = inbox.get("/inbox?mailbox=").text
    link = older.search(first)
    assert link is not None
    second = inbox.get(html.unescape(link[1])).text
    assert older.search(second) is None
    assert all(f"number {number}." in first + second for number in range(60))


@pytest.mark.parametrize("view", VIEWS)
def test_an_email_is_one_click_from_each_of_its_forms(inbox: Inbox, view: str) -> None:
    inbox.deliver(message())
    number = newest(inbox)
    source = inbox.get(f"/inbox/{number}?view={view}").text
    links = Page(source).links("a", "href")
    assert f"/inbox/{number}/message.eml" in links
    assert {f"/inbox/{number}"} | {f"/inbox/{number}?view={other}" for other in VIEWS[1:]} <= set(links)
    shown = {
        "message": "<iframe",
        "text": "Which colour would you like?\n\n--",
        "headers": '<th scope="row">X-Buyerline-Order</th>',
        "source": "X-Buyerline-Order: 902-6786204-8179805\r\n",
    }
    assert shown[view] in source


def test_a_huge_source_is_cut_and_the_whole_is_a_link_away(inbox: Inbox) -> None:
    inbox.deliver(message(attachments=(file("big.pdf", PDF * 20_000),)))
    number = newest(inbox)
    page = inbox.get(f"/inbox/{number}?view=source")
    assert len(page.body) < 150_000
    assert f"/inbox/{number}/source.txt" in page.text
    assert len(inbox.get(f"/inbox/{number}/source.txt").body) > 500_000


def test_the_eml_file_is_the_email(inbox: Inbox) -> None:
    inbox.deliver(message())
    answer = inbox.get(f"/inbox/{newest(inbox)}/message.eml")
    assert answer.headers["content-type"] == "message/rfc822"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert email.message_from_bytes(answer.body, policy=email.policy.default)["X-Buyerline-Order"] == ORDER


def test_the_html_version_may_do_nothing_but_look_like_itself(inbox: Inbox) -> None:
    inbox.deliver(message(text="<script>alert(1)</script>"))
    answer = inbox.get(f"/inbox/{newest(inbox)}/message.html")
    assert {"default-src 'none'", "sandbox", "frame-ancestors 'self'"} <= policy(answer.headers)
    assert "script" not in [tag for tag, _ in Page(answer.text).tags]
    frame = next(
        attributes for tag, attributes in Page(inbox.get(f"/inbox/{newest(inbox)}").text).tags if tag == "iframe"
    )
    assert frame["sandbox"] == ""


@pytest.mark.parametrize("path", PAGES + [f"/inbox/{{id}}?view={view}" for view in VIEWS])
def test_no_page_holds_script_or_style_or_asks_another_host(inbox: Inbox, path: str) -> None:
    inbox.deliver(message(text="https://evil.example/ <img src=https://evil.example/x.png onerror=alert(1)>"))
    answer = inbox.get(path.format(id=newest(inbox)))
    page = Page(answer.text)
    assert {"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"} <= policy(
        answer.headers
    )
    assert answer.headers["x-content-type-options"] == "nosniff"
    for tag, attributes in page.tags:
        assert tag != "style"
        assert tag != "script" or attributes["src"].startswith("/inbox/static/")
        assert not [name for name in attributes if name == "style" or name.startswith("on")]
        for name in ("src", "href", "action"):
            assert attributes.get(name, "/").startswith("/")


def test_what_a_page_links_is_there(inbox: Inbox) -> None:
    inbox.deliver(message(attachments=(file("a.pdf", PDF),)))
    page = Page(inbox.get("/inbox").text)
    links = {
        *page.links("a", "href"),
        *page.links("link", "href"),
        *page.links("script", "src"),
        *page.links("iframe", "src"),
    }
    assert "/inbox/static/tokens.css" in links
    assert {link: inbox.get(link).status for link in links} == dict.fromkeys(links, 200)


@pytest.mark.parametrize(
    ("content_type", "shown_as"),
    [
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
        ("image/jpeg", "image/jpeg"),
        ("image/gif", "image/gif"),
        ("text/plain", "text/plain; charset=utf-8"),
        ("text/plain; charset=utf-16", "text/plain; charset=utf-8"),
    ],
)
def test_harmless_files_open_sealed_off(inbox: Inbox, content_type: str, shown_as: str) -> None:
    inbox.deliver(message(attachments=(file("見本 1.bin", PNG, content_type),)))
    answer = inbox.get(f"/inbox/{newest(inbox)}/files/1")
    assert answer.body == PNG
    assert answer.headers["content-type"] == shown_as
    assert (
        answer.headers["content-disposition"]
        == "inline; filename=\"__ 1.bin\"; filename*=UTF-8''%E8%A6%8B%E6%9C%AC%201.bin"
    )
    assert policy(answer.headers) == {"default-src 'none'", "sandbox"}
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "content_type", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript", "odd"]
)
def test_what_could_hold_a_script_is_only_saved(inbox: Inbox, content_type: str) -> None:
    inbox.deliver(message(attachments=(file("x.html", b"<script>alert(1)</script>", content_type),)))
    answer = inbox.get(f"/inbox/{newest(inbox)}/files/1")
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-type"] == "application/octet-stream"


def test_a_file_name_cannot_add_to_the_answers_headers(inbox: Inbox) -> None:
    inbox.deliver(message(attachments=(file('a"; x=y\r\nX-Evil: 1\r\n\r\n.pdf'),)))
    answer = inbox.get(f"/inbox/{newest(inbox)}/files/1")
    assert answer.body == b"content"
    assert "x-evil" not in answer.headers


def test_latest_is_the_newest_email_whole(inbox: Inbox) -> None:
    inbox.deliver(
        message(attachments=(file("invoice.pdf", PDF),), type="invoice"), message(order_id=OTHER_ORDER, text="Later")
    )
    assert inbox.get("/inbox/latest.json").json["order_id"] == OTHER_ORDER
    found = inbox.get(f"/inbox/latest.json?order={ORDER}&type=invoice&q=colour").json
    assert found["subject"] == f"The invoice for your order {ORDER}"
    assert found["received_at"] == "2026-11-03T12:04:31Z"
    assert found["headers"]["X-Buyerline-Request-Id"] == "6875f61f-9c01"
    assert "Which colour would you like?" in found["text"]
    assert "Which colour would you like?" in found["html"]
    (attachment,) = found["attachments"]
    assert (attachment["file_name"], attachment["content_type"], attachment["size"]) == (
        "invoice.pdf",
        "application/pdf",
        len(PDF),
    )
    assert inbox.get(attachment["url"]).body == PDF
    assert inbox.get(f"/inbox/{found['id']}/email.json").json == found


def test_lists_are_there_as_json(inbox: Inbox) -> None:
    inbox.deliver(message(), message(), message(order_id=OTHER_ORDER))
    listed = inbox.get(f"/inbox/emails.json?order={ORDER}&limit=1").json["emails"]
    older = inbox.get(f"/inbox/emails.json?order={ORDER}&before={listed[0]['id']}").json["emails"]
    assert [email["order_id"] for email in listed + older] == [ORDER, ORDER]
    counts = {
        mailbox["order_id"]: mailbox["emails"] for mailbox in inbox.get("/inbox/mailboxes.json").json["mailboxes"]
    }
    assert counts == {ORDER: 2, OTHER_ORDER: 1}


def test_an_open_page_learns_of_new_mail(inbox: Inbox) -> None:
    inbox.deliver(message())
    page = Page(inbox.get("/inbox").text)
    shown = next(attributes["data-revision"] for tag, attributes in page.tags if tag == "main")
    assert str(inbox.get("/inbox/revision.json").json["revision"]) == shown
    inbox.deliver(message())
    assert str(inbox.get("/inbox/revision.json").json["revision"]) != shown


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/inbox/999999", 404, "There is no email 999999."),
        ("/inbox/999999/message.eml", 404, "There is no email 999999."),
        ("/inbox/99999999999999999999999", 400, "email_id: "),
        ("/inbox?before=yesterday", 400, "before: "),
        ("/inbox/1?view=upside-down", 400, "view: "),
        ("/inbox/static/nothing.css", 404, "There is no file nothing.css here; there are icon.svg, inbox.css"),
    ],
)
def test_a_page_that_cannot_be_shown_says_why_and_leads_back(inbox: Inbox, path: str, status: int, words: str) -> None:
    answer = inbox.get(path)
    assert answer.status == status
    assert words in Page(answer.text).text
    assert '<a class="button" href="/inbox">' in answer.text


@pytest.mark.parametrize("path", ["../inbox.py", "%2e%2e/inbox.py", "%2e%2e%2finbox.py", "", "."])
def test_static_files_are_those_of_the_folder_alone(inbox: Inbox, path: str) -> None:
    assert inbox.get(f"/inbox/static/{path}").status == 404


def test_json_problems_are_json(inbox: Inbox) -> None:
    nothing, nonsense = inbox.get("/inbox/latest.json"), inbox.get("/inbox/emails.json?limit=0")
    assert (nothing.status, nonsense.status) == (404, 400)
    assert nothing.json["error"].startswith("No such email has come.")
    assert nonsense.json["error"].startswith("limit: ")


def test_a_file_that_an_email_does_not_have_is_not_found(inbox: Inbox) -> None:
    inbox.deliver(message(attachments=(file("a.pdf"),)))
    for number in (0, 2):
        answer = inbox.get(f"/inbox/{newest(inbox)}/files/{number}")
        assert answer.status == 404
        assert f"has no file {number}; it has 1" in answer.text


def test_the_page_says_where_emails_are_sent_on_to_and_what_failed(inbox: Inbox) -> None:
    relay = Relay("mail.example", 2525)
    relay.failures[7] = "the server answered 554 no"

    def send_on(mailboxes: Mailboxes) -> None:
        mailboxes.relay = relay

    inbox.on_server(send_on)
    text = Page(inbox.get("/inbox").text).text
    assert "Sandbox: every email is also sent on to mail.example, port 2525" in text
    assert "nothing leaves this machine" not in text
    assert "1 email was not sent on to mail.example." in text
    assert "the server answered 554 no" in text
