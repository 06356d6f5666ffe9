"""Whose an authorisation is: no account gets another seller's."""

from collections.abc import Iterable, Mapping

from buyerline.amazon.marketplaces import Marketplace
from buyerline.app.account_rows import Account
from buyerline.app.authorisation import Seller
from buyerline.app.errors import Invalid
from buyerline.app.words import Words

_FIELD = "refresh_token"


def check_not_of(wanted: Account, found: Account | None) -> None:
    """Refuse an authorisation that is known to be of another account.

    Args:
        wanted: the account that it is for.
        found: the account whose it is; ``None`` where nobody knows.

    Raises:
        Invalid: it is another's.
    """
    if found is not None and found.id != wanted.id:
        words = Words("This authorisation is of the account {title}, which is connected already.", title=found.title)
        raise Invalid(words, _FIELD)


def check_ids(wanted: Account, selling_partner_id: str | None) -> None:
    """Refuse the authorisation of a seller who has another id at Amazon than the account's.

    Raises:
        Invalid: it is another seller's.
    """
    if selling_partner_id and wanted.selling_partner_id not in (None, selling_partner_id):
        words = Words(
            "This authorisation is of another seller ({theirs}) than the account {title} ({ours}). Sign in to Seller "
            "Central as that seller, or connect this one as a new account.",
            theirs=selling_partner_id,
            title=wanted.title,
            ours=wanted.selling_partner_id,
        )
        raise Invalid(words, _FIELD)


def check_orders(wanted: Account, order_id: str, *, theirs: bool) -> None:
    """Refuse the authorisation of a seller who does not have an order of the account's.

    Raises:
        Invalid: it is another seller's.
    """
    if not theirs:
        words = Words(
            "This authorisation is of another seller than the account {title}: Amazon knows no order {order} of "
            "theirs. Use one of the account's own seller, or connect this one as a new account.",
            title=wanted.title,
            order=order_id,
        )
        raise Invalid(words, _FIELD)


def check_stores(wanted: Account, seller: Seller) -> None:
    """Refuse the authorisation of a seller with no marketplace of the account's, or other names for its stores there.

    Raises:
        Invalid: it is another seller's, as it seems.
    """
    shared = [each.id for each in seller.marketplaces if each in wanted.marketplaces]
    named = [each for each in shared if each in wanted.stores and each in seller.stores]
    if not shared or (named and all(wanted.stores[each] != seller.stores[each] for each in named)):
        words = Words(
            "This authorisation is of another seller ({theirs}) than the account {title} ({ours}), as it seems. Use "
            "one of the account's own seller, or connect this one as a new account.",
            theirs=_shown(seller.stores, seller.marketplaces),
            title=wanted.title,
            ours=_shown(wanted.stores, wanted.marketplaces),
        )
        raise Invalid(words, _FIELD)


def _shown(stores: Mapping[str, str], marketplaces: Iterable[Marketplace]) -> str:
    """What the stores of a seller are called, and where they are."""
    return ", ".join([*dict.fromkeys(stores.values()), *[each.name for each in marketplaces]])
