"""What keeps strangers out: each promise about cookies, forms, answers and signing in, as a browser meets it.

Who may see and do what, once signed in, is in `test_security_rights`.
"""

import base64
import json
import re
from collections.abc import Iterator
from http.cookies import Morsel, SimpleCookie

import httpx
import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.app.settings import Settings
from buyerline.app.signing_in import OF_ADDRESS, OF_EMAIL
from buyerline.app.web.middleware import POLICY
from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody, stranger
from tests.app.office import OWNER, PASSWORD, Office, Visitor
from tests.app.premises import STREAMS, Premises
from tests.databases import free_port

PUBLIC_URL = "https://messages.example.com"
FORMS = re.compile(r"form-action [^;]*;")
"""Where a page's forms may lead: one of them leads to Amazon's consent page."""

SCRIPTED = re.compile(r"on\w+")
TOKEN = re.compile(r"[0-9a-f]{128}")


@pytest.fixture(scope="module")
def office(place: Premises) -> Office:
    return place.office


@pytest.fixture(scope="module")
def olga(office: Office) -> Visitor:
    return office.visitor()


@pytest.fixture(scope="module")
def behind_tls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office that people reach by https."""
    with lasting_office(tmp_path_factory.mktemp("tls"), public_url=PUBLIC_URL, port=free_port()) as made:
        yield made


def listening(office: Office) -> str:
    """Where an office listens, whatever the address that people type."""
    return f"http://127.0.0.1:{office.services.settings.port}"


def cookies_of(answer: httpx.Response) -> "dict[str, Morsel[str]]":
    """The cookies that an answer sets."""
    cookies: SimpleCookie = SimpleCookie()
    for line in answer.headers.get_list("set-cookie"):
        cookies.load(line)
    return dict(cookies)


def without_tokens(answer: httpx.Response) -> str:
    """A page without what is different each time."""
    return TOKEN.sub("", answer.text)


class TestCookies:
    def test_are_kept_from_scripts_and_from_other_sites(self, office: Office) -> None:
        browser = stranger(office)
        asked = browser.get("/sign-in")
        entered = browser.post("/sign-in", {"email": OWNER, "password": PASSWORD})
        browser.get("/settings")
        noticed = browser.post("/settings/profile", {"name": "Olga Owner", "undo_seconds": "10"})
        cookies = cookies_of(asked) | cookies_of(entered) | cookies_of(noticed)
        assert cookies.keys() == {"csrf", "session", "notice"}
        for cookie in cookies.values():
            assert (cookie["httponly"], cookie["samesite"].lower()) == (True, "lax")
            assert (cookie["path"], cookie["domain"]) == ("/", "")

    def test_are_sent_by_tls_alone_where_people_reach_the_app_by_tls(self, behind_tls: Office) -> None:
        with httpx.Client(base_url=listening(behind_tls), headers={"host": "messages.example.com"}) as browser:
            asked = browser.get("/sign-in")
            csrf = cookies_of(asked)["__Host-csrf"]
            form = {"_csrf_token": csrf.value, "email": OWNER, "password": PASSWORD}
            entered = browser.post("/sign-in", data=form, headers={"cookie": f"__Host-csrf={csrf.value}"})
            kept = f"__Host-csrf={csrf.value}; __Host-session={cookies_of(entered)['__Host-session'].value}"
            profile = {"_csrf_token": csrf.value, "name": "Olga Owner", "undo_seconds": "10"}
            changed = browser.post("/settings/profile", data=profile, headers={"cookie": kept})
            notice = cookies_of(changed)["__Host-notice"]
            shown = browser.get("/settings", headers={"cookie": f"{kept}; __Host-notice={notice.value}"})
        session = cookies_of(entered)["__Host-session"]
        taken = cookies_of(shown)["__Host-notice"]
        assert "Saved." in Page(shown).text
        assert (taken["secure"], taken["path"], taken["max-age"]) == (True, "/", "0")
        assert (csrf["secure"], session["secure"], notice["secure"]) == (True, True, True)
        assert (session["httponly"], session["path"], session["domain"]) == (True, "/", "")
        assert "max-age=" in asked.headers["strict-transport-security"]

    def test_are_new_at_each_sign_in(self, office: Office) -> None:
        """Nobody can sign a browser in beforehand and be in it afterwards."""
        email, _ = somebody(office)
        planted = stranger(office).sign_in(email).http.cookies["session"]
        browser = stranger(office)
        browser.get("/sign-in")
        csrf = browser.http.cookies["csrf"]
        browser.http.cookies.clear()
        cookies = {"cookie": f"csrf={csrf}; session={planted}"}
        form = {"_csrf_token": csrf, "email": email, "password": PASSWORD}
        entered = browser.http.post("/sign-in", data=form, headers=cookies)
        assert cookies_of(entered)["session"].value != planted
        assert office.services.sessions.find(planted) is None

    def test_that_were_made_up_are_taken_for_none(self, office: Office) -> None:
        for cookie in ("x", "", "%00", "a" * 4000, '"', "eyJhIjp7fX0="):
            answer = httpx.get(f"{office.url}/settings", headers={"cookie": f"session={cookie}; notice={cookie}"})
            assert answer.status_code == 303

    def test_cannot_make_a_page_say_or_do_anything(self, office: Office) -> None:
        """What is said after a change comes back in a cookie, which somebody may have written themselves."""
        for msgid in ("Send your password to evil.example", "{a:>9999999999}", "{a.__class__}"):
            notice = base64.urlsafe_b64encode(json.dumps({"msgid": msgid, "values": {"a": "b"}}).encode()).decode()
            answer = httpx.get(f"{office.url}/sign-in", headers={"cookie": f"notice={notice}"}, timeout=20)
            assert answer.status_code == 200
            assert "evil.example" not in answer.text
            assert "class" not in Page(answer).text


class TestAChange:
    def test_is_refused_without_the_forms_token(self, place: Premises, olga: Visitor) -> None:
        accepted = {}
        for address in place.addresses("POST"):
            if address.startswith("/api/"):
                continue
            answer = olga.http.post(address, data={})
            if answer.status_code != 403 or "This form was not accepted" not in answer.text:
                accepted[address] = answer.status_code
        assert accepted == {}

    def test_of_every_page_is_walked(self, place: Premises) -> None:
        """So that the test above means something."""
        addresses = place.addresses("POST")
        assert len(addresses) > 40
        assert {"/sign-in", "/sign-out", "/settings/keys", "/people/invite"} < set(addresses)

    def test_is_refused_with_a_token_that_is_not_this_browsers(self, office: Office, olga: Visitor) -> None:
        others = Page(stranger(office).get("/sign-in")).field("_csrf_token")["value"]
        olga.get("/settings")
        for token in ("", "x", others, "é" * 128, "0" * 128, others[:-1]):
            answer = olga.post("/settings/keys", {"name": "stolen"}, token=token)
            assert answer.status_code == 403, token
        assert "stolen" not in olga.get("/settings").text

    def test_is_refused_in_whatever_form_it_comes(self, olga: Visitor) -> None:
        for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded", "multipart/form-data"):
            answer = olga.http.post("/settings/keys", content=b"name=stolen", headers={"content-type": kind})
            assert answer.status_code in (400, 403), kind
        assert "stolen" not in olga.get("/settings").text

    def test_by_the_api_needs_a_key_which_no_other_site_can_send(self, place: Premises, olga: Visitor) -> None:
        asked = [("GET", address) for address in place.addresses("GET")]
        asked += [("POST", address) for address in place.addresses("POST")]
        api = [(method, address) for method, address in asked if address.startswith("/api/v1/")]
        statuses = {each: olga.http.request(*each, json={}).status_code for each in api}
        assert len(api) > 20
        assert {each: status for each, status in statuses.items() if status != 401} == {}

    def test_is_never_made_by_looking(self, place: Premises, olga: Visitor) -> None:
        """A link or an image on another site can make a browser look at any address."""
        to_read = place.addresses("GET")
        for address in place.addresses("POST"):
            if address not in to_read:
                assert olga.http.get(address).status_code in (303, 404, 405), address


class TestEveryAnswer:
    def test_carries_what_protects_a_page(self, place: Premises, olga: Visitor) -> None:
        lacking = {}
        for address in [*place.addresses("GET"), "/no/such/page"]:
            with olga.http.stream("GET", address, timeout=30) as answer:
                found = list(self.lacking(address, answer.headers))
            lacking.update({address: found} if found or answer.status_code >= 500 else {})
        assert lacking == {}

    @staticmethod
    def lacking(address: str, headers: httpx.Headers) -> Iterator[str]:
        """The headers that are not as they should be."""
        wanted = {"x-content-type-options": "nosniff", "referrer-policy": "same-origin", "cache-control": "no-store"}
        if address.startswith("/static/"):
            del wanted["cache-control"]
        yield from (name for name, value in wanted.items() if headers.get(name) != value)
        if "access-control-allow-origin" in headers:
            yield "access-control-allow-origin"
        if FORMS.sub("", headers.get("content-security-policy", "")) != FORMS.sub("", POLICY):
            yield "content-security-policy"

    def test_allows_nothing_but_what_the_app_itself_serves(self) -> None:
        policy = dict(part.strip().split(" ", 1) for part in POLICY.split(";"))
        assert policy.pop("img-src") == "'self' data:"
        own = {policy.pop(name) for name in ("script-src", "style-src", "connect-src", "form-action")}
        assert own == {"'self'"}
        assert policy == {"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'"}

    def test_runs_no_script_and_has_no_style_within_a_page(self, place: Premises, olga: Visitor) -> None:
        pages, wrong = 0, []
        for address in place.addresses("GET"):
            if address == STREAMS:
                continue
            answer = olga.http.get(address)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            pages += 1
            wrong += [f"{address}: {each}" for each in self.within(Page(answer))]
        assert wrong == []
        assert pages > 12

    @staticmethod
    def within(page: Page) -> Iterator[str]:
        """Everything in a page that the policy would stop, or that asks another host for something."""
        for tag, attributes in page.elements:
            if tag == "style" or "style" in attributes or (tag == "script" and not attributes.get("src")):
                yield tag
            for name, value in attributes.items():
                asked = value.strip().lower()
                if SCRIPTED.fullmatch(name) or name.startswith("hx-on") or asked.startswith("javascript:"):
                    yield f"{tag} {name}"
                loaded = name == "src" or (tag == "link" and name == "href")
                if loaded and (not asked.startswith("/") or asked.startswith("//")):
                    yield f"{tag} {name}={value}"

    def test_is_kept_by_nobody_but_for_files_whose_address_changes(self, olga: Visitor) -> None:
        page = Page(olga.get("/settings"))
        [style] = [each["href"] for each in page.each("link") if each["rel"] == "stylesheet"]
        assert "immutable" in olga.get(style).headers["cache-control"]
        assert olga.get(style.partition("?")[0]).headers["cache-control"] == "no-store"

    def test_tells_nothing_of_what_failed(self, office: Office, olga: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise RuntimeError("the buyer's text")

        monkeypatch.setattr(office.services.api_keys, "list", fail)
        answer = olga.get("/settings")
        assert answer.status_code == 500
        assert "RuntimeError" not in answer.text
        assert "the buyer's text" not in answer.text


class TestSigningIn:
    def test_says_the_same_whether_an_email_is_known(self, office: Office) -> None:
        """In its words, its status and its headers; `test_signing_in` has what it does meanwhile."""
        answers = []
        for email in (OWNER, "aaaa@shop.example"):
            browser = stranger(office)
            answers.append(browser.post("/sign-in", {"email": email, "password": "wrong wrong wrong"}))
        known, unknown = answers
        assert known.status_code == unknown.status_code == 422
        assert without_tokens(known) == without_tokens(unknown).replace("aaaa@shop.example", OWNER)
        assert known.headers.keys() == unknown.headers.keys()

    def test_is_limited_for_an_email_known_or_not_and_says_how_long_to_wait(self, office: Office) -> None:
        email, _ = somebody(office)
        browser = stranger(office)
        for wanted in (email, "nobody@shop.example"):
            tried = [self.tried(browser, wanted, f"192.0.2.{number}") for number in range(OF_EMAIL.most)]
            assert {answer.status_code for answer in tried} == {422}
            refused = self.tried(browser, wanted, "192.0.2.99", PASSWORD)
            assert refused.status_code == 429
            assert 0 < int(refused.headers["retry-after"]) <= OF_EMAIL.within.total_seconds()
            assert "This was tried too often. Wait 15 min, then try again." in Page(refused).text

    def test_is_limited_for_an_address_whatever_others_it_claims_to_have(self, office: Office) -> None:
        """Only what the trusted proxy adds is believed: the last address, not those before."""
        browser = stranger(office)
        for number in range(OF_ADDRESS.most):
            answer = self.tried(browser, f"nobody{number}@shop.example", f"198.51.100.{number}, 10.99.0.1")
            assert answer.status_code == 422
        assert self.tried(browser, OWNER, "198.51.100.99, 10.99.0.1", PASSWORD).status_code == 429
        assert self.tried(browser, OWNER, "10.99.0.2", PASSWORD).status_code == 303

    def test_is_limited_though_each_proxy_adds_a_line_of_its_own(self, office: Office) -> None:
        """The attacker's own line comes first, and the trusted proxy's last."""
        browser = stranger(office)
        token = cookies_of(browser.get("/sign-in"))["csrf"].value
        for number in range(OF_ADDRESS.most + 1):
            form = {"_csrf_token": token, "email": f"somebody{number}@shop.example", "password": "wrong"}
            lines = [("X-Forwarded-For", f"198.51.100.{number}"), ("X-Forwarded-For", "10.99.0.3")]
            answer = browser.http.post("/sign-in", data=form, headers=lines)
        assert answer.status_code == 429

    @staticmethod
    def tried(browser: Visitor, email: str, address: str, password: str = "wrong") -> httpx.Response:
        """What becomes of trying to sign in from an address."""
        token = browser.http.cookies.get("csrf") or cookies_of(browser.get("/sign-in"))["csrf"].value
        form = {"_csrf_token": token, "email": email, "password": password}
        return browser.http.post("/sign-in", data=form, headers={"X-Forwarded-For": address})

    def test_leads_to_no_other_site(self, office: Office) -> None:
        hosts = ["https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example"]
        browser = stranger(office)
        for wanted in [*hosts, "javascript:alert(1)", "evil.example"]:
            form = {"email": OWNER, "password": PASSWORD, "next": wanted}
            assert browser.post("/sign-in", form).headers["location"] == "/orders", wanted


class TestListening:
    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "messages.example.com"])
    def test_to_other_machines_demands_a_secret_key_and_says_what_to_put_in_front(
        self, host: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("BUYERLINE_SECRET_KEY", raising=False)
        with pytest.raises(ConfigurationError) as refusal:
            Settings.of_environment(host=host, port=0, options={})
        said = str(refusal.value)
        assert "BUYERLINE_SECRET_KEY" in said
        assert "TLS" in said
        monkeypatch.setenv("BUYERLINE_SECRET_KEY", "k" * 40)
        assert "TLS" in Settings.of_environment(host=host, port=0, options={}).advice

    def test_answers_to_its_own_names_alone(self, office: Office, behind_tls: Office) -> None:
        """Else a page of another site, whose name was made to lead here, could read everything."""
        for where in (office.url, listening(behind_tls)):
            answer = httpx.get(f"{where}/sign-in", headers={"host": "evil.example"})
            assert answer.status_code == 421
            assert "evil.example" not in answer.text
        reached = httpx.get(f"{listening(behind_tls)}/sign-in", headers={"host": "messages.example.com"})
        assert reached.status_code == 200


def test_a_form_works_again_once_its_page_is_loaded_after_the_secret_has_changed(office: Office) -> None:
    visitor = office.visitor(None)
    visitor.http.cookies.set("csrf", "f" * 128)
    visitor.get("/sign-in")
    assert visitor.post("/sign-in", {"email": OWNER, "password": PASSWORD}).status_code == 303
