"""The pages on which people come in, are managed, and manage themselves."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import sqlalchemy as sa

from buyerline.app.audit import WAS_NOT_SENT, What
from buyerline.app.one_time_links import Purpose
from buyerline.app.passwords import SHORTEST
from buyerline.app.viewer import Role
from buyerline.outbox.schema import account
from tests.app.html import Page
from tests.app.lasting_office import lasting_office, somebody, stranger
from tests.app.office import OWNER, PASSWORD, Office, Visitor, opened
from tests.running import Amazon

NEW_PASSWORD = "nine yellow lamps"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with lasting_office(tmp_path_factory.mktemp("people")) as made:
        yield made


@pytest.fixture(scope="module")
def olga(office: Office) -> Visitor:
    return office.visitor()


def link_on(answer: httpx.Response) -> str:
    """The path of the link that a page shows."""
    assert answer.status_code == 200, answer.text
    return urlsplit(next(each for each in Page(answer).each("input") if each.get("id") == "link")["value"]).path


def twice(password: str, **more: str) -> dict[str, str]:
    return {"password": password, "password_again": password, **more}


class TestTheFirstOwner:
    @pytest.fixture
    def empty(self, tmp_path: Path, amazon: Amazon, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
        monkeypatch.delenv("BUYERLINE_SECRET_KEY", raising=False)
        with opened(tmp_path, amazon, furnished=False, worker=False) as made:
            yield made

    def test_comes_in_by_the_link_that_is_printed(self, empty: Office) -> None:
        assert empty.welcome
        path = urlsplit(empty.welcome).path
        browser = empty.visitor(None)
        assert "buyerline serve" in Page(browser.get("/sign-in")).text
        page = Page(browser.get(path))
        assert f"At least {SHORTEST} characters" in page.text
        assert "data-zone" in page.field("zone")

        refused = browser.post(path, {"email": "ann@example.com", "name": "Ann", **twice("short")})
        assert refused.status_code == 422
        assert Page(refused).field("email")["value"] == "ann@example.com"
        assert Page(refused).field("password")["aria-invalid"] == "true"

        form = {"email": "ann@example.com", "name": "Ann", "zone": "Europe/Berlin", **twice(PASSWORD)}
        answer = browser.post(path, form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/orders")
        [ann] = empty.services.people.list()
        assert (ann.email, ann.role, ann.zone) == ("ann@example.com", Role.OWNER, "Europe/Berlin")
        assert browser.get("/settings").status_code == 200

        other = empty.visitor(None)
        assert other.get(path).status_code == 404
        assert other.post(path, form).status_code == 404


class TestSigningIn:
    def test_leads_to_what_was_asked_for(self, office: Office) -> None:
        email, _ = somebody(office)
        browser = stranger(office)
        asked = browser.get("/settings?tab=1")
        assert asked.status_code == 303
        page = Page(browser.get(asked.headers["location"]))
        assert page.field("next")["value"] == "/settings?tab=1"
        form = {"email": email, "password": PASSWORD, "next": page.field("next")["value"]}
        answer = browser.post("/sign-in", form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/settings?tab=1")
        assert browser.get("/sign-in?next=/settings").headers["location"] == "/settings"

    def test_keeps_the_email_and_says_that_something_is_wrong(self, office: Office) -> None:
        answer = stranger(office).post("/sign-in", {"email": "x@example.com", "password": "wrong wrong"})
        page = Page(answer)
        assert answer.status_code == 422
        assert "The email or the password is wrong." in page.text
        assert page.field("email")["value"] == "x@example.com"
        assert page.field("password")["value"] == ""

    def test_ends_with_signing_out(self, office: Office) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        assert browser.post("/sign-out").headers["location"] == "/sign-in"
        assert browser.get("/settings").status_code == 303
        assert office.services.sessions.list(person_id) == []


class TestInviting:
    def test_shows_a_link_by_which_the_person_comes_in(self, office: Office, olga: Visitor) -> None:
        shop = office.services.accounts.of(office.owner, "shop").id
        page = Page(olga.get("/people/invite"))
        assert f"account-{shop}" in {each.get("name") for each in page.each("input")}
        form = {"email": "anna@example.com", "name": "Anna", "role": "agent", f"account-{shop}": "on"}
        path = link_on(olga.post("/people/invite", form))
        guest = stranger(office)
        assert "Welcome, Anna" in Page(guest.get(path)).text
        assert guest.post(path, twice(PASSWORD, password_again="something else")).status_code == 422
        assert guest.post(path, twice(PASSWORD, zone="Mars/Olympus")).status_code == 303
        [anna] = [each for each in office.services.people.list() if each.name == "Anna"]
        assert (anna.invited, anna.accounts, anna.zone) == (False, frozenset({shop}), None)
        assert guest.get("/settings").status_code == 200

    def test_says_beside_the_field_what_is_wrong(self, olga: Visitor) -> None:
        olga.get("/people/invite")
        answer = olga.post("/people/invite", {"email": OWNER, "name": "Olga again", "role": "agent"})
        page = Page(answer)
        assert answer.status_code == 422
        assert page.field("email")["aria-invalid"] == "true"
        assert f"{OWNER} is among the people already." in page.text
        assert olga.post("/people/invite", {"email": "b@example.com", "name": "B"}).status_code == 422
        answer = olga.post(
            "/people/invite", {"email": "b@example.com", "name": "B", "role": "agent", "account-99": "on"}
        )
        assert answer.status_code == 422
        assert "One of these accounts is not there any more." in Page(answer).text

    def test_takes_no_notice_of_an_account_that_cannot_be(self, office: Office, olga: Visitor) -> None:
        olga.get("/people/invite")
        form = {
            "email": "cora@example.com",
            "name": "Cora",
            "role": "agent",
            f"account-{'9' * 30}": "on",
            "account-x": "on",
        }
        path = link_on(olga.post("/people/invite", form))
        assert office.services.people.of_link(path.rpartition("/")[2], Purpose.INVITATION).accounts == frozenset()


class TestAPerson:
    def test_is_listed_with_role_accounts_and_standing(self, office: Office, olga: Visitor) -> None:
        email, person_id = somebody(office)
        office.services.people.shut_out(office.owner, person_id)
        text = Page(olga.get("/people")).text
        assert f"Somebody No access {email} Agent Shop" in text
        assert f"Olga Owner You {OWNER} Owner All" in text

    def test_gets_other_rights_at_the_next_request(self, office: Office, olga: Visitor) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        assert browser.get("/people").status_code == 403
        olga.get(f"/people/{person_id}")
        assert olga.post(f"/people/{person_id}", {"role": "owner"}).status_code == 303
        assert browser.get("/people").status_code == 200
        assert olga.post(f"/people/{person_id}", {"role": "agent"}).status_code == 303
        assert browser.get("/people").status_code == 403
        assert office.services.people.get(person_id).accounts == frozenset()

    def test_keeps_rights_on_accounts_that_the_page_does_not_show(self, office: Office, olga: Visitor) -> None:
        """Accounts of a sandbox are never shown beside Amazon's."""
        _, person_id = somebody(office)
        line = {"name": "elsewhere", "endpoint": "http://other.example"}
        with office.services.database.write() as connection:
            elsewhere = connection.execute(sa.insert(account).values(line).returning(account.c.id)).scalar_one()
        office.services.people.change(office.owner, person_id, accounts=[elsewhere])
        olga.get(f"/people/{person_id}")
        olga.post(f"/people/{person_id}", {"role": "agent"})
        assert office.services.people.get(person_id).accounts == frozenset({elsewhere})

    def test_gets_a_link_to_a_new_password(self, office: Office, olga: Visitor) -> None:
        email, person_id = somebody(office)
        before = stranger(office).sign_in(email)
        olga.get(f"/people/{person_id}")
        path = link_on(olga.post(f"/people/{person_id}/link"))
        browser = stranger(office)
        assert email in Page(browser.get(path)).text
        assert browser.post(path, twice(NEW_PASSWORD)).status_code == 303
        assert browser.get("/settings").status_code == 200
        assert before.get("/settings").status_code == 303
        assert browser.get(path).status_code == 404

    def test_is_shut_out_and_brought_back(self, office: Office, olga: Visitor) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        olga.get(f"/people/{person_id}")
        assert olga.post(f"/people/{person_id}/shut-out").status_code == 303
        assert browser.get("/settings").status_code == 303
        assert stranger(office).post("/sign-in", {"email": email, "password": PASSWORD}).status_code == 422
        assert "Let back in" in Page(olga.get(f"/people/{person_id}")).text
        assert olga.post(f"/people/{person_id}/bring-back").status_code == 303
        stranger(office).sign_in(email)

    def test_that_is_the_last_owner_stays_one(self, office: Office, olga: Visitor) -> None:
        mine = f"/people/{office.owner.person_id}"
        olga.get(mine)
        for path, form in ((mine, {"role": "agent"}), (f"{mine}/shut-out", {})):
            answer = olga.post(path, form)
            assert answer.status_code == 422
            assert "Olga Owner is the last owner." in Page(answer).text

    def test_that_nobody_is_is_not_found(self, olga: Visitor) -> None:
        olga.get("/people")
        for number in ("9999", str(2**63 - 1)):
            assert olga.get(f"/people/{number}").status_code == 404
            assert olga.post(f"/people/{number}/shut-out").status_code == 404
        for number in ("0", "-1", "9" * 40):
            assert olga.get(f"/people/{number}").status_code == 400


