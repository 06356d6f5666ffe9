"""The pages about accounts, as owners and agents have them."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from buyerline.app.accounts import AccountState
from buyerline.app.viewer import Role
from buyerline.testing import SellerAccount
from tests.app.desk import APPLICATION_ID
from tests.app.html import Page
from tests.app.lasting_office import lasting_office
from tests.app.office import Office, Visitor, opened

SANDBOX = {"LWA_APP_ID": "amzn1.application-oa2-client.sandbox", "LWA_CLIENT_SECRET": "sandbox"}
SANDBOX |= {"BUYERLINE_APPLICATION_ID": APPLICATION_ID}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One for all tests here: each connects sellers of its own."""
    with lasting_office(tmp_path_factory.mktemp("office")) as made:
        made.amazon.lift_plans()
        yield made


@pytest.fixture(scope="module")
def owner(office: Office) -> Visitor:
    return office.visitor()


@pytest.fixture(scope="module")
def agent(office: Office) -> Visitor:
    """Somebody who may see the account ``shop`` and no other."""
    return office.agent()


@pytest.fixture(scope="module")
def made(office: Office) -> Iterator[int]:
    """Counts the sellers that were made, so that each has a name of its own."""
    return iter(range(1, 100))


@pytest.fixture
def seller(office: Office, made: Iterator[int]) -> SellerAccount:
    """A seller who is not connected yet."""
    number = next(made)
    return office.amazon.account(id=f"seller-{number}", name=f"Store {number}")


def consent(office: Office, visitor: Visitor, seller: SellerAccount, **form: str) -> str:
    """Go to the sandbox's consent page from ours and agree there; where the browser is sent back to."""
    visitor.get("/accounts/connect")
    sent = visitor.post("/accounts/consent", {"title": "", "marketplace": "US", **form})
    assert sent.status_code == 303, sent.text
    url = sent.headers["location"]
    assert url.startswith(f"{office.amazon.url}/apps/authorize/consent?")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    agreed = httpx.post(url, data=asked | {"account": seller.id}, trust_env=False, timeout=10)
    back: str = agreed.headers["location"]
    assert back.startswith(f"{office.url}/accounts/consent?")
    return back.removeprefix(office.url)


def test_the_list_shows_each_account_with_its_state_region_and_marketplaces(owner: Visitor) -> None:
    shown = owner.get("/accounts").text
    assert 'href="/accounts/shop"' in shown
    assert ">Connected<" in shown
    assert "North America" in shown
    assert '<abbr title="United States">US</abbr>' in shown
    assert SANDBOX["LWA_APP_ID"] in shown


def test_a_seller_is_connected_by_the_consent_page(office: Office, owner: Visitor, seller: SellerAccount) -> None:
    done = owner.get(consent(office, owner, seller, title="By consent"))
    assert done.status_code == 303
    assert done.headers["location"] == "/accounts/by-consent"
    page = owner.get("/accounts/by-consent").text
    assert "By consent is connected" in page
    assert seller.seller_id in page


def test_a_seller_is_connected_by_a_refresh_token(owner: Visitor, seller: SellerAccount) -> None:
    form = {"title": "By token", "region": "na", "refresh_token": f" {seller.refresh_token}\n"}
    done = owner.post("/accounts/connect", form)
    assert done.headers["location"] == "/accounts/by-token"
    again = owner.post("/accounts/connect", form | {"title": "Twice"})
    assert again.headers["location"] == "/accounts/by-token"
    assert "By token was known already" in owner.get("/accounts/by-token").text


def test_a_refused_token_is_told_beside_its_field_and_not_shown_again(owner: Visitor) -> None:
    token = "Atzr|not-one-of-amazons"
    refused = owner.post("/accounts/connect", {"title": "My title", "region": "eu", "refresh_token": token})
    assert refused.status_code == 422
    assert re.search(r'id="refresh_token-problem">Amazon does not accept this authorisation', refused.text)
    assert re.search(r'<input id="refresh_token"[^>]*aria-invalid="true"', refused.text)
    assert token not in refused.text
    assert 'value="My title"' in refused.text
    assert re.search(r'value="eu" checked', refused.text)


def test_a_consent_that_was_not_begun_here_connects_nothing(owner: Visitor) -> None:
    refused = owner.get("/accounts/consent?state=invented&selling_partner_id=A1&spapi_oauth_code=x")
    assert refused.status_code == 404
    assert "Nothing was connected" in refused.text
    assert owner.get("/accounts/consent").headers["location"] == "/accounts/connect"


