"""Login with Amazon: access tokens for refresh tokens, authorisation codes and client credentials.

Errors follow RFC 6749, section 5.2, with the texts that Amazon's token endpoint is known to give.
"""

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from buyerline.sandbox.accounts import ACCESS_TOKEN_SECONDS, Accounts, Application
from buyerline.sandbox.wire import FORM, Answer, Call, NotJson, read_json

if TYPE_CHECKING:
    from collections.abc import Callable

TOKEN_PATH = "/auth/o2/token"  # noqa: S105 - a path, no token

SCOPES = frozenset(
    {
        "sellingpartnerapi::notifications",
        "sellingpartnerapi::migration",
        "sellingpartnerapi::client_credential:rotation",
    }
)


class LoginError(Exception):
    """The token endpoint says no: an error code of RFC 6749 and a sentence."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description

    def answer(self) -> Answer:
        """The answer: two members, as RFC 6749 has them."""
        return _answer(self.status, {"error_description": self.description, "error": self.error})


def token(accounts: Accounts, call: Call) -> Answer:
    """Answer a token request."""
    try:
        return _answer(200, _grant(accounts, call))
    except LoginError as error:
        return error.answer()


def _grant(accounts: Accounts, call: Call) -> dict[str, object]:
    if call.method != "POST":
        raise LoginError(405, "invalid_request", "Only POST is supported for this endpoint")
    fields = _fields(call)
    grant_type = _field(fields, "grant_type")
    give = _GRANTS.get(grant_type)
    if give is None:
        raise LoginError(
            400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server"
        )
    return give(accounts, _application(accounts, call, fields), fields)


def _fields(call: Call) -> dict[str, str]:
    """The request's fields, from a form (values percent-encoded or not) or a JSON object."""
    if call.media_type == "application/json":
        try:
            content = read_json(call.body)
        except NotJson:
            content = None
        if not isinstance(content, dict):
            raise LoginError(400, "invalid_request", "The request body is not a JSON object")
        return {name: value for name, value in content.items() if isinstance(value, str)}
    if call.media_type != FORM:
        raise LoginError(400, "invalid_request", "Content type is not supported by the endpoint")
    return dict(parse_qsl(call.body.decode("utf-8", "replace"), errors="replace"))


def _field(fields: dict[str, str], name: str) -> str:
    value = fields.get(name)
    if not value:
        raise LoginError(400, "invalid_request", f"The request is missing a required parameter : {name}")
    return value


def _application(accounts: Accounts, call: Call, fields: dict[str, str]) -> Application:
    client_id, secret = _basic_credentials(call) or (_field(fields, "client_id"), _field(fields, "client_secret"))
    application = accounts.application(client_id)
    if application is None or application.secret != secret or application.secret_expired:
        raise LoginError(401, "invalid_client", "Client authentication failed")
    return application


def _basic_credentials(call: Call) -> tuple[str, str] | None:
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise LoginError(401, "invalid_client", "Client authentication failed") from None
    return client_id, secret


def _from_refresh_token(accounts: Accounts, application: Application, fields: dict[str, str]) -> dict[str, object]:
    refresh_token = _field(fields, "refresh_token")
    found = accounts.authorisation(refresh_token)
    if found is None:
        raise LoginError(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token")
    client_id, account, revoked = found
    if client_id != application.client_id:
        raise LoginError(400, "unauthorized_client", "Not authorized for requested operation")
    if revoked:
        raise LoginError(
            400,
            "invalid_grant",
            "The request has an invalid grant parameter : refresh_token. "
            "User may have revoked or didn't grant the permission.",
        )
    return _seller_token(accounts, application, account, refresh_token)


def _from_code(accounts: Accounts, application: Application, fields: dict[str, str]) -> dict[str, object]:
    found = accounts.take_code(_field(fields, "code"))
    redirect_uri = fields.get("redirect_uri")
    if found is None or found[0] != application.client_id or redirect_uri not in (None, found[2]):
        raise LoginError(400, "invalid_grant", "The request has an invalid grant parameter : code")
    account = found[1]
    return _seller_token(accounts, application, account, accounts.refresh_token_for(application.client_id, account))


def _from_client_credentials(accounts: Accounts, application: Application, fields: dict[str, str]) -> dict[str, object]:
    scopes = _field(fields, "scope").split()
    if not scopes or not SCOPES.issuperset(scopes):
        raise LoginError(400, "invalid_scope", "The request has an invalid scope")
    return {
        "access_token": accounts.issue(application.client_id, None, None),
        "scope": " ".join(scopes),
        "token_type": "bearer",
        "expires_in": ACCESS_TOKEN_SECONDS,
    }


def _seller_token(accounts: Accounts, application: Application, account: str, refresh_token: str) -> dict[str, object]:
    return {
        "access_token": accounts.issue(application.client_id, account, refresh_token),
        "refresh_token": refresh_token,
        "token_type": "bearer",
        "expires_in": ACCESS_TOKEN_SECONDS,
    }


_GRANTS: "dict[str, Callable[[Accounts, Application, dict[str, str]], dict[str, object]]]" = {
    "refresh_token": _from_refresh_token,
    "authorization_code": _from_code,
    "client_credentials": _from_client_credentials,
}


def _answer(status: int, content: dict[str, object]) -> Answer:
    answer = Answer.json(status, content)
    answer.headers += [(b"cache-control", b"no-cache, no-store, must-revalidate"), (b"pragma", b"no-cache")]
    return answer