class TestSettings:
    def test_change_name_language_zone_and_undo(self, office: Office) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        assert "data-zone" in next(
            each for each in Page(browser.get("/settings")).each("select") if each["id"] == "zone"
        )
        form = {"name": "Sören", "language": "de", "zone": "Europe/Berlin", "undo_seconds": "0"}
        assert browser.post("/settings/profile", form).status_code == 303
        page = Page(browser.get("/settings"))
        assert page.field("name")["value"] == "Sören"
        assert (page.chosen("language"), page.chosen("zone")) == (["de"], [""])
        changed = office.services.people.get(person_id)
        assert (changed.language, changed.zone, changed.undo_seconds) == ("de", "Europe/Berlin", 0)

    def test_the_browsers_zone_is_taken_once_by_whoever_has_none(self, office: Office) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        assert "data-tells" in browser.get("/orders").text
        for zone, kept in (("Mars/Olympus", None), ("Asia/Tokyo", "Asia/Tokyo"), ("Europe/Paris", "Asia/Tokyo")):
            assert browser.post("/settings/zone", {"zone": zone}).status_code == 204
            assert office.services.people.get(person_id).zone == kept
        assert "data-tells" not in browser.get("/orders").text

    @pytest.mark.parametrize("seconds", ["31", "-1", "", "ten", "9" * 30])
    def test_say_beside_the_field_what_is_wrong_and_keep_what_was_typed(
        self, office: Office, olga: Visitor, seconds: str
    ) -> None:
        olga.get("/settings")
        answer = olga.post("/settings/profile", {"name": "Olga O.", "undo_seconds": seconds})
        page = Page(answer)
        assert answer.status_code == 422
        assert (page.field("undo_seconds")["value"], page.field("name")["value"]) == (seconds, "Olga O.")
        assert "Choose from 0 to 30 seconds." in page.text
        assert office.owner.name == "Olga Owner"

    def test_change_the_password_and_sign_out_everywhere_else(self, office: Office) -> None:
        email, _ = somebody(office)
        browser, other = stranger(office).sign_in(email), stranger(office).sign_in(email)
        browser.get("/settings")
        wrong = browser.post("/settings/password", {"old": "wrong", "new": NEW_PASSWORD, "new_again": NEW_PASSWORD})
        assert Page(wrong).field("old")["aria-invalid"] == "true"
        differing = browser.post("/settings/password", {"old": PASSWORD, "new": NEW_PASSWORD, "new_again": "other"})
        assert Page(differing).field("new_again")["aria-invalid"] == "true"
        assert "Type the password into both fields again, of at least 12 characters." in differing.text
        form = {"old": PASSWORD, "new": NEW_PASSWORD, "new_again": NEW_PASSWORD}
        assert browser.post("/settings/password", form).status_code == 303
        assert "signed out everywhere but here" in Page(browser.get("/settings")).text
        assert other.get("/settings").status_code == 303
        stranger(office).sign_in(email, NEW_PASSWORD)

    def test_say_that_a_new_password_leaves_api_keys_and_revoke_them_on_demand(self, office: Office) -> None:
        email, person_id = somebody(office)
        browser = stranger(office).sign_in(email)
        assert "API keys go on working" not in Page(browser.get("/settings")).text
        key = office.services.api_keys.make(office.services.people.get(person_id).viewer(), "script")
        page = Page(browser.get("/settings"))
        assert "Your API keys go on working, unless you revoke them." in page.text
        assert "checked" not in page.field("revoke_keys")
        form = {"old": PASSWORD, "new": NEW_PASSWORD, "new_again": "other", "revoke_keys": "on"}
        assert "checked" in Page(browser.post("/settings/password", form)).field("revoke_keys")
        assert office.services.api_keys.find(key)
        assert browser.post("/settings/password", {**form, "new_again": NEW_PASSWORD}).status_code == 303
        assert office.services.api_keys.find(key) is None

    def test_list_and_end_sessions(self, office: Office) -> None:
        email, _ = somebody(office)
        browser, *others = (stranger(office).sign_in(email) for _ in range(3))
        page = Page(browser.get("/settings"))
        ids = [each["value"] for each in page.each("input") if each.get("name") == "session"]
        assert len(ids) == 2
        browser.post("/settings/sessions", {"session": ids[0]})
        assert sorted(other.get("/settings").status_code for other in others) == [200, 303]
        browser.post("/settings/sessions")
        assert [other.get("/settings").status_code for other in others] == [303, 303]
        assert browser.get("/settings").status_code == 200

    def test_end_nobody_elses_session(self, office: Office, olga: Visitor) -> None:
        email, _ = somebody(office)
        browser = stranger(office).sign_in(email)
        browser.get("/settings")
        for each in office.services.sessions.list(office.owner.person_id):
            browser.post("/settings/sessions", {"session": each.id})
        assert browser.post("/settings/sessions", {"session": "'"}).status_code == 303
        assert olga.get("/settings").status_code == 200

    def test_make_a_key_show_it_once_and_revoke_it(self, office: Office) -> None:
        email, _ = somebody(office)
        browser = stranger(office).sign_in(email)
        browser.get("/settings")
        unnamed = browser.post("/settings/keys", {"name": " "})
        assert unnamed.status_code == 422
        made = Page(browser.post("/settings/keys", {"name": "nightly export"}))
        key = next(each for each in made.each("input") if each.get("id") == "new-key")["value"]
        assert office.services.api_keys.find(key)
        again = browser.get("/settings")
        assert key not in again.text
        assert f"nightly export …{key[-4:]}" in Page(again).text
        revoke = next(each["action"] for each in Page(again).each("form") if each["action"].endswith("/revoke"))
        assert browser.post(revoke).status_code == 303
        assert office.services.api_keys.find(key) is None
        assert browser.post(revoke).status_code == 404

    def test_turn_approval_on_and_off_for_owners_alone(self, office: Office, olga: Visitor) -> None:
        email, _ = somebody(office)
        agent = stranger(office).sign_in(email)
        assert "Second-person approval" not in Page(agent.get("/settings")).text
        assert agent.post("/settings/approval", {"approval": "on"}).status_code == 403
        assert not office.services.store.needs_approval()
        olga.get("/settings")
        olga.post("/settings/approval", {"approval": "on"})
        assert office.services.store.needs_approval()
        olga.post("/settings/approval")
        assert not office.services.store.needs_approval()


