"""What a program wrote, and its person goes on with on the page."""

from pathlib import Path

from playwright.sync_api import expect

from buyerline.app.draft_rows import Draft
from buyerline.outbox import Outgoing
from tests.app.browser.conftest import Open
from tests.app.browser.steps import TEXT, attach, box, files, open_order, pdf_in, write
from tests.app.office import Office


def test_goes_on_after_a_file_was_added_first(office: Office, open_page: Open, tmp_path: Path) -> None:
    services, owner = office.services, office.owner
    page = open_page()
    open_order(page, office)
    services.store.set_approval(owner, needed=True)
    outgoing = Outgoing(office.amazon.guide_order, "confirmCustomizationDetails", text=TEXT)
    waits = services.posting.post(owner, services.accounts.of(owner, "shop"), outgoing)
    assert isinstance(waits, Draft)
    services.approving.take_back(owner, waits.id)
    page.reload()
    attach(page, pdf_in(tmp_path))
    write(page, TEXT + " Tell us by Friday.")
    page.reload()
    expect(box(page)).to_have_value(TEXT + " Tell us by Friday.")
    expect(files(page)).to_have_count(1)
