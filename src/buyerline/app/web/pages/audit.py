"""The audit: who did what, newest first. For owners."""

from urllib.parse import quote, urlencode

from litestar import get
from litestar.response import Response

from buyerline.app.audit import SAID, AuditFilters, Entry, What
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.forms import number_of
from buyerline.app.web.rendering import PageRequest, page

_OF_MESSAGES = {
    *(What.MESSAGE_SENT, What.MESSAGE_UNDONE, What.MESSAGE_CANCELLED, What.MESSAGE_RETRIED, What.MESSAGE_RESOLVED),
    What.APPROVED,
}
_OF_ORDERS = {What.APPROVAL_ASKED, What.GIVEN_BACK, What.THROWN_AWAY}


@get("/audit", sync_to_thread=True)
def audit(request: PageRequest, services: Services, viewer: Viewer) -> Response[bytes]:
    """Some lines of the audit, those that fit the filters in the URL.

    Raises:
        NotAllowed: they are no owner.
        NotHere: there is no such account.
    """
    viewer.require_owner()
    asked = request.query_params
    person, before = number_of(asked.get("person", "")), number_of(asked.get("before", ""))
    account = services.accounts.of(viewer, asked["account"]) if asked.get("account") else None
    filters = AuditFilters(person, account.id if account else None, _what(asked.get("what", "")))
    found = services.audit.list(viewer, before=before, filters=filters)
    chosen = {"person": person, "account": account.name if account else None, "what": filters.what}
    narrowed = {name: value for name, value in chosen.items() if value is not None}
    return page(
        request,
        "audit.html",
        entries=[(entry, _address(entry)) for entry in found.entries],
        older=f"/audit?{urlencode({**narrowed, 'before': found.before})}" if found.before else None,
        newest=f"/audit?{urlencode(narrowed)}" if asked.get("before") else None,
        chosen=chosen,
        narrowed=bool(narrowed),
        people=services.people.list(),
        accounts=services.accounts.list(viewer),
        said=SAID,
    )


def _address(entry: Entry) -> str | None:
    """Where to look at what a line is about."""
    if entry.about and entry.what in _OF_MESSAGES:
        return f"/outbox/{quote(entry.about, safe='')}"
    if entry.about and entry.what in _OF_ORDERS:
        return f"/orders?{urlencode({'q': entry.about})}"
    if entry.what is What.MESSAGES_EXPORTED:
        return f"/outbox?{entry.note}"
    return None


def _what(text: str) -> What | None:
    return What(text) if text in set(What) else None


ROUTES = [audit]
