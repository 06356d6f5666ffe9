"""The consent page of the website authorisation flow: a seller lets an application act for an account.

Amazon's "Website authorization workflow": Seller Central shows the page at ``/apps/authorize/consent``, and sends the
browser back to the application with ``state``, ``selling_partner_id`` and ``spapi_oauth_code``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from litestar import Request, Response, get, post
from litestar.handlers import HTTPRouteHandler

from buyerline.sandbox.accounts import Application
from buyerline.sandbox.pages import PAGE_POLICY, answer, page, render
from buyerline.sandbox.state import State

CONSENT_PATH = "/apps/authorize/consent"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What an application asks for in the page's URL."""

    application: Application
    state: str
    redirect_uri: str

    @property
    def origin(self) -> str:
        """Scheme, host and port of the address that the browser will be sent to."""
        parts = urlsplit(self.redirect_uri)
        return f"{parts.scheme}://{parts.netloc}"

    def reply(self, seller_id: str, code: str) -> str:
        """The address that brings the code back to the application."""
        parts = urlsplit(self.redirect_uri)
        added = {"state": self.state, "selling_partner_id": seller_id, "spapi_oauth_code": code}
        query = parse_qsl(parts.query, keep_blank_values=True) + list(added.items())
        return parts._replace(query=urlencode(query)).geturl()


class ConsentProblem(ValueError):
    """The page cannot be shown, and the browser is sent nowhere; the text says why."""


def consent_routes(state: State) -> list[HTTPRouteHandler]:
    """The handlers of the consent page, for one world."""

    @get(CONSENT_PATH, sync_to_thread=False)
    def ask(request: Request[Any, Any, Any]) -> Response[bytes]:
        try:
            return _show(state, read_wish(state, dict(request.query_params)))
        except ConsentProblem as problem:
            return page("problem.html", status=400, detail=str(problem))

    @post(CONSENT_PATH)
    async def agree(request: Request[Any, Any, Any]) -> Response[bytes]:
        form = await request.form()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        try:
            return _agree(state, read_wish(state, fields), fields.get("account", ""))
        except ConsentProblem as problem:
            return page("problem.html", status=400, detail=str(problem))

    return [ask, agree]


def read_wish(state: State, fields: Mapping[str, str]) -> Wish:
    """What the page was asked for.

    Raises:
        ConsentProblem: The application is unknown, there is no state, or the browser would be sent to a place that is
            neither on this machine nor among the sandbox's options.
    """
    application = state.accounts.application_of(fields.get("application_id", ""))
    if application is None:
        raise ConsentProblem("No application has this application_id. The sandbox prints its own at the start.")
    if not fields.get("state"):
        raise ConsentProblem("The parameter state is missing. It lets the application recognise its own request.")
    configured = state.options.redirect_uris
    redirect_uri = fields.get("redirect_uri") or (configured[0] if configured else "")
    if redirect_uri not in configured and not _is_loopback(redirect_uri):
        raise ConsentProblem(
            "The parameter redirect_uri must be an http or https address on this machine, such as "
            "http://localhost:8700/callback, or one of the sandbox's redirect_uris."
        )
    return Wish(application, fields["state"], redirect_uri)


def _is_loopback(uri: str) -> bool:
    if not uri.isascii() or any(character.isspace() or character in "\\;," for character in uri):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.hostname in _LOOPBACK and parts.username is None


def _show(state: State, wish: Wish) -> Response[bytes]:
    text = render("consent.html", wish=wish, accounts=state.accounts.all()[:200], path=CONSENT_PATH)
    # The browser applies form-action to the redirect that follows the form, too.
    policy = PAGE_POLICY.replace("form-action 'self'", f"form-action 'self' {wish.origin}")
    return answer(text.encode(), "text/html", policy=policy)


def _agree(state: State, wish: Wish, account_id: str) -> Response[bytes]:
    account = next((account for account in state.accounts.all() if account.id == account_id), None)
    if account is None:
        raise ConsentProblem("There is no such account. Go back and choose one.")
    code = state.accounts.make_code(wish.application.client_id, account.id, wish.redirect_uri)
    return Response(b"", status_code=302, headers={"Location": wish.reply(account.seller_id, code)})
