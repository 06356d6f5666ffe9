"""What whoever means harm may send, and what no browser sends: it is refused in words, and costs next to nothing."""

import asyncio
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar._parsers import parse_url_encoded_form_data

from buyerline.app.settings import Settings
from buyerline.app.web.application import make_site
from buyerline.app.web.forms import LARGEST_FORM, MOST_FIELDS, MOST_PARTS
from buyerline.app.web.middleware import KnownHosts
from buyerline.sandbox import GUIDE_ORDER
from tests.app.html import Page
from tests.app.lasting_office import lasting_office, stranger
from tests.app.office import OWNER, PASSWORD, Office, Visitor
from tests.app.premises import Premises
from tests.app.samples import PDF

URL_ENCODED = "application/x-www-form-urlencoded"
MULTI_PART = "multipart/form-data; boundary=xx"


@pytest.fixture(scope="module")
def office(place: Premises) -> Office:
    return place.office


@pytest.fixture(scope="module")
def olga(office: Office) -> Visitor:
    return office.visitor()


def sent(office: Office, body: bytes, kind: str, **headers: str) -> httpx.Response:
    """The answer to a form that somebody sends whom nobody knows."""
    return httpx.post(f"{office.url}/sign-in", content=body, headers={"content-type": kind, **headers}, timeout=30)


def parts(*each: tuple[str, bytes]) -> bytes:
    """A form of parts, each with its headers after the first's beginning."""
    told = [
        b'--xx\r\nContent-Disposition: form-data; name="%s\r\n\r\n%s\r\n' % (head.encode(), body) for head, body in each
    ]
    return b"".join(told) + b"--xx--\r\n"


