"""Amazon's website authorisation workflow, with the sandbox's consent page."""

from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
import pytest
import sqlalchemy as sa

from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.app.accounts import AccountState
from buyerline.app.consent import Consent
from buyerline.app.errors import Invalid, NotAllowed, NotHere
from buyerline.app.schema import one_time_link
from buyerline.app.viewer import Role
from buyerline.outbox.clock import now
from tests.app.desk import APPLICATION_ID, OWNER, Desk, viewer

BACK = "http://127.0.0.1:8700/accounts/consent"


class Answer(msgspec.Struct):
    """What Amazon sends the browser back with."""

    state: str
    selling_partner_id: str
    spapi_oauth_code: str


def consent(desk: Desk, url: str, account: str | None = None) -> Answer:
    """Agree on the sandbox's consent page, for its default account unless another is named."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    chosen = {"account": account or desk.amazon.default_account.id}
    answer = httpx.post(url, data=asked | chosen, timeout=10, trust_env=False)
    assert answer.status_code == 302, answer.text
    brought = parse_qs(urlsplit(answer.headers["location"]).query)
    assert answer.headers["location"].startswith(f"{BACK}?")
    return msgspec.convert({name: values[0] for name, values in brought.items()}, Answer)


def begun(desk: Desk, title: str = "Shop", again: str | None = None) -> str:
    return desk.consent.begin(OWNER, "US", title, BACK, again=again)


def finish(desk: Desk, answer: Answer, person: int = OWNER.person_id, code: str | None = None) -> str:
    """The name of the account that is connected."""
    who = viewer(person, Role.OWNER)
    code = answer.spapi_oauth_code if code is None else code
    return desk.consent.finish(who, answer.state, answer.selling_partner_id, code).name


def test_a_sellers_consent_connects_the_account(desk: Desk) -> None:
    name = finish(desk, consent(desk, begun(desk, "My Shop")))
    made = desk.accounts.of(OWNER, name)
    assert (made.title, made.region, made.state) == ("My Shop", Region.NA, AccountState.CONNECTED)
    assert made.selling_partner_id == desk.amazon.default_account.seller_id
    assert desk.clients.of(made).sellers.get_participations()


def test_the_same_seller_again_keeps_the_account_and_gets_a_new_token(desk: Desk) -> None:
    first = finish(desk, consent(desk, begun(desk)))
    seller = desk.amazon.default_account
    with desk.database.write() as connection:
        connection.execute(sa.text("UPDATE connection SET refresh_token = :other"), {"other": "sealed elsewhere"})
    assert finish(desk, consent(desk, begun(desk, "Another"))) == first
    assert [each.selling_partner_id for each in desk.accounts.list(OWNER)] == [seller.seller_id]


def test_an_answer_is_good_once(desk: Desk) -> None:
    answer = consent(desk, begun(desk))
    finish(desk, answer)
    with pytest.raises(NotHere, match="used already"):
        finish(desk, answer)


def test_an_answer_is_good_for_whoever_asked_and_for_nobody_else(desk: Desk) -> None:
    """Otherwise somebody could have an account of theirs connected by another person's click."""
    answer = consent(desk, begun(desk))
    with pytest.raises(NotHere, match="not one that you asked for"):
        finish(desk, answer, person=2)
    assert desk.accounts.list(OWNER) == []
    finish(desk, answer)


def test_an_answer_with_an_invented_state_is_refused_before_amazon_is_asked(desk: Desk) -> None:
    answer = consent(desk, begun(desk))
    with pytest.raises(NotHere):
        finish(desk, msgspec.structs.replace(answer, state="invented"))
    assert desk.amazon.count("lwa") == 0


def test_an_answer_after_half_an_hour_is_too_late(desk: Desk) -> None:
    answer = consent(desk, begun(desk))
    with desk.database.write() as connection:
        connection.execute(sa.update(one_time_link).values(ends_at=now()))
    with pytest.raises(NotHere, match="in the last 30 minutes"):
        finish(desk, answer)


def test_a_code_that_amazon_does_not_know_connects_nothing(desk: Desk) -> None:
    with pytest.raises(Invalid, match="good for five minutes"):
        finish(desk, consent(desk, begun(desk)), code="invented")
    assert desk.accounts.list(OWNER) == []


def test_a_consent_for_one_account_by_another_seller_is_refused(desk: Desk) -> None:
    name = finish(desk, consent(desk, begun(desk)))
    other = desk.amazon.account()
    answer = consent(desk, begun(desk, again=name), other.id)
    with pytest.raises(Invalid, match=r"another seller \(A9THEOTHER\)"):
        finish(desk, msgspec.structs.replace(answer, selling_partner_id="A9THEOTHER"))


def test_only_owners_begin_and_finish(desk: Desk) -> None:
    agent = viewer(OWNER.person_id, Role.AGENT, frozenset())
    with pytest.raises(NotAllowed):
        desk.consent.begin(agent, "US", "Shop", BACK)
    answer = consent(desk, begun(desk))
    with pytest.raises(NotAllowed):
        desk.consent.finish(agent, answer.state, answer.selling_partner_id, answer.spapi_oauth_code)


def test_without_an_application_id_it_says_what_is_missing(desk: Desk) -> None:
    desk.applications.set(OWNER, client_id="amzn1.x", client_secret="", application_id="")
    with pytest.raises(Invalid, match="needs the application's id") as refused:
        begun(desk)
    assert refused.value.field == "application_id"


def test_an_account_is_connected_again_in_its_own_region(desk: Desk) -> None:
    name = finish(desk, consent(desk, begun(desk)))
    with pytest.raises(Invalid, match="marketplace of the account's region"):
        desk.consent.begin(OWNER, "DE", "", BACK, again=name)


@pytest.mark.parametrize(
    ("marketplace", "site"),
    [
        ("US", "https://sellercentral.amazon.com"),
        ("MX", "https://sellercentral.amazon.com.mx"),
        ("DE", "https://sellercentral-europe.amazon.com"),
        ("UK", "https://sellercentral-europe.amazon.com"),
        ("NL", "https://sellercentral.amazon.nl"),
        ("JP", "https://sellercentral.amazon.co.jp"),
    ],
)
def test_amazons_own_consent_page_is_in_the_marketplaces_seller_central(
    marketplace: str, site: str, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BUYERLINE_ENDPOINT", raising=False)
    monkeypatch.delenv("AWS_ENV", raising=False)
    at_amazon = Consent(desk.accounts, desk.applications, desk.links, {})
    url = urlsplit(at_amazon.begin(OWNER, marketplace, "Shop", BACK, draft=marketplace == "US"))
    assert (f"{url.scheme}://{url.netloc}", url.path) == (site, "/apps/authorize/consent")
    query = parse_qs(url.query)
    assert query.pop("version", None) == (["beta"] if marketplace == "US" else None)
    assert query == {"application_id": [APPLICATION_ID], "redirect_uri": [BACK], "state": query["state"]}
    assert site in at_amazon.origins()


def test_every_marketplace_has_a_seller_central(desk: Desk) -> None:
    origins = Consent(desk.accounts, desk.applications, desk.links, {"endpoint": "https://api.example"}).origins()
    assert origins == ["https://api.example"]
    assert len(Consent(desk.accounts, desk.applications, desk.links, {"static_sandbox": True}).origins()) == (
        len(Marketplace) - 4
    )
