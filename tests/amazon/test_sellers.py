"""Sellers v1: where the account sells, and whose it is."""

import msgspec
import pytest

from buyerline.amazon import errors
from buyerline.amazon.sellers import GET_ACCOUNT, GET_PARTICIPATIONS, Participation, SellerAccount, SellersFlows
from tests.amazon import models
from tests.amazon.by_hand import ByHand, Clock, answer, session

US = {"marketplace": {"id": "ATVPDKIKX0DER", "countryCode": "US"}, "participation": {"isParticipating": True}}
MARKER = "Ada Lovelace, 1 Private Road"


def test_participations_say_where_the_account_sells() -> None:
    new = {"marketplace": {"id": "ANEWONE"}, "participation": None}
    by_hand = ByHand(answer(200, msgspec.json.encode({"payload": [US, new]})), clock=Clock())
    found = by_hand.run(SellersFlows(session(by_hand.clock)).get_participations())
    assert by_hand.requests[0].url == "https://sp.example/sellers/v1/marketplaceParticipations"
    assert [place.marketplace.id for place in found] == ["ATVPDKIKX0DER", "ANEWONE"]
    assert [place.participation.is_participating for place in found] == [True, None]


def test_the_account_is_read_and_its_people_are_not_shown_when_it_is_printed() -> None:
    content = {
        "businessType": "PRIVATE_LIMITED",
        "sellingPlan": "PROFESSIONAL",
        "marketplaceParticipationList": [US],
        "business": {"name": MARKER, "registeredBusinessAddress": {"city": MARKER}},
        "primaryContact": {"name": MARKER},
    }
    by_hand = ByHand(answer(200, msgspec.json.encode({"payload": content})), clock=Clock())
    account = by_hand.run(SellersFlows(session(by_hand.clock)).get_account())
    assert by_hand.requests[0].url == "https://sp.example/sellers/v1/account"
    assert account.business.registered_business_address.city == MARKER
    assert account.marketplace_participation_list[0].marketplace.id == "ATVPDKIKX0DER"
    assert MARKER not in repr(account)


def test_an_answer_of_another_shape_is_unreadable() -> None:
    by_hand = ByHand(answer(200, b'{"payload":{"marketplace":{}}}'), clock=Clock())
    with pytest.raises(errors.UnreadableAnswer):
        by_hand.run(SellersFlows(session(by_hand.clock)).get_participations())


def test_every_answer_that_amazon_documents_is_read() -> None:
    for body in models.documented_answers("sellers", "getMarketplaceParticipations"):
        assert [place.marketplace.id for place in GET_PARTICIPATIONS.decode(body)] == ["ATVPDKIKX0DER"]
    for body in models.documented_answers("sellers", "getAccount"):
        assert GET_ACCOUNT.decode(body).selling_plan == "PROFESSIONAL"


def test_the_types_have_every_field_of_amazons_model() -> None:
    assert models.uncovered(Participation, "sellers", "MarketplaceParticipation") == []
    assert models.uncovered(SellerAccount, "sellers", "Account") == []
