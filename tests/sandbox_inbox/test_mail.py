"""The email to the buyer, as a mail program reads it."""

import email
import email.policy
import re
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.sandbox.ledger import AcceptedMessage
from buyerline.sandbox.mail import compose
from buyerline.sandbox.words import languages, words_of
from tests.sandbox_inbox.messages import ORDER, PDF, PNG, file, message

TYPES = [
    "confirmCustomizationDetails",
    "confirmDeliveryDetails",
    "legalDisclosure",
    "confirmOrderDetails",
    "confirmServiceDetails",
    "warranty",
    "digitalAccessKey",
    "unexpectedProblem",
    "invoice",
    "negativeFeedbackRemoval",
    "amazonMotors",
]
LOCALES = ["en-US", "de-DE", "fr-FR", "es-MX", "pt-BR", "it-IT", "ja-JP"]


def received(sent: AcceptedMessage) -> EmailMessage:
    """The email as it comes out of its bytes."""
    read = email.message_from_bytes(compose(sent).as_bytes(), policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    return read


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def files(mail: EmailMessage) -> list[tuple[str, object]]:
    """Names, with the spaces around them, and contents of the attached files."""
    return [
        (part["Content-Disposition"].params["filename"], part.get_payload(decode=True))
        for part in mail.iter_attachments()
    ]


def test_it_comes_from_the_seller_through_amazon_and_goes_to_the_relay_address_of_the_order() -> None:
    mail = received(message())
    sender, recipient = mail["From"].addresses[0], mail["To"].addresses[0]
    assert sender.display_name == "Harrow & Lake - Amazon Marketplace"
    assert sender.domain == "marketplace.amazon.example"
    assert recipient.domain == "buyers.sandbox.example"
    assert ORDER not in str(mail["To"])


def test_an_order_keeps_its_address_and_another_has_another() -> None:
    first, again, other = (
        received(message(id="1")),
        received(message(id="2")),
        received(message(order_id="902-0000000-0000001")),
    )
    assert first["To"] == again["To"] != other["To"]
    assert first["Message-ID"] != again["Message-ID"]


def test_its_headers_say_what_it_is() -> None:
    mail = received(message(locale="de-DE", type="invoice", attachments=(file("invoice.pdf"),)))
    assert mail["X-Buyerline-Order"] == ORDER
    assert mail["X-Buyerline-Type"] == "invoice"
    assert mail["X-Buyerline-Marketplace"] == "ATVPDKIKX0DER"
    assert mail["X-Buyerline-Request-Id"] == "6875f61f-9c01"
    assert mail["Content-Language"] == "de-DE"
    assert mail["Date"].datetime == datetime(2026, 11, 3, 12, 4, 31, tzinfo=UTC)


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("type_", TYPES)
def test_every_type_speaks_the_buyers_language(type_: str, locale: str) -> None:
    mail = received(message(type=type_, locale=locale, text=None))
    words = words_of(locale[:2]).types[type_]
    assert str(mail["Subject"]).removeprefix("[Important] ") == words.subject.format(order=ORDER)
    opening = words.opening.format(seller="Harrow & Lake")
    assert opening in body(mail, "plain")
    assert opening.replace("&", "&amp;").replace("'", "&#39;") in body(mail, "html")


def test_no_language_shares_its_words_with_another() -> None:
    for type_ in TYPES:
        assert len({words_of(language).types[type_].subject for language in languages()}) == len(languages())


@pytest.mark.parametrize("locale", ["sv-SE", "ar-EG", "", "xx", "-"])
def test_a_language_without_words_gets_english_ones(locale: str) -> None:
    assert received(message(locale=locale))["Subject"] == f"A question about your order {ORDER}"


def test_a_type_without_words_is_a_message_about_the_order() -> None:
    assert received(message(type="somethingNew"))["Subject"] == f"A message about your order {ORDER}"


@pytest.mark.parametrize("type_", TYPES)
def test_only_what_reaches_buyers_who_opted_out_is_marked_important(type_: str) -> None:
    important = str(received(message(type=type_))["Subject"]).startswith("[Important] ")
    assert important == (type_ in {"unexpectedProblem", "legalDisclosure"})


@pytest.mark.parametrize(
    ("locale", "start", "end"),
    [
        ("en-US", "Coverage starts: 2026-11-03", "Coverage ends: 2028-02-01"),
        ("de-AT", "Garantie ab: 03.11.2026", "Garantie bis: 01.02.2028"),
        ("ja-JP", "保証開始日: 2026年11月03日", "保証終了日: 2028年02月01日"),
    ],
)
def test_a_warranty_shows_its_dates_as_the_buyer_writes_them(locale: str, start: str, end: str) -> None:
    warranty = message(
        type="warranty",
        text=None,
        locale=locale,
        coverage_start=datetime(2026, 11, 3, tzinfo=UTC),
        coverage_end=datetime(2028, 2, 1, tzinfo=UTC),
        attachments=(file("warranty.pdf"),),
    )
    text = body(received(warranty), "plain")
    assert start in text
    assert end in text


def test_html_keeps_lines_and_shows_markup_as_text() -> None:
    html = body(received(message(text="<b>slate</b>\nor sand & co?")), "html")
    assert "&lt;b&gt;slate&lt;/b&gt;<br>or sand &amp; co?" in html


def test_arabic_is_written_from_right_to_left() -> None:
    assert '<p class="message" dir="rtl" lang="ar-EG">مرحبا</p>' in body(
        received(message(locale="ar-EG", text="مرحبا")), "html"
    )


def test_files_keep_type_name_and_bytes() -> None:
    sent = message(attachments=(file("Rechnung Nr. 7.pdf", PDF), file("見本.png", PNG, "image/png")))
    mail = received(sent)
    assert files(mail) == [("Rechnung Nr. 7.pdf", PDF), ("見本.png", PNG)]
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf", "image/png"]


@pytest.mark.parametrize(
    "content_type", ["", "nonsense", "message/rfc822", "multipart/mixed; boundary=x", "text/html\r\nX-Evil: 1", "a/b c"]
)
def test_a_type_that_is_none_or_would_be_read_as_mail_becomes_plain_bytes(content_type: str) -> None:
    mail = received(message(attachments=(file("a.bin", b"From: x\r\n\r\ny", content_type),)))
    (part,) = mail.iter_attachments()
    assert part.get_content_type() == "application/octet-stream"
    assert files(mail) == [("a.bin", b"From: x\r\n\r\ny")]


@pytest.mark.parametrize(
    "seller",
    [
        "株式会社サンプルストア東京本店オンラインショップ公式",
        "Bücher & Mehr GmbH, München — Fachhändler für schöne Dinge seit 1898",
        'O\'Neil "Quality" (Shop), Ltd. <info>',
        "A very long name of a shop that sells everything there is under the sun and a little more than that",
    ],
)
def test_a_sellers_name_survives_whatever_it_is_made_of(seller: str) -> None:
    """Read as RFC 2047 has it; `email.policy.default` puts a space into long names of several encoded words."""
    raw = compose(message(seller=seller)).as_bytes()
    name, address = parseaddr(str(email.message_from_bytes(raw)["From"]))
    assert str(make_header(decode_header(name))).replace("\r\n", "") == f"{seller} - Amazon Marketplace"
    assert address.endswith("@marketplace.amazon.example")


# The sandbox refuses control characters other than line ends and tabs in a text.
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], include_characters="\r\n\t"), max_size=2_000)
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), min_size=1, max_size=200)
printable_names = names.filter(lambda name: "=?" not in name)


