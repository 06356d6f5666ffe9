"""The JSON API, its document and its page. Handlers are thin: parse, ask a service, answer with a struct."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from buyerline.app.web.api import accounts, approvals, docs, drafts, messages, offers, orders, people
from buyerline.app.web.api.reading import LARGEST_BODY, StrictRequest, check_request, require_key

_API = Router(
    "/api/v1",
    route_handlers=[
        *messages.ROUTES,
        *drafts.ROUTES,
        *approvals.ROUTES,
        *orders.ROUTES,
        *offers.ROUTES,
        *accounts.ROUTES,
        *people.ROUTES,
    ],
    guards=[require_key, check_request],
    include_in_schema=True,
    request_class=StrictRequest,
    request_max_body_size=LARGEST_BODY,
)

ROUTES: list[ControllerRouterHandler] = [_API, *docs.ROUTES]
