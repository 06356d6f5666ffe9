"""What a seller's authorisation is worth: asked of Amazon, and told in a person's words."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from buyerline.amazon import errors
from buyerline.amazon.connect import ClientOptions
from buyerline.amazon.credentials import Credentials
from buyerline.amazon.login import TokenStore
from buyerline.amazon.marketplaces import Marketplace, Region
from buyerline.amazon.uploads import content_md5, resource_of
from buyerline.app.errors import AppError, Invalid
from buyerline.app.sentences import marked
from buyerline.app.words import Words
from buyerline.client import SellingPartner

HURRIED: ClientOptions = {"max_wait": 5.0, "repeats": 1}
"""A person waits for the page: seconds for a place in a usage plan, and how often a call is repeated."""

HOME = {Region.NA: Marketplace.US, Region.EU: Marketplace.UK, Region.FE: Marketplace.JP}
"""A marketplace of each region, to ask what is not about a marketplace."""

LONGEST_STORE = 200
"""Characters of a store's name that are kept; Amazon documents no limit."""

_ELSEWHERE = {
    Region.NA: marked("This seller sells in North America ({marketplaces}). Choose that region."),
    Region.EU: marked("This seller sells in Europe ({marketplaces}). Choose that region."),
    Region.FE: marked("This seller sells in the Far East ({marketplaces}). Choose that region."),
}

_NOT_ANSWERED = (errors.TransportError, errors.AmazonUnavailable, errors.DeniedForNow)
_NO_ROOM = (errors.NotNow, errors.Throttled)
_NOT_REACHED = Words("Amazon could not be reached just now. Try again in a minute.")

CANNOT_READ_ORDERS = Words(
    "Amazon does not let this account's orders be read. The seller has to grant the application a role that "
    "reads orders, such as Inventory and Order Tracking, and to authorise it again."
)


class NotReached(AppError):
    """Amazon could not be asked, or had no time. It says nothing about the authorisation."""

    status = 502


@dataclass(frozen=True, slots=True)
class Seller:
    """What Amazon tells of the seller behind an authorisation.

    Attributes:
        marketplaces: where the seller takes part, those of the region asked that this API serves, `HOME` first.
        stores: the store's name in each of them, by marketplace id, where Amazon tells it.
    """

    marketplaces: tuple[Marketplace, ...]
    stores: Mapping[str, str]

    @property
    def store(self) -> str | None:
        """The store's name in the first of the marketplaces where Amazon tells it."""
        return next((self.stores[each.id] for each in self.marketplaces if each.id in self.stores), None)


def ask(
    credentials: Credentials, region: Region, options: ClientOptions, order: tuple[str, Marketplace] | None = None
) -> tuple[Seller, bool | None]:
    """Exchange the refresh token, and ask for the seller's marketplaces (getMarketplaceParticipations).

    Args:
        credentials: the authorisation.
        region: where it is said to be valid.
        options: those of the app's clients.
        order: the id and marketplace of an order, to ask for an upload destination for. That is safe to repeat, and
            sends nothing.

    Returns:
        The seller, and whether attachments may be uploaded; ``None`` where that was not found out.

    Raises:
        Invalid: Amazon refuses the authorisation, or it is another region's. The field is the one of a form that
            asks for ``refresh_token`` and ``region``.
        NotReached: Amazon could not be asked.
    """
    with _asking(credentials, region, options) as amazon:
        seller = _seller(amazon, region)
        return seller, None if order is None else _may_upload(amazon, *order)


def has_order(credentials: Credentials, region: Region, options: ClientOptions, order_id: str) -> bool | None:
    """Whether an order is one of the seller's behind an authorisation (getOrder).

    Args:
        credentials: the authorisation.
        region: where it is valid.
        options: those of the app's clients.
        order_id: Amazon's id of the order.

    Returns:
        ``None`` where Amazon does not say, because the authorisation is not for reading orders.

    Raises:
        Invalid, NotReached: as `ask` does.
    """
    with _asking(credentials, region, options) as amazon:
        try:
            amazon.orders.get(order_id)
        except errors.NotFound:
            return False
        except errors.AmazonError as failure:
            if failure.permanent:
                return None
            raise
        return True


def refusal(failure: errors.BuyerlineError) -> Invalid | NotReached:
    """A failure of Amazon's, or of the way there, told to a person who connects or tests an account."""
    if isinstance(failure, _NO_ROOM):
        return NotReached(Words("Amazon answers this question about once a minute. Try again in a minute."))
    if isinstance(failure, _NOT_ANSWERED):
        return NotReached(_NOT_REACHED)
    for kind, field, words in _REFUSALS:
        if isinstance(failure, kind):
            return Invalid(words, field)
    return Invalid(Words("{why}", why=str(failure)))


