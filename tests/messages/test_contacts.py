"""Email addresses, phone numbers, links and HTML are found however they are written, and found at their place."""

import pytest

from buyerline.messages.links import ALLOWED
from buyerline.messages.text import TextLimits, check_text
from tests.messages.disguises import wide

STRICT = TextLimits(min_length=1, max_length=2000, links=False)
LINKS_ALLOWED = TextLimits(min_length=1, max_length=2000, links=True)

EMAILS = [
    "john@example.com",
    "john.smith+orders@mail.example.co.uk",
    "JOHN@EXAMPLE.COM",
    "john-smith@example.museum",
    "info@müller.de",
    "info@xn--mller-kva.de",
    "info@example.xn--p1ai",
    "почта@пример.рф",
    "山田@例え.jp",
    "john@exam\u00adple.com",
    "jo\u200bhn@exam\u200bple.com",
    wide("john@example.com"),
    "john @ gmail.com",
    "john@ gmail.com",
    "john (at) example.com",
    "john(at)example(dot)com",
    "john [at] example [dot] com",
    "john {at} example {dot} co {dot} uk",
    "john <at> example.com",
    "john (AT) example . com",
    "john at example dot com",
    "john at mail dot example dot com",
    "max (ät) beispiel (punkt) de",
    "max at beispiel punkt de",
    "juan arroba ejemplo punto com",
    "juan (arroba) ejemplo.es",
    "jean arobase exemple point fr",
    "mario chiocciola esempio punto it",
    "john@example (dot) com",
    "yamada (アット) example.jp",
]


@pytest.mark.parametrize("address", EMAILS)
@pytest.mark.parametrize("sentence", ["{}", "Write to {}, please.", "Bitte an: {}!", "メールは{} まで"])
def test_an_email_address_is_found_where_it_stands(address: str, sentence: str) -> None:
    text = sentence.format(address)
    (problem,) = check_text(text, STRICT)
    assert problem.code == "text_email"
    start = text.index(address)
    assert problem.start is not None
    assert problem.end == start + len(address)
    assert problem.start == start or address.startswith(("山", "почта", "yamada")) or "は" in sentence


PHONES = [
    "+49 170 1234567",
    "+4917012345678",
    "+49 (0)170 1234567",
    "+49-(0)170-1234567",
    "(+49) 170 1234567",
    "+44 20 7946 0958",
    "+33 6 12 34 56 78",
    "+33 (0)1 23 45 67 89",
    "+34 612 345 678",
    "+39 333 1234567",
    "+81-90-1234-5678",
    "+1 (555) 123-4567",
    "+1.555.123.4567",
    "+91 98765 43210",
    "+55 11 91234-5678",
    "+86 138 0013 8000",
    "0049 170 1234567",
    "00 44 20 7946 0958",
    "0033 6 12 34 56 78",
    "(555) 123-4567",
    "(555)1234567",
    "(555) 1234567",
    "1 (555)1234567",
    "555-123-4567",
    "555.123.4567",
    "1-800-555-0199",
    "212 555 0199",
    "030 12345678",
    "030 - 12345678",
    "(030) 12345678",
    "0171/1234567",
    "0171 / 12 34 567",
    "01 23 45 67 89",
    "06.12.34.56.78",
    "06-12-34-56-78",
    "020 7946 0958",
    "07911 123456",
    "02 1234 5678",
    "0412 345 678",
    "03-1234-5678",
    "090-1234-5678",
    "0120-123-456",
    "03(1234)5678",
    "070-123 45 67",
    "0 (532) 123 45 67",
    "8 (495) 123-45-67",
    "(11) 91234-5678",
    "11 91234-5678",
    "612 34 56 78",
    "91 234 56 78",
    wide("090-1234-5678"),
    wide("03(1234)5678"),
    "090ー1234ー5678",
    "\u0660\u0663\u0660-\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668",
    "0\ufe0f\u20e31\ufe0f\u20e37\ufe0f\u20e31 1234567",
    "030\u2013123\u2011456\u00a078",
]


