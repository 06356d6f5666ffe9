"""Amazon's website authorisation workflow: a seller consents in Seller Central, and the app gets the authorisation.

Source: Amazon, "Website Authorization Workflow" (developer-docs.amazon.com/sp-api/docs/website-authorization-workflow):
the consent page's parameters ``application_id``, ``state``, ``redirect_uri`` and, for a draft, ``version=beta``; what
it sends back; that the code is good for five minutes.
"""

from urllib.parse import urlencode, urlsplit

import msgspec

from buyerline.amazon.connect import AMAZON, STATIC_SANDBOX, ClientOptions, destination
from buyerline.amazon.errors import BuyerlineError, GrantInvalid, UnknownMarketplace
from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.account_names import account_title
from buyerline.app.accounts import Account, Accounts
from buyerline.app.applications import Applications
from buyerline.app.authorisation import refusal
from buyerline.app.errors import Invalid, NotHere
from buyerline.app.one_time_links import Link, OneTimeLinks, Purpose
from buyerline.app.seller_central import site_of
from buyerline.app.viewer import Viewer
from buyerline.app.words import Words
from buyerline.client import Application as LoginApplication

PATH = "/apps/authorize/consent"


class _Begun(msgspec.Struct):
    """What is remembered of a consent while the person is at Amazon."""

    title: str
    marketplace: str
    redirect_uri: str
    again: str | None = None


class Consent:
    """Sends people to Amazon's consent page, and takes up what they bring back.

    Args:
        accounts: where sellers are connected.
        applications: for which application they consent.
        links: keeps the ``state``, which is good once, for the person who began, for half an hour.
        options: those of the clients. Whatever stands in for Amazon shows the consent page, too.
    """

    def __init__(
        self, accounts: Accounts, applications: Applications, links: OneTimeLinks, options: ClientOptions
    ) -> None:
        self._accounts = accounts
        self._applications = applications
        self._links = links
        self._options = options
        self._endpoint = destination(options)

    def begin(
        self,
        viewer: Viewer,
        marketplace: Marketplace | str,
        title: str,
        redirect_uri: str,
        *,
        draft: bool = False,
        again: str | None = None,
    ) -> str:
        """The URL of Amazon's consent page.

        Args:
            viewer: who connects an account.
            marketplace: one in whose Seller Central the seller signs in; the authorisation is its region's.
            title: what to call the account; empty: the store's name.
            redirect_uri: where Amazon sends the browser back to; one that is registered for the application.
            draft: whether the application is not published yet.
            again: name of the account that is connected anew.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no account `again`.
            Invalid: the title or the marketplace cannot be taken, or the application or its id is not known.
        """
        viewer.require_owner()
        place, title = _marketplace(marketplace), account_title(title)
        if again and self._accounts.of(viewer, again).region is not place.region:
            raise Invalid(Words("Choose a marketplace of the account's region."), field="marketplace")
        application_id = self._applications.get().application_id
        if application_id is None:
            raise Invalid(
                Words("Amazon's consent page needs the application's id. It begins with amzn1.sp.solution."),
                field="application_id",
            )
        begun = _Begun(title, place.id, redirect_uri, again)
        note = msgspec.json.encode(begun).decode()
        query = {
            "application_id": application_id,
            "state": self._links.make(Purpose.CONSENT, viewer.person_id, note),
            "redirect_uri": redirect_uri,
        }
        query |= {"version": "beta"} if draft else {}
        return f"{self._site(place)}{PATH}?{urlencode(query)}"

    def finish(self, viewer: Viewer, state: str, selling_partner_id: str, code: str) -> Account:
        """Exchange what Amazon sent back for the authorisation, and connect the account.

        Raises:
            NotAllowed: only owners may.
            NotHere: this person did not begin it, or it was used, or it is too old.
            Invalid, NotReached: as `Accounts.connect` does.
        """
        viewer.require_owner()
        begun = msgspec.json.decode(self._taken(viewer, state).note or "", type=_Begun)
        token = self._exchanged(code, begun.redirect_uri)
        return self._accounts.connect(
            viewer,
            begun.title,
            Marketplace.of(begun.marketplace).region,
            token,
            selling_partner_id=selling_partner_id or None,
            again=begun.again,
        )

    def origins(self) -> list[str]:
        """The sites to which `begin` may send a browser, as a Content-Security-Policy names them."""
        sites = {urlsplit(self._site(marketplace)) for marketplace in Marketplace}
        return sorted(f"{site.scheme}://{site.netloc}" for site in sites)

    def _site(self, marketplace: Marketplace) -> str:
        if self._endpoint not in (AMAZON, STATIC_SANDBOX):
            return self._endpoint
        return site_of(marketplace)

    def _taken(self, viewer: Viewer, state: str) -> Link:
        """What was begun under this state, by this person. Nobody else can use it up."""
        try:
            link = self._links.look(state, Purpose.CONSENT)
        except NotHere:
            raise NotHere(_NOT_BEGUN) from None
        if link.person_id != viewer.person_id:
            raise NotHere(_NOT_BEGUN)
        return self._links.take(state, Purpose.CONSENT)

    def _exchanged(self, code: str, redirect_uri: str) -> str:
        application = self._applications.get()
        try:
            with LoginApplication(application.client_id, application.client_secret, **self._options) as login:
                token = login.authorization_code(code, redirect_uri).refresh_token
        except GrantInvalid:
            raise Invalid(_CODE_OVER) from None
        except BuyerlineError as failure:
            raise refusal(failure) from failure
        if token is None:
            raise Invalid(_CODE_OVER)
        return token


def _marketplace(given: Marketplace | str) -> Marketplace:
    try:
        return Marketplace.of(given)
    except UnknownMarketplace:
        raise Invalid(
            Words("Choose the marketplace in whose Seller Central the seller signs in."), "marketplace"
        ) from None


_NOT_BEGUN = Words(
    "This answer from Amazon is not one that you asked for in the last 30 minutes, or it was used already. Nothing was "
    "connected. Begin again on the page Accounts."
)
_CODE_OVER = Words(
    "Amazon's answer was used already or came too late: it is good for five minutes. Nothing was connected. Begin "
    "again on the page Accounts."
)