def why_not(failure: errors.BuyerlineError, denied: Words, otherwise: Words | None = None) -> Words:
    """Why Amazon could not be asked something for an account, and what to do.

    Args:
        failure: Amazon's, or of the way there.
        denied: what is said where Amazon does not let the account ask it.
        otherwise: what is said of anything that has no sentence here; by default what the failure says itself.
    """
    if is_refused(failure):
        return refusal(failure).words
    if isinstance(failure, _NO_ROOM):
        return Words("Amazon lets an account ask only so often. Try again in a few seconds.")
    if isinstance(failure, _NOT_ANSWERED):
        return _NOT_REACHED
    if isinstance(failure, errors.AccessDenied):
        return denied
    return otherwise or Words("{why}", why=str(failure))


@contextmanager
def _asking(credentials: Credentials, region: Region, options: ClientOptions) -> Iterator[SellingPartner]:
    """A client that asks with an authorisation that is to be tried.

    Raises:
        Invalid, NotReached: something failed in the block.
    """
    settings: ClientOptions = {
        **options,
        **HURRIED,
        "credentials": credentials,
        "tokens": TokenStore(),  # none that was got before: the authorisation itself is to be tried
    }
    try:
        with SellingPartner(HOME[region], **settings) as amazon:
            yield amazon
    except errors.BuyerlineError as failure:
        raise refusal(failure) from failure


def is_refused(failure: Exception) -> bool:
    """Whether a failure means that the authorisation has to be mended before anything else will do."""
    return isinstance(failure, errors.LoginError | errors.TokenRejected)


def _seller(amazon: SellingPartner, region: Region) -> Seller:
    taking_part = [
        each for each in amazon.sellers.get_participations() if each.participation.is_participating is not False
    ]
    ids = {each.marketplace.id for each in taking_part}
    known = [marketplace for marketplace in Marketplace if marketplace.id in ids]
    here = [marketplace for marketplace in known if marketplace.region is region]
    if not here:
        raise _not_here(known)
    usual_first = sorted(here, key=lambda marketplace: marketplace is not HOME[region])
    names = {each.marketplace.id: _as_shown(each.store_name or "") for each in taking_part}
    return Seller(tuple(usual_first), {each.id: names[each.id] for each in usual_first if names[each.id]})


def _as_shown(name: str) -> str:
    """A store's name as it can stand in a line."""
    return "".join(each for each in name if each.isprintable())[:LONGEST_STORE].strip()


def _not_here(known: Iterable[Marketplace]) -> Invalid:
    elsewhere = list(known)
    if not elsewhere:
        return Invalid(Words("This seller takes part in no marketplace that Amazon's API serves."))
    names = ", ".join(marketplace.name for marketplace in elsewhere)
    return Invalid(Words(_ELSEWHERE[elsewhere[0].region], marketplaces=names), field="region")


def _may_upload(amazon: SellingPartner, order_id: str, marketplace: Marketplace) -> bool | None:
    """Whether Amazon gives an upload destination.

    It documents them for North America with the Product Listing role only (Uploads API use case guide).
    """
    resource = resource_of(order_id, "invoice")
    try:
        amazon.uploads.create_destination(resource, content_md5(b""), marketplace=marketplace)
    except (errors.TokenRejected, errors.DeniedForNow):
        return None
    except errors.AccessDenied:
        return False
    except errors.BuyerlineError:
        return None
    return True


_REFUSALS: tuple[tuple[type[errors.BuyerlineError], str, Words], ...] = (
    (
        errors.GrantInvalid,
        "refresh_token",
        Words(
            "Amazon does not accept this authorisation: the refresh token is wrong, or the seller has withdrawn it. "
            "Let the seller authorise the application again."
        ),
    ),
    (
        errors.ClientUnauthorized,
        "refresh_token",
        Words(
            "This authorisation was given to another application. Use a refresh token of the application whose "
            "client id is set on the page Accounts."
        ),
    ),
    (
        errors.ClientInvalid,
        "client_secret",
        Words(
            "Amazon does not accept the application's client id and secret: one of them is wrong, or the secret is "
            "older than 180 days. An owner sets a new one on the page Accounts."
        ),
    ),
    (
        errors.AccessDenied,
        "region",
        Words(
            "Amazon does not let this authorisation be used in this region. An authorisation is valid in one region: "
            "choose the one where the seller gave it."
        ),
    ),
)
