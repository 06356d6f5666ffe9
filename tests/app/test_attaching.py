"""That an account can attach is found out by the way."""

from pathlib import Path

from buyerline.outbox import State
from tests.app.office import Office
from tests.waiting import until


def test_an_account_that_has_uploaded_a_file_is_remembered_as_one_that_can(office: Office, tmp_path: Path) -> None:
    services = office.services
    outbox = services.outbox.acting("olga")
    invoice = tmp_path / "invoice.txt"
    invoice.write_text("Invoice 1, paid")
    assert services.accounts.of(office.owner, "shop").can_attach is None

    message = outbox.add(office.amazon.guide_order, "invoice", attachments=[invoice], account="shop", marketplace="US")

    until(lambda: outbox.get(message.id).state is State.SENT, "the message was sent")
    until(lambda: services.accounts.of(office.owner, "shop").can_attach, "it was remembered")
