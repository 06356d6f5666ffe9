"""The gateway in front of Amazon's services: who calls, may they, is there quota, is the request well formed."""

import re

from buyerline.amazon.marketplaces import Marketplace
from buyerline.sandbox import errors
from buyerline.sandbox.accounts import Account, Grant, Resource
from buyerline.sandbox.errors import Refusal
from buyerline.sandbox.operations import Operation
from buyerline.sandbox.state import State
from buyerline.sandbox.wire import FORM, Answer, Call

BODY_LIMIT = 10 * 1024 * 1024
"""The largest request body in bytes: API Gateway's limit of 10 MB (Amazon API Gateway, quotas)."""

USER_AGENT_LIMIT = 500
"""A User-Agent over 500 characters is rejected (SP-API developer guide)."""

_OTHER_SPELLINGS = frozenset({"MarketplaceId", "MarketplaceIds", "marketplaceId", "marketplace_ids", "marketplace_id"})


def answer(state: State, operation: Operation | None, call: Call) -> Answer:
    """Carry out one API request, or refuse it the way Amazon does. No ``operation`` means that none has this path."""
    if operation is None:
        return errors.missing_authentication_token().answer()
    try:
        made = _answer(state, operation, call)
    except Refusal as refusal:
        made = refusal.answer(operation.media_type)
    if made.status < 300 or made.status in (400, 404):
        # The rate goes with these alone, never with 429, 401 or 403 (usage plans guide).
        rate = state.buckets.plan(operation).rate
        made.headers.append((b"x-amzn-RateLimit-Limit", str(float(rate)).encode("ascii")))
    return made


def _answer(state: State, operation: Operation, call: Call) -> Answer:
    grant = _authenticate(state, operation, call)
    account_id = grant.account.id if grant.account else ""
    if not state.buckets.take(operation, grant.client_id, account_id):
        raise errors.quota_exceeded()
    _check_form(operation, call)
    _check_parameters(operation, call)
    return operation.handler(state, call)


def _authenticate(state: State, operation: Operation, call: Call) -> Grant:
    token = call.headers.get("x-amz-access-token")
    if not token:
        raise errors.token_missing()
    grant = call.grant = state.accounts.grant_of(token)
    if grant.account is None or not grant.account.has_any(operation.roles):
        raise errors.access_denied()
    if grant.resources is not None and not any(_opens(resource, call) for resource in grant.resources):
        raise errors.access_denied()
    return grant


def _opens(resource: Resource, call: Call) -> bool:
    """Whether a restricted token's resource covers the request, ``{orderId}`` covering every order."""
    pattern = re.escape(resource.path).replace(r"\{orderId\}", "[^/]+")
    return resource.method == call.method and re.fullmatch(pattern, call.raw_path) is not None


def _check_form(operation: Operation, call: Call) -> None:
    user_agent = call.headers.get("user-agent", "")
    if len(user_agent) > USER_AGENT_LIMIT:
        raise errors.invalid("The User-Agent header must not be longer than 500 characters.")
    if "(" not in user_agent or "Language=" not in user_agent:
        call.note("User-Agent is not of the form AppId/Version (Language=Name/Version)")
    if call.body_size > BODY_LIMIT:
        raise errors.too_large()
    if call.method != "POST" or (not call.body and not operation.takes_body):
        return
    media_type = call.media_type
    if media_type == FORM and call.raw_query:
        raise errors.form_with_query(f"{call.raw_path}?{call.raw_query}")
    if operation.takes_body and media_type not in ("", "application/json") and not media_type.endswith("+json"):
        if media_type == FORM and operation.takes_marketplace:
            raise errors.missing_parameters("marketplaceIds")
        raise errors.unsupported_media_type()


def _check_parameters(operation: Operation, call: Call) -> None:
    required = operation.required + (("marketplaceIds",) if operation.takes_marketplace else ())
    missing = [name for name in required if not call.values(name)]
    if missing:
        raise errors.missing_parameters(*missing)
    if operation.takes_marketplace:
        _check_marketplace(call)


def _check_marketplace(call: Call) -> None:
    values = call.values("marketplaceIds")
    other = sorted(_OTHER_SPELLINGS & call.query.keys())
    if other:
        call.note(f"query parameters that the model does not have: {', '.join(other)}")
    if len(call.query["marketplaceIds"]) > 1 or len(values) > 1:
        raise errors.wrong_marketplace()
    marketplace = marketplace_of(values[0])
    if marketplace is None:
        raise errors.wrong_marketplace()
    if not caller(call).sells_in(marketplace):
        raise errors.access_denied()


def caller(call: Call) -> Account:
    """The seller on whose behalf a request that passed the gateway was made."""
    if call.grant is None or call.grant.account is None:
        raise errors.token_invalid()
    return call.grant.account


def asked_marketplace(call: Call) -> Marketplace:
    """The one marketplace that a request that passed the gateway names."""
    marketplace = marketplace_of(call.values("marketplaceIds")[0])
    if marketplace is None:
        raise errors.wrong_marketplace()
    return marketplace


def marketplace_of(marketplace_id: str) -> Marketplace | None:
    """The marketplace with this id; Amazon takes no country codes here."""
    return _BY_ID.get(marketplace_id)


_BY_ID = {marketplace.id: marketplace for marketplace in Marketplace}
