"""What an application does at Login with Amazon on its own: a seller's consent, and tokens of its own."""

import asyncio
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from buyerline import Application, AsyncApplication, GrantInvalid, LoginError, SellingPartner
from buyerline.sandbox import DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, GUIDE_ORDER
from tests.running import Amazon

BACK = "http://localhost:8700/callback"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def consent(amazon: Amazon) -> str:
    """The code that Amazon's consent page sends the seller's browser back with."""
    wish = {"application_id": "amzn1.sp.solution.sandbox", "state": "s", "redirect_uri": BACK, "account": "sandbox"}
    opener = urllib.request.build_opener(_NoRedirect)
    with pytest.raises(urllib.error.HTTPError) as redirect:
        opener.open(f"{amazon.url}/apps/authorize/consent", urlencode(wish).encode())
    headers = redirect.value.headers
    redirect.value.close()
    return parse_qs(urlsplit(headers["location"]).query)["spapi_oauth_code"][0]


def test_a_sellers_consent_becomes_an_account_that_can_send(amazon: Amazon) -> None:
    with Application(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, endpoint=amazon.url) as application:
        code = consent(amazon)
        answer = application.authorization_code(code, BACK)
        with pytest.raises(GrantInvalid):
            application.authorization_code(code, BACK)
    credentials = {
        "client_id": DEFAULT_CLIENT_ID,
        "client_secret": DEFAULT_CLIENT_SECRET,
        "refresh_token": answer.refresh_token or "",
    }
    with SellingPartner(credentials=credentials, endpoint=amazon.url) as partner:
        partner.messaging.send(GUIDE_ORDER, "confirmOrderDetails", text="Which of the two colours did you mean?")
    assert str(answer.refresh_token) not in repr(answer)


def test_an_application_gets_a_token_of_its_own(amazon: Amazon) -> None:
    async def main() -> None:
        async with AsyncApplication(DEFAULT_CLIENT_ID, DEFAULT_CLIENT_SECRET, endpoint=amazon.url) as application:
            answer = await application.client_credentials("sellingpartnerapi::notifications")
            assert answer.access_token
            assert answer.expires_in == 3600
            with pytest.raises(LoginError):
                await application.client_credentials("sellingpartnerapi::nonsense")

    asyncio.run(main())