def test_another_persons_consent_connects_nothing(office: Office, owner: Visitor, seller: SellerAccount) -> None:
    """An owner who is led to the answer to somebody else's consent does not connect that person's seller."""
    back = consent(office, owner, seller)
    people = office.services.people
    other = people.accept(people.invite(office.owner, "otto@shop.example", "Otto", Role.OWNER, ()), "another good one")
    with_other = office.visitor(other.email, "another good one")
    assert with_other.get(back).status_code == 404
    assert owner.get(back).status_code == 303


def test_the_form_to_amazon_may_lead_there_and_no_other_page_may(office: Office, owner: Visitor) -> None:
    """Browsers hold a form's redirect to the policy, too."""
    policy = owner.get("/accounts/connect").headers["content-security-policy"]
    assert f"form-action 'self' {office.amazon.url};" in policy
    assert "form-action 'self';" in owner.get("/accounts").headers["content-security-policy"]


def test_a_test_says_what_came_of_it(office: Office, owner: Visitor, seller: SellerAccount) -> None:
    name = office.connect("Tested", seller)
    done = owner.post(f"/accounts/{name}/test")
    assert done.headers["location"] == f"/accounts/{name}"
    assert "Amazon accepts the authorisation of Tested" in owner.get(f"/accounts/{name}").text

    facts = {"id": seller.id, "refresh_token": seller.refresh_token, "revoked": True}
    office.amazon.control("POST", "accounts", facts)
    row = owner.post(f"/accounts/{name}/test", htmx=True)
    assert row.status_code == 200
    assert row.text.lstrip().startswith("<tr>")
    assert ">Stopped<" in row.text
    assert "the seller has withdrawn it" in row.text
    assert 'hx-swap-oob="innerHTML"' in row.text
    assert f"/accounts/connect?again={name}" in owner.get(f"/accounts/{name}").text


def test_amazon_that_cannot_be_reached_is_told_as_that(office: Office, owner: Visitor) -> None:
    with office.amazon.faulty("lwa", "status", status=503):
        done = owner.post("/accounts/shop/test")
        row = owner.post("/accounts/shop/test", htmx=True)
    assert done.status_code == 502
    for answer in (done, row):
        assert "Amazon could not be reached just now" in answer.text
        assert ">Connected<" in answer.text
    assert row.text.lstrip().startswith("<tr>")
    assert ">Connected<" in owner.get("/accounts").text


def test_an_account_gets_another_title(office: Office, owner: Visitor, seller: SellerAccount) -> None:
    name = office.connect("Before", seller)
    assert owner.post(f"/accounts/{name}/rename", {"title": "After"}).headers["location"] == f"/accounts/{name}"
    assert "<h1>After</h1>" in owner.get(f"/accounts/{name}").text
    refused = owner.post(f"/accounts/{name}/rename", {"title": "x" * 61})
    assert refused.status_code == 422
    assert "60 characters at most" in refused.text


def test_disconnecting_asks_once_more_and_can_be_undone(office: Office, owner: Visitor, seller: SellerAccount) -> None:
    name = office.connect("Short", seller)
    asked = Page(owner.get(f"/accounts/{name}/disconnect")).text
    assert "Disconnect Short?" in asked
    assert "now." not in asked
    office.services.outbox.add("902-0000000-0000001", "confirmOrderDetails", text="Green?", account=name)
    asked = Page(owner.get(f"/accounts/{name}/disconnect")).text
    assert "1 message waits now." in asked
    assert "Drafts are kept." in asked
    assert office.services.accounts.of(office.owner, name).state is AccountState.CONNECTED
    owner.post(f"/accounts/{name}/disconnect")
    page = owner.get(f"/accounts/{name}").text
    assert ">Disconnected<" in page
    assert "go on when it is connected again" in page
    for of_connected_ones in ("Orders synchronised", "<dt>Files</dt>"):
        assert of_connected_ones not in page

    form = {"again": name, "refresh_token": seller.refresh_token}
    assert owner.post("/accounts/connect", form).headers["location"] == f"/accounts/{name}"
    assert office.services.accounts.of(office.owner, name).state is AccountState.CONNECTED
    assert owner.get(consent(office, owner, seller, again=name)).headers["location"] == f"/accounts/{name}"