@pytest.mark.parametrize("number", PHONES)
@pytest.mark.parametrize("sentence", ["{}", "Call {}.", "Ihre Anfrage: {}!", "ご連絡は{}です", "1) {}"])
def test_a_phone_number_is_found_where_it_stands(number: str, sentence: str) -> None:
    text = sentence.format(number)
    (problem,) = check_text(text, STRICT)
    assert problem.code == "text_phone"
    assert text[problem.start : problem.end].strip("()") == number.strip("()")


@pytest.mark.parametrize(
    "text",
    [
        "Tel.: 1234567",
        "Tel 12345678",
        "Telefonnummer: 1701234567",
        "phone: 5551234567",
        "My phone number is 5551234567.",
        "Please call us at 5551234567",
        "Contact us on 5551234567",
        "You can reach me at 5551234567",
        "WhatsApp 5551234567",
        "Fax no. 5551234567",
        "Rufen Sie uns an unter 01701234567",
        "Sie erreichen uns unter 01701234567",
        "Handynummer 01701234567",
        "Tél. : 0612345678",
        "Appelez-nous au 0612345678",
        "Teléfono: 612345678",
        "Llámenos al 612345678",
        "Telefono 3331234567",
        "Chiamateci al 3331234567",
        "電話番号は09012345678です",
        "09012345678までお電話ください",
        "お店のTEL0312345678",
        "TEL:0312345678",
        "About your order: phone 5551234567",
        "Customer service 555-123-4567",
        "Kundenservice 030 1234567",
        "Service client 01 23 45 67 89",
    ],
)
def test_a_bare_number_that_is_called_a_phone_number_is_one(text: str) -> None:
    assert [problem.code for problem in check_text(text, STRICT)] == ["text_phone"]


def test_two_phone_numbers_are_two_places() -> None:
    text = "0171 1234567 / 0172 7654321"
    (problem,) = check_text(text, STRICT)
    assert text[problem.start : problem.end] == "0171 1234567"
    assert [text[start:end] for start, end in problem.also] == ["0172 7654321"]


LINKS = [
    "http://example.com",
    "https://example.com",
    "HTTPS://EXAMPLE.COM/A?b=c#d",
    "ftp://example.com/file",
    "www.example.com",
    "www.example.it",
    "WWW.EXAMPLE.IT",
    "example.com",
    "example.de",
    "shop.example.com/path",
    "example.co.uk",
    "shop.example.it/prodotto",
    "shop.example.it",
    "example.it/prodotto",
    "example.com:8080/x",
    "example.com?a=b",
    "bit.ly/2abc",
    "t.co/abc",
    "wa.me/491701234",
    "MYSHOP.COM",
    "meinladen.de/agb",
    "https://müller.de/",
    "müller-shop.de",
    "amazon.de/dp/B08N5WRWNW",
    "sellercentral.amazon.com",
    wide("https://example.com"),
    wide("www.example.com"),
    "https://exam\u200bple.com",
    "http://[::1]/",
    "http://[broken",
]


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("sentence", ["{}", "See {}, please.", "(Siehe {})", "詳細は {} をご覧ください"])
def test_a_link_is_found_where_it_stands(link: str, sentence: str) -> None:
    text = sentence.format(link)
    (problem,) = check_text(text, STRICT)
    assert problem.code == "text_link"
    assert problem.start == text.index(link)
    assert problem.end in {problem.start + len(link), problem.start + len(link) + 1}


def test_a_domain_ends_where_the_next_sentence_starts_without_a_space() -> None:
    text = "Visit example.com.Thank you"
    (problem,) = check_text(text, STRICT)
    assert text[problem.start : problem.end] == "example.com"