class TestAForm:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (b"&" * MOST_FIELDS, URL_ENCODED),
            (b"a=" + b"x" * LARGEST_FORM, URL_ENCODED),
            (parts(*[('a"', b"")] * (MOST_PARTS + 1)), MULTI_PART),
        ],
    )
    def test_larger_than_any_that_a_page_sends_is_refused(self, office: Office, body: bytes, kind: str) -> None:
        answer = sent(office, body, kind)
        assert answer.status_code == 413
        assert "That is more than can be taken at once" in Page(answer).text

    def test_is_not_parsed_before_even_where_a_script_sends_its_token(self, office: Office) -> None:
        browser = stranger(office)
        browser.get("/sign-in")
        headers = {"content-type": URL_ENCODED, "x-csrftoken": browser.http.cookies["csrf"]}
        assert browser.http.post("/sign-in", content=b"&" * MOST_FIELDS, headers=headers).status_code == 413

    def test_with_the_longest_text_that_a_draft_keeps_is_taken(self, olga: Visitor) -> None:
        order = f"/orders/shop/{GUIDE_ORDER}"
        page = Page(olga.get(order))
        shown = {name: page.field(name)["value"] for name in ("draft", "version")}
        answer = olga.post(f"{order}/draft", {**shown, "type": "unexpectedProblem", "text": "\U0001f600" * 20_000})
        assert answer.status_code == 303
        assert "\U0001f600" * 20_000 in olga.get(order).text

    def test_is_not_kept_in_memory_with_the_passwords_in_it(self, office: Office) -> None:
        before = parse_url_encoded_form_data.cache_info()
        assert stranger(office).post("/sign-in", {"email": OWNER, "password": PASSWORD}).status_code == 303
        assert parse_url_encoded_form_data.cache_info() == before

    def test_is_in_utf_8_whatever_charset_it_names(self, office: Office) -> None:
        """Some of Python's take hours for a few megabytes."""
        browser = stranger(office)
        browser.get("/sign-in")
        token = browser.http.cookies["csrf"].encode()
        named = 'email"\r\nContent-Type: text/plain; charset=punycode'
        body = parts(('_csrf_token"', token), (named, b"Mnchen-3ya@x.example"), ('password"', b"wrong"))
        answer = browser.http.post("/sign-in", content=body, headers={"content-type": MULTI_PART})
        assert Page(answer).field("email")["value"] == "Mnchen-3ya@x.example"

    @pytest.mark.parametrize(
        ("body", "status"),
        [
            (parts(('email"', b"\xff")), 400),
            (parts(('\xff"', b"x")).replace(b"\xc3\xbf", b"\xff"), 400),
            (parts(('email"', b"a\x00b")), 400),
            (parts(('email"', b"a"))[:-4], 400),
            (b"--xx", 400),
            (parts(('email"\r\nContent-Type: text/plain; charset=foo', b"a")), 403),
            (parts(('_csrf_token"; filename="t"', b"a" * 128)), 403),
            (parts(('_csrf_token"', b"a"), ('_csrf_token"', b"b")), 403),
        ],
    )
    def test_that_cannot_be_read_is_refused_in_words(self, office: Office, body: bytes, status: int) -> None:
        browser = stranger(office)
        browser.get("/sign-in")
        answer = browser.http.post("/sign-in", content=body, headers={"content-type": MULTI_PART})
        assert answer.status_code == status
        assert "send it once more" in Page(answer).text

    def test_closes_the_files_that_came_with_it(self, office: Office) -> None:
        """A file that was left open would be a warning, which is an error in tests."""
        body = parts(('file"; filename="large.pdf"', PDF + b"x" * 2_000_000))
        assert sent(office, body, MULTI_PART).status_code == 403
        assert sent(office, body[:-4], MULTI_PART).status_code == 400

    def test_that_is_too_large_is_taken_to_its_end_before_it_is_refused(self, office: Office) -> None:
        """A browser that cannot send everything shows a broken connection, and no page."""
        chunks = [b"x" * 1_000_000] * 20
        answered: list[tuple[int, int]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": chunks.pop(), "more_body": bool(chunks)}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                answered.append((message["status"], len(chunks)))

        headers = {"host": "127.0.0.1", "content-type": MULTI_PART, "content-length": "20000000"}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/sign-in",
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        site: Any = make_site(office.services)
        asyncio.run(site(scope, receive, send))
        assert answered == [(413, 0)]


class TestAHost:
    MALFORMED = ("[", "[::1", "127.0.0.1:99999", "127.0.0.1:abc", "evil@127.0.0.1", "127.0.0.1/..", "127.0.0.1#x")

    @pytest.mark.parametrize("host", MALFORMED)
    def test_that_is_none_is_not_the_apps(self, office: Office, host: str) -> None:
        answer = httpx.get(f"{office.url}/sign-in", headers={"host": host})
        assert answer.status_code == 421
        assert "content-security-policy" in answer.headers

    def test_that_is_none_is_nobodys_where_every_other_will_do(self) -> None:
        """As on all addresses of a machine, while nobody has said under which people reach it."""
        assert [self.let_in(host) for host in self.MALFORMED] == [False] * len(self.MALFORMED)
        assert [self.let_in(host) for host in ("messages.example.com", "192.0.2.1:8700", "[2001:db8::1]:8700")] == [
            True
        ] * 3

    @staticmethod
    def let_in(host: str) -> bool:
        """Whether a request for this host comes in."""
        came, scope = [], {"type": "http", "path": "/", "headers": [(b"host", host.encode())]}

        async def app(*_: object) -> None:
            came.append(host)

        async def send(_: Any) -> None:
            pass

        asked: Any = KnownHosts(app, Settings(host="0.0.0.0"))
        asyncio.run(asked(scope, None, send))
        return bool(came)


class TestWhereToGoAfterSigningIn:
    NONE = ("/orders?q=日本", "/日本", "//[x", "//℀/", "/\\evil.example", "/a\u202e", "/a\r\nb")

    @pytest.mark.parametrize("wanted", NONE)
    def test_is_the_orders_where_it_is_no_path_of_the_app(self, office: Office, wanted: str) -> None:
        browser = stranger(office)
        assert browser.http.get("/sign-in", params={"next": wanted}).status_code == 200
        entered = browser.post("/sign-in", {"email": OWNER, "password": PASSWORD, "next": wanted})
        assert (entered.status_code, entered.headers["location"]) == (303, "/orders")
        assert browser.http.get("/sign-in", params={"next": wanted}).headers["location"] == "/orders"

    def test_is_what_somebody_asked_for_in_any_alphabet(self, office: Office) -> None:
        browser = stranger(office)
        to_sign_in = browser.http.get("/orders", params={"q": "日本"}).headers["location"]
        wanted = Page(browser.get(to_sign_in)).field("next")["value"]
        entered = browser.post("/sign-in", {"email": OWNER, "password": PASSWORD, "next": wanted})
        assert httpx.URL(entered.headers["location"]).params["q"] == "日本"


class TestAnAddress:
    def test_of_a_file_whose_number_no_database_holds_has_nothing(self, place: Premises, olga: Visitor) -> None:
        own = place.fill("/outbox/{message_id:str}/files/{position:int}")
        assert olga.get(own).status_code == 200
        for number in ("9" * 25, "-1", str(2**63)):
            assert olga.get(re.sub(r"\d+$", number, own)).status_code in (400, 404), number

    def test_with_a_character_that_no_database_keeps_has_nothing(self, postgres_url: str, tmp_path: Path) -> None:
        with lasting_office(tmp_path, database=postgres_url) as office:
            olga = office.visitor()
            named = ("/accounts/{}", "/orders/shop/{}", "/orders/{}/x", "/approvals/{}/files/x", "/outbox/{}")
            for address in (
                *named,
                "/outbox/timeline/{}/x",
                "/outbox?account={}",
                "/outbox.csv?account={}",
                "/accounts/connect?again={}",
            ):
                assert olga.get(address.format("%00")).status_code == 404, address
            for form in ({"account": "\x00"}, {"account": "shop", "order": "\x00"}):
                assert olga.post("/orders/look", form).status_code == 400, form
