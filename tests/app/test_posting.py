"""However often the same request comes at the same moment, on either database, one message comes of it."""

from collections.abc import Callable, Iterator

import pytest

from buyerline.app.digests import digest_of_waiting
from buyerline.app.draft_rows import Draft
from buyerline.app.errors import Changed
from buyerline.app.posting import Posted
from buyerline.outbox import Outgoing
from tests.app.folk import at_once
from tests.app.programs import House, house_in
from tests.outbox.samples import letter

TIMES = 6


@pytest.fixture(scope="module")
def house(lasting_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on each of the databases."""
    with house_in(tmp_path_factory.mktemp("house"), database=lasting_url) as made:
        yield made


@pytest.fixture
def approval(house: House) -> Iterator[None]:
    """Messages wait for a second person."""
    store, owner = house.office.services.store, house.office.owner
    store.set_approval(owner, needed=True)
    yield
    store.set_approval(owner, needed=False)


def post(house: House, outgoing: Outgoing) -> Callable[[], object]:
    """What posts a message for the owner."""
    services, owner = house.office.services, house.office.owner
    account = services.accounts.of(owner, "shop")
    return lambda: services.posting.post(owner, account, outgoing)


@pytest.mark.parametrize("facts", [{}, {"idempotency_key": "a key"}], ids=["content", "key"])
def test_the_same_message_at_once_is_queued_once(house: House, facts: dict[str, str]) -> None:
    posted = at_once(*[post(house, letter(order_id=house.order(), **facts))] * TIMES)
    assert all(isinstance(each, Posted) for each in posted), posted
    assert len({each.message_id for each in posted if isinstance(each, Posted)}) == 1
    assert [each.repeated for each in posted if isinstance(each, Posted)].count(False) == 1


@pytest.mark.usefixtures("approval")
def test_the_same_message_at_once_waits_once(house: House) -> None:
    order = house.order()
    asked = at_once(*[post(house, letter(order_id=order))] * TIMES)
    assert all(isinstance(each, Draft) for each in asked), asked
    (waiting,) = (
        each for each in house.office.services.approving.waiting(house.office.owner) if each.draft.order_id == order
    )
    assert {each.id for each in asked if isinstance(each, Draft)} == {waiting.draft.id}


@pytest.mark.usefixtures("approval")
def test_of_different_messages_for_an_order_at_once_one_waits(house: House) -> None:
    order = house.order()
    asked = at_once(*[post(house, letter(f"Thank you, part {number}.", order_id=order)) for number in range(TIMES)])
    assert [isinstance(each, Draft) for each in asked].count(True) == 1
    assert [isinstance(each, Changed) for each in asked].count(True) == TIMES - 1


@pytest.mark.usefixtures("approval")
def test_the_same_message_while_it_is_approved_is_queued_once(house: House) -> None:
    services, order = house.office.services, house.order()
    waiting = post(house, letter(order_id=order))()
    assert isinstance(waiting, Draft)
    second = house.agent().viewer
    done = at_once(
        lambda: services.approving.approve(second, waiting.id, digest_of_waiting(waiting)),
        *[post(house, letter(order_id=order))] * TIMES,
    )
    assert not [each for each in done if isinstance(each, Exception)], done
    for each in services.approving.waiting(second):
        services.approving.approve(second, each.draft.id, each.digest)
    assert len(services.outbox.list(order_id=order)) == 1


@pytest.mark.parametrize("time", range(4))
def test_the_same_of_a_page_and_a_program_at_once_is_queued_once(house: House, time: int) -> None:
    services, owner, order = house.office.services, house.office.owner, house.order()
    account = services.accounts.of(owner, "shop")
    text = f"Which of the {time + 2} sizes would you like?"
    page = services.drafts.save(owner, account, order, type="confirmOrderDetails", text=text)
    services.offers.get(account, services.orders.get(account.id, order))
    program = post(house, Outgoing(order_id=order, type="confirmOrderDetails", text=text))
    done = at_once(program, lambda: services.sending.send(owner, account, page.id, page.version))
    assert len(services.outbox.list(order_id=order)) == 1, done


@pytest.mark.usefixtures("approval")
@pytest.mark.parametrize("time", range(4))
def test_a_person_begins_nothing_beside_what_their_program_has_waiting(house: House, time: int) -> None:
    services, owner, order = house.office.services, house.office.owner, house.order()
    account = services.accounts.of(owner, "shop")
    text = f"Which of the {time + 2} colours would you like?"
    done = at_once(
        post(house, letter(order_id=order)),
        lambda: services.drafts.save(owner, account, order, type="confirmOrderDetails", text=text),
    )
    assert sorted(type(each) is Draft for each in done) == [False, True], done
    assert sorted(type(each) is Changed for each in done) == [False, True], done
