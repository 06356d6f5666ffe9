"""What keeps people to what is theirs, and secrets secret: each promise, as a browser or a program meets it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from buyerline.app.one_time_links import Purpose
from buyerline.app.schema import draft
from buyerline.app.viewer import Role
from tests.app.html import Page
from tests.app.lasting_office import somebody, stranger
from tests.app.office import OWNER, PASSWORD, Office, Visitor
from tests.app.premises import Premises, premises
from tests.app.samples import PDF
from tests.waiting import until

NEW_PASSWORD = "nine yellow lamps"
NOWHERE = {
    "account": "nowhere",
    "name": "nowhere",
    "message_id": "0" * 16,
    "draft_id": "0" * 16,
    "waiting_id": "0" * 16,
}
"""Names of what is not there."""

TOKEN = re.compile(r"[0-9a-f]{128}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("premises")


@pytest.fixture(scope="module")
def place(folder: Path) -> Iterator[Premises]:
    with premises(folder) as made:
        yield made


@pytest.fixture(scope="module")
def office(place: Premises) -> Office:
    return place.office


@pytest.fixture(scope="module")
def outsider(office: Office) -> Visitor:
    """An agent of another account."""
    return office.agent("ottilie@shop.example", ["stall"])


@pytest.fixture(scope="module")
def outsiders_key(office: Office, outsider: Visitor) -> str:
    return office.services.api_keys.make(office.agents_view("ottilie@shop.example", ["stall"]), "script")


def belongs(template: str) -> bool:
    """Whether an address names something of an account: by the account, or by an id of its own."""
    return bool({"account", "message_id", "draft_id", "waiting_id"} & set(re.findall(r"\{(\w+):", template))) or (
        template.startswith(("/accounts/{name", "/api/v1/accounts/{name"))
    )


def told(answer: httpx.Response) -> tuple[int, str]:
    """What an answer tells, but for what is different each time or names what was asked for."""
    return answer.status_code, TOKEN.sub("", answer.text)


class TestAnAgent:
    def test_cannot_read_what_belongs_to_another_account_by_guessing_its_name(
        self, place: Premises, outsider: Visitor, outsiders_key: str
    ) -> None:
        """And is told the same as of what is not there at all."""
        seen = {}
        for route in place.routes:
            if not belongs(route.path):
                continue
            for method in sorted(set(route.methods) & {"GET", "POST"}):
                answers = [
                    self.asked(place.office.url, outsider, outsiders_key, method, address)
                    for address in (place.fill(route.path), place.fill(route.path, **NOWHERE))
                ]
                if answers[0].status_code < 400 or told(answers[0]) != told(answers[1]):
                    seen[method, route.path] = [answer.status_code for answer in answers]
        assert seen == {}

    @staticmethod
    def asked(url: str, browser: Visitor, key: str, method: str, address: str) -> httpx.Response:
        if address.startswith("/api/v1/"):
            headers = {"authorization": f"Bearer {key}"}
            return httpx.request(method, f"{url}{address}", json={}, headers=headers, verify=False)
        return browser.http.get(address) if method == "GET" else browser.post(address)

    def test_of_the_account_reads_all_of_it(self, place: Premises) -> None:
        """So that the test above means something."""
        writer = place.office.visitor(place.writer)
        for route in place.routes:
            if belongs(route.path) and "GET" in route.methods and not route.path.startswith(("/api", "/accounts")):
                assert writer.http.get(place.fill(route.path)).status_code in (200, 204, 303), route.path

    def test_finds_nothing_of_another_account_in_any_list(
        self, place: Premises, outsider: Visitor, outsiders_key: str
    ) -> None:
        hidden = [place.values["message_id"], place.values["order_id"], place.values["draft_id"], "Shop"]
        for address in ("/orders", "/outbox", "/outbox?tab=all", "/outbox.csv?tab=all", "/accounts", "/settings"):
            text = outsider.http.get(address).text
            assert [word for word in hidden if word in text] == [], address
        headers = {"authorization": f"Bearer {outsiders_key}"}
        for address in ("orders", "messages", "approvals", "accounts", "counts"):
            text = httpx.get(f"{place.office.url}/api/v1/{address}", headers=headers, verify=False).text
            assert [word for word in hidden if word in text] == [], address

    def test_cannot_do_what_owners_do(self, place: Premises, outsider: Visitor) -> None:
        done = {}
        owners = [
            address for address in place.addresses("POST") if address.startswith(("/people", "/settings/approval"))
        ]
        owners += ["/accounts/connect", "/accounts/application"]
        for address in owners:
            answer = outsider.post(address)
            if answer.status_code != 403 or "Only an owner may do this" not in answer.text:
                done[address] = answer.status_code
        assert done == {}
        assert len(owners) > 6

    def test_reads_no_draft_that_a_colleague_is_still_writing(self, place: Premises) -> None:
        email, _ = somebody(place.office)
        colleague = place.office.visitor(email)
        address = place.fill("/orders/{account:str}/{order_id:str}/files/{file_id:str}")
        assert place.office.visitor(place.writer).http.get(address).status_code == 200
        assert colleague.http.get(address).status_code == 404


class TestPeople:
    def test_are_named_to_agents_where_they_share_an_account_or_are_owners(self, place: Premises) -> None:
        office = place.office
        office.services.people.invite(office.owner, "secret.person@shop.example", "Secret", Role.AGENT)
        elsewhere = office.agent("ottilie@shop.example", ["stall"])
        named = elsewhere.get("/outbox").text
        assert OWNER in named
        assert "ottilie@shop.example" in named
        assert place.writer not in named
        assert "secret.person@shop.example" not in named
        assert place.writer in office.visitor(somebody(office)[0]).get("/outbox").text
        assert "secret.person@shop.example" in office.visitor().get("/outbox").text


class TestFiles:
    def test_are_handed_out_to_be_saved_and_never_shown(self, place: Premises) -> None:
        writer = place.office.visitor(place.writer)
        addresses = [
            place.fill("/orders/{account:str}/{order_id:str}/files/{file_id:str}"),
            place.fill("/approvals/{draft_id:str}/files/{file_id:str}"),
            place.fill("/outbox/{message_id:str}/files/{position:int}"),
        ]
        for address in addresses:
            answer = writer.http.get(address)
            assert answer.content == PDF
            assert answer.headers["content-disposition"].startswith("attachment")
            assert answer.headers["content-type"] == "application/octet-stream"
            assert answer.headers["x-content-type-options"] == "nosniff"

    def test_are_checked_by_what_is_in_them_and_not_by_their_names(self, place: Premises) -> None:
        email, _ = somebody(place.office)
        browser = place.office.visitor(email)
        order = place.fill("/orders/{account:str}/{order_id:str}")
        program = ("invoice.pdf", b"MZ" + bytes(200), "application/pdf")
        browser.post(f"{order}/files", {"type": "legalDisclosure", "version": "0"}, files=[("file", program)])
        told = "'invoice.pdf' is a Windows program (.exe), not a PDF."
        until(
            lambda: told in Page(browser.get(f"{order}?ask=yes")).text, "Amazon's plan had room, and the file was told"
        )


class TestALink:
    @pytest.fixture
    def links(self, office: Office) -> dict[str, str]:
        _, person_id = somebody(office)
        people = office.services.people
        email = f"guest{person_id}@shop.example"
        return {
            "invitation": people.invite(office.owner, email, "Guest", Role.AGENT),
            "password": people.reset_link(office.owner, person_id)[1],
        }

    def test_works_once(self, office: Office, links: dict[str, str]) -> None:
        for kind, secret in links.items():
            path = f"/{kind}/{secret}"
            first, second = stranger(office), stranger(office)
            assert first.get(path).status_code == second.get(path).status_code == 200
            form = {"password": NEW_PASSWORD, "password_again": NEW_PASSWORD}
            assert first.post(path, form).status_code == 303
            assert second.post(path, form).status_code == 404
            assert second.get(path).status_code == 404

    def test_is_not_used_up_by_looking_at_it(self, office: Office, links: dict[str, str]) -> None:
        """Programs that preview links look at them before people do."""
        browser = stranger(office)
        for kind, secret in links.items():
            for _ in range(2):
                assert browser.get(f"/{kind}/{secret}").status_code == 200

    def test_does_not_get_to_other_sites_from_the_address(self, office: Office, links: dict[str, str]) -> None:
        answer = stranger(office).get(f"/invitation/{links['invitation']}")
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")
        assert answer.headers["cache-control"] == "no-store"

    def test_to_become_the_owner_is_none_once_there_is_one(self, office: Office) -> None:
        path = f"/welcome/{office.services.links.make(Purpose.OWNER)}"
        browser = stranger(office)
        browser.get("/sign-in")
        form = {"email": "eve@example.com", "name": "Eve", "password": PASSWORD, "password_again": PASSWORD}
        assert browser.post(path, form).status_code == 409
        assert "eve@example.com" not in [person.email for person in office.services.people.list()]


class TestASession:
    def test_ends_on_the_server_when_its_person_signs_out(self, office: Office) -> None:
        email, _ = somebody(office)
        browser = stranger(office).sign_in(email)
        cookie = {"cookie": f"session={browser.http.cookies['session']}"}
        assert httpx.get(f"{office.url}/settings", headers=cookie).status_code == 200
        browser.get("/settings")
        browser.post("/sign-out")
        assert httpx.get(f"{office.url}/settings", headers=cookie).status_code == 303

    def test_ends_when_the_password_is_changed_and_so_do_links(self, office: Office) -> None:
        email, person_id = somebody(office)
        browser, other = stranger(office).sign_in(email), stranger(office).sign_in(email)
        stolen = {"cookie": f"session={browser.http.cookies['session']}"}
        _, secret = office.services.people.reset_link(office.owner, person_id)
        browser.get("/settings")
        form = {"old": PASSWORD, "new": NEW_PASSWORD, "new_again": NEW_PASSWORD}
        assert browser.post("/settings/password", form).status_code == 303
        assert browser.get("/settings").status_code == 200
        assert other.get("/settings").status_code == 303
        assert httpx.get(f"{office.url}/settings", headers=stolen).status_code == 303
        assert stranger(office).get(f"/password/{secret}").status_code == 404

    def test_and_keys_end_when_the_person_is_shut_out(self, office: Office) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        made = office.services.api_keys.make(office.services.people.get(person_id).viewer(), "script")
        key = {"authorization": f"Bearer {made}"}
        assert httpx.get(f"{office.url}/api/v1/me", headers=key).status_code == 200
        office.services.people.shut_out(office.owner, person_id)
        assert browser.get("/settings").status_code == 303
        assert httpx.get(f"{office.url}/api/v1/me", headers=key).status_code == 401


class TestTheDatabase:
    def test_has_no_secret_that_can_be_read(self, place: Premises, folder: Path) -> None:
        office = place.office
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        key = office.services.api_keys.make(office.services.people.get(person_id).viewer(), "script")
        _, secret = office.services.people.reset_link(office.owner, person_id)
        credentials = office.amazon.default_account.credentials
        hidden = "a secret of the application"
        names = {"client_id": "amzn1.client", "application_id": "amzn1.sp"}
        office.services.applications.set(office.owner, client_secret=hidden, **names)
        kept = b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("outbox.db"))
        assert email.encode() in kept
        secrets = [browser.http.cookies["session"], key, secret, credentials.refresh_token, PASSWORD]
        assert [word for word in [*secrets, hidden] if word.encode() in kept] == []

    def test_forgets_drafts_that_nobody_goes_on_with(self, place: Premises) -> None:
        services = place.office.services
        email, person_id = somebody(place.office)
        viewer = services.people.get(person_id).viewer()
        shop = services.accounts.of(viewer, "shop")
        kept = services.drafts.save(viewer, shop, place.values["order_id"], text="A draft of long ago.")
        with services.database.write() as connection:
            old = kept.saved_at - timedelta(days=400)
            connection.execute(sa.update(draft).where(draft.c.id == kept.id).values(saved_at=old))
        browser = place.office.visitor(email)
        assert "A draft of long ago." in browser.get(place.fill("/orders/{account:str}/{order_id:str}")).text
        services.forget()
        assert "A draft of long ago." not in browser.get(place.fill("/orders/{account:str}/{order_id:str}")).text


def test_what_a_page_shows_of_others_cannot_become_part_of_it(office: Office) -> None:
    """Names are shown as they are, whatever stands in them."""
    name = "<img src=x onerror=alert(1)>"
    office.services.people.invite(office.owner, "mallory@shop.example", name, Role.AGENT)
    browser = office.visitor(OWNER)
    for address in ("/people", "/audit"):
        page = Page(browser.get(address))
        assert all(not attributes.get("src", "").startswith("x") for attributes in page.each("img"))
    assert name in Page(browser.get("/people")).text