@settings(max_examples=100, deadline=None)
@given(text=texts, locale=st.sampled_from([*LOCALES, "ar-EG"]))
def test_any_text_is_found_again(text: str, locale: str) -> None:
    found = body(received(message(text=text, locale=locale)), "plain")
    assert re.sub("\r\n?", "\n", text) in found


@settings(max_examples=100, deadline=None)
@given(sent=st.lists(st.tuples(printable_names, st.binary(max_size=300)), max_size=5))
def test_any_file_is_found_again_with_its_name(sent: list[tuple[str, bytes]]) -> None:
    mail = received(message(attachments=tuple(file(name, content) for name, content in sent)))
    assert files(mail) == sent


wild = st.text(max_size=120) | st.sampled_from(
    ["x\r\nBcc: a@b.example", "x\n\n<script>", '"\r\n\r\n', "=?utf-8?q?=0D=0A?="]
)


@settings(max_examples=100, deadline=None)
@given(seller=wild, item=wild, name=wild, locale=wild, order=wild, request=wild, content_type=wild)
def test_nothing_wild_adds_a_header_or_breaks_the_format(
    seller: str, item: str, name: str, locale: str, order: str, request: str, content_type: str
) -> None:
    sent = message(
        seller=seller,
        item=item,
        locale=locale,
        order_id=order,
        request_id=request,
        attachments=(file(name, PDF, content_type),),
    )
    raw = compose(sent).as_bytes()
    raw.decode("ascii")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    assert set(mail.keys()) == set(received(message(attachments=(file("a.pdf"),))).keys())
    assert not [part.defects for part in mail.walk() if part.defects]
    assert [content for _, content in files(received(sent))] == [PDF]