@pytest.mark.parametrize("path", ["", "/disconnect", "/test", "/rename"])
def test_an_agent_meets_an_account_that_is_not_theirs_as_one_that_is_not_there(
    path: str, office: Office, agent: Visitor, seller: SellerAccount
) -> None:
    name = office.connect("Hidden", seller)
    answers = []
    for each in (name, "no-such-account"):
        url = f"/accounts/{each}{path}"
        answer = agent.post(url, {"title": "Mine"}) if path in ("/test", "/rename") else agent.get(url)
        answers.append((answer.status_code, re.sub(r'csrftoken": "\w+"', "", answer.text)))
    assert answers[0] == answers[1]
    assert answers[0][0] == (403 if path in ("/disconnect", "/rename") else 404)


def test_an_agent_tests_and_changes_nothing(office: Office, agent: Visitor) -> None:
    page = agent.get("/accounts").text
    assert "Connect an account" not in page
    assert SANDBOX["LWA_APP_ID"] not in page
    assert "Disconnect" not in agent.get("/accounts/shop").text
    assert agent.post("/accounts/shop/test").status_code == 303
    for path in ("/accounts/connect", "/accounts/application", "/accounts/shop/disconnect", "/accounts/consent"):
        assert agent.get(path).status_code == 403
        assert agent.post(path, {"refresh_token": "x", "client_id": "x"}).status_code == 403
    assert office.services.accounts.of(office.owner, "shop").state is AccountState.CONNECTED


def test_nobody_sees_anything_without_signing_in(office: Office) -> None:
    stranger = office.visitor(None)
    for path in ("/accounts", "/accounts/shop", "/accounts/connect", "/accounts/application", "/accounts/consent"):
        assert stranger.get(path).headers["location"].startswith("/sign-in")


def test_a_change_without_the_forms_token_is_refused(office: Office, owner: Visitor) -> None:
    for path in ("connect", "consent", "application", "shop/test", "shop/rename", "shop/disconnect"):
        assert owner.post(f"/accounts/{path}", {"title": "x"}, token="forged").status_code == 403
    assert office.services.accounts.of(office.owner, "shop").state is AccountState.CONNECTED


def test_credentials_of_the_environment_are_shown_without_the_secret_and_not_changed(owner: Visitor) -> None:
    shown = owner.get("/accounts/application").text
    assert SANDBOX["LWA_APP_ID"] in shown
    assert "come from the environment" in shown
    assert 'name="client_secret"' not in shown


class TestWithoutAnApplication:
    """An installation to which nobody has given the application's credentials yet."""

    @pytest.fixture
    def bare(self, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Visitor]:
        for name in SANDBOX:
            monkeypatch.delenv(name)
        with opened(tmp_path, office.amazon, furnished=False, worker=False) as bare:
            bare.services.people.make_owner("olga@shop.example", "Olga", "correct horse battery")
            yield bare.visitor()

    def test_an_owner_is_led_to_set_it_and_then_connects(self, bare: Visitor, seller: SellerAccount) -> None:
        empty = Page(bare.get("/accounts"))
        assert "No account is connected" in empty.text
        main = [each["href"] for each in empty.each("a") if "main" in each.get("class", "")]
        assert main == ["/accounts/application"]
        assert "First set the application" in bare.get("/accounts/connect").text
        token = {"title": "Shop", "region": "na", "refresh_token": seller.refresh_token}
        refused = bare.post("/accounts/connect", token)
        assert (refused.status_code, "First set the application" in refused.text) == (422, True)

        lacking = bare.post("/accounts/application", {"client_id": SANDBOX["LWA_APP_ID"], "client_secret": ""})
        assert lacking.status_code == 422
        assert 'id="client_secret-problem">Give the LWA client secret' in lacking.text
        for field, words in (("client_id", "This is no client id"), ("application_id", "This is no application id")):
            wrong = {"client_id": SANDBOX["LWA_APP_ID"], "client_secret": "sandbox", field: "hello"}
            assert f'id="{field}-problem">{words}' in bare.post("/accounts/application", wrong).text

        form = {"client_id": SANDBOX["LWA_APP_ID"], "client_secret": "sandbox", "application_id": APPLICATION_ID}
        assert bare.post("/accounts/application", form | {"application_id": ""}).status_code == 303
        assert "That is done when you connect an account." in bare.get("/accounts").text
        assert "For this the application id is needed" in bare.get("/accounts/connect").text
        assert "Continue to Amazon" not in bare.get("/accounts/connect").text
        assert bare.post("/accounts/application", form).status_code == 303
        shown = bare.get("/accounts/application").text
        assert 'value="sandbox"' not in shown
        assert "Leave this empty to keep it" in shown
        assert bare.post("/accounts/application", form | {"client_secret": ""}).status_code == 303
        assert bare.post("/accounts/connect", token).headers["location"] == "/accounts/shop"