def test_a_link_ends_where_a_japanese_sentence_goes_on() -> None:
    text = "詳細はhttps://facebook.com/aをご覧ください"
    (problem,) = check_text(text, LINKS_ALLOWED)
    assert text[problem.start : problem.end] == "https://facebook.com/a"
    assert "social network" in problem.message


@pytest.mark.parametrize("brand", ["Amazon.com", "amazon.de", "AMAZON.DE", "www.amazon.co.uk", "Amazon.com.Thank you"])
def test_amazons_own_name_is_not_a_link(brand: str) -> None:
    assert check_text(f"Thank you for your order on {brand}", STRICT) == []


@pytest.mark.parametrize(
    "link",
    [
        "https://www.example.com/track?id=1Z999AA10123456784",
        "https://example.co.uk",
        "https://müller.de/manual.pdf",
        "https://www.amazon.de/gp/help",
        "https://example.com:8443/a",
    ],
)
def test_an_https_link_passes_where_links_are_allowed(link: str) -> None:
    assert check_text(f"Your manual: {link}.", LINKS_ALLOWED) == []


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("http://example.com", "https://"),
        ("www.example.com", "https://"),
        ("shop.example.com/path", "https://"),
        ("ftp://example.com", "https://"),
        ("https://bit.ly/abc", "shortened"),
        ("https://www.tinyurl.com/abc", "shortened"),
        ("t.co/abc", "shortened"),
        ("https://www.facebook.com/shop", "social network"),
        ("https://m.facebook.com/shop", "social network"),
        ("https://user:secret@example.com/", "password"),
        ("https://example.com@evil.org/", "password"),
        ("https://192.168.0.1/", "number"),
        ("https://3232235521/", "number"),
        ("https://0xC0A80001/", "number"),
        ("https://[2001:db8::1]/", "number"),
        ("https://localhost/", "complete"),
        ("https://[broken", "complete"),
        ("https://?", "complete"),
    ],
)
def test_other_links_are_refused_with_the_reason_where_links_are_allowed(link: str, reason: str) -> None:
    (problem,) = check_text(f"See {link}", LINKS_ALLOWED)
    assert problem.code == "text_link"
    assert reason in problem.message.removesuffix(ALLOWED)


HTML = [
    "<b>", "</b>", "<br>", "<br/>", "<br />", "<BR>", '<a href="x">', "<p\nclass=x>", "<img src=x", "<!-- note",
    "<!DOCTYPE html", "<script>", "<h1>", "&nbsp;", "&amp;", "&lt;", "&#39;", "&#x27;", "&euro;", "<![CDATA[",
    "<svg/onload=x>", "<b/ >", "<b / >", "<img/src=x", "<p\thidden>", "<script async src=x>", "<td nowrap>",
    "<INPUT Disabled/>", "<a @click=x>", "<div data-id='1'>", "</p >",
    "<br clear = all>", '<a title href="x">',
]  # fmt: skip


@pytest.mark.parametrize("markup", HTML)
def test_html_is_found_where_it_stands(markup: str) -> None:
    text = f"Dear buyer, {markup}"
    (problem,) = check_text(text, STRICT)
    assert (problem.code, problem.start) == ("text_html", 12)


@pytest.mark.parametrize(
    "text",
    [
        "a < b and c > d", "a<b", "b>a", "<3", "5 <6", "5<6>4", "<-", "->", "<>", "< b >", "<your name>", "<Name>",
        "<p.m.>", "<insert colour>", "x<y>z", "R&D", "R&D;", "Q&A;", "AT&T", "&", "&;", "&#;", "&# 39;", "&nbsp",
        "if (a<c && b>d)", "x<b and c>d", "x<b or c>d", "a<b && c>d", "a<b/c>d", "a<p - c>d", "<Small or large>",
        "<title of the book>", "&copy 2026", "{b}", "[b]", "*bold*", wide("<b>"),
    ],
)  # fmt: skip
def test_what_only_looks_like_html_passes(text: str) -> None:
    assert check_text(text, STRICT) == []
