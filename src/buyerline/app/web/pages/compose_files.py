"""The files of a draft: added, removed, and handed out again to whoever may read the draft."""

from litestar import get, post
from litestar.response import Response

from buyerline.app.draft_values import FILE_LIMIT
from buyerline.app.errors import Changed, Invalid, NotHere
from buyerline.app.web.downloads import as_download
from buyerline.app.web.pages.compose_desk import Desk
from buyerline.app.web.pages.compose_form import Written
from buyerline.app.web.rendering import is_htmx, see_other


@post("/files", sync_to_thread=True)
def add(desk: Desk, form: Written) -> Response[bytes]:
    """Add files to the draft, and keep what else the form says."""
    drafts, order_id = desk.services.drafts, desk.order.order_id
    try:
        if form.whole:
            desk.save(form)
        for file in form.files:
            content = file.file.read(FILE_LIMIT + 1)
            drafts.add_file(desk.viewer, desk.account, order_id, file.filename, content)
    except (Changed, Invalid) as refusal:
        return desk.refused(form, refusal)
    return _shown(desk)


@post("/files/{file_id:str}", sync_to_thread=True)
def remove(desk: Desk, form: Written, file_id: str) -> Response[bytes]:
    """Take a file out of the draft, and keep what else the form says."""
    try:
        draft = desk.save(form) if form.whole else desk.draft()
        if draft:
            desk.services.drafts.remove_file(desk.viewer, draft.id, file_id)
    except (Changed, Invalid) as refusal:
        return desk.refused(form, refusal)
    return _shown(desk)


@get("/files/{file_id:str}", sync_to_thread=True)
def download(desk: Desk, file_id: str) -> Response[bytes]:
    """A file of the own draft."""
    draft = desk.draft()
    if draft is None:
        raise NotHere
    return as_download(desk.services.drafts.file(desk.viewer, draft.id, file_id))


def _shown(desk: Desk) -> Response[bytes]:
    return desk.answer(desk.draft(), desk.known()) if is_htmx(desk.request) else see_other(f"{desk.url}#files")


HANDLERS = [add, remove, download]