class TestTheAuditPage:
    def test_says_who_did_what_newest_first(self, office: Office, olga: Visitor) -> None:
        email, person_id = somebody(office)
        office.services.people.change(office.owner, person_id, role=Role.OWNER)
        text = Page(olga.get("/audit")).text
        assert f"{OWNER} Changed a role {email} Owner" in text
        assert text.index("Changed a role") < text.index(f"{email} Accepted the invitation")

    def test_leads_to_the_messages_and_orders_that_it_is_about(self, office: Office, olga: Visitor) -> None:
        note = office.services.audit.note
        note(office.owner, What.MESSAGE_CANCELLED, about="06h03nghfr6z8s31")
        note(office.owner, What.GIVEN_BACK, about="902-0000000-0000001")
        addresses = [each["href"] for each in Page(olga.get("/audit")).each("a")]
        assert {"/outbox/06h03nghfr6z8s31", "/orders?q=902-0000000-0000001"} < set(addresses)

    def test_leads_to_what_was_exported(self, office: Office, olga: Visitor) -> None:
        assert olga.get("/outbox.csv?tab=sent&order=902").status_code == 200
        page = Page(olga.get("/audit?what=messages-exported"))
        assert "/outbox?tab=sent&order=902" in {each["href"] for each in page.each("a")}
        assert "tab=sent" not in page.text

    def test_tells_what_was_said_of_a_message_in_the_viewers_language(self, office: Office) -> None:
        office.services.audit.note(office.owner, What.MESSAGE_RESOLVED, about="06h03nghfr6z8s31", note=WAS_NOT_SENT)
        german = office.visitor(**{"accept-language": "de"})
        page = Page(german.get("/audit?what=message-resolved"))
        assert "sie wurde nicht gesendet und wird noch einmal gesendet" in page.text

    def test_is_read_page_by_page(self, office: Office, olga: Visitor) -> None:
        for number in range(60):
            office.services.audit.note(office.owner, What.ACCOUNT_TESTED, about=f"test {number}")
        page = Page(olga.get("/audit?what=account-tested"))
        assert "test 59" in page.text
        assert "test 9 " not in page.text
        older = next(each["href"] for each in page.each("a") if "before=" in each["href"])
        page = Page(olga.get(older))
        assert "test 9 " in f"{page.text} "
        assert "test 59" not in page.text
        assert page.chosen("what") == ["account-tested"]
        assert all("before=" not in each["href"] for each in page.each("a"))

    def test_is_filtered_by_person_and_account(self, office: Office, olga: Visitor) -> None:
        email, person_id = somebody(office)
        shop = office.services.accounts.of(office.owner, "shop").id
        office.services.audit.note(office.services.people.get(person_id).viewer(), What.MESSAGE_SENT, account_id=shop)
        page = Page(olga.get(f"/audit?person={person_id}&account=shop"))
        assert f"{email} Queued a message Shop" in page.text
        assert OWNER not in page.text.replace("Olga Owner " + OWNER, "")
        assert (page.chosen("person"), page.chosen("account")) == ([str(person_id)], ["shop"])
        assert olga.get("/audit?account=stall").status_code == 404

    def test_helps_where_nothing_fits(self, olga: Visitor) -> None:
        assert "Nothing here" in Page(olga.get("/audit?what=messages-exported&person=1&before=1")).text

    @pytest.mark.parametrize("query", ["person=x&what=y", f"before={'9' * 40}", "person=-1", "what=%00"])
    def test_takes_no_notice_of_filters_that_cannot_be(self, olga: Visitor, query: str) -> None:
        assert olga.get(f"/audit?{query}").status_code == 200


def test_pages_for_owners_tell_agents_whom_to_ask(office: Office) -> None:
    email, _ = somebody(office)
    browser = stranger(office).sign_in(email)
    for path in ("/people", "/people/invite", f"/people/{office.owner.person_id}", "/audit"):
        answer = browser.get(path)
        assert answer.status_code == 403
        assert "Only an owner may do this." in Page(answer).text


def test_links_for_one_thing_are_none_for_another(office: Office) -> None:
    secret = office.services.links.make(Purpose.CONSENT, office.owner.person_id)
    browser = stranger(office)
    for kind in ("welcome", "invitation", "password"):
        assert browser.get(f"/{kind}/{secret}").status_code == 404
