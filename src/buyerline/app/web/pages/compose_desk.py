"""An order on which somebody writes: what its handlers have in common, and how each of them answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar.response import Response

from buyerline.amazon.messaging import MESSAGE_TYPES
from buyerline.app.accounts import Account
from buyerline.app.composing import CAREFUL_FROM
from buyerline.app.draft_rows import Draft
from buyerline.app.draft_values import FILE_LIMIT
from buyerline.app.errors import AppError
from buyerline.app.offers import Offer
from buyerline.app.order_rows import OrderRow
from buyerline.app.services import Services
from buyerline.app.viewer import Viewer
from buyerline.app.web.about_order import order_url
from buyerline.app.web.pages.compose_form import Written, later_of
from buyerline.app.web.rendering import PageRequest, is_htmx, page, part
from buyerline.app.words import Words
from buyerline.messages.filetypes import ALLOWED

WHOLE = "draft"
"""Where it is said why nothing of a form was kept, as if that were one of its fields."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An order, and the person who writes about it, during one request."""

    request: PageRequest
    services: Services
    viewer: Viewer
    account: Account
    order: OrderRow

    @property
    def url(self) -> str:
        """Where the order is looked at."""
        return order_url(self.account.name, self.order.order_id)

    def draft(self) -> Draft | None:
        """What the person has written so far."""
        return self.services.drafts.open(self.viewer, self.account, self.order.order_id)

    def save(self, form: Written) -> Draft:
        """Keep what a form says, the names of files too.

        Raises:
            Changed, Invalid: as `Drafts.save` and `Drafts.rename_file` do.
        """
        drafts = self.services.drafts
        kept = drafts.save(
            self.viewer,
            self.account,
            self.order.order_id,
            draft_id=form.draft_id,
            version=form.version,
            type=form.type,
            text=form.text,
            coverage_start=form.coverage_start,
            coverage_end=form.coverage_end,
        )
        for file in kept.files:
            name = form.names.get(file.id, file.name)
            if name != file.name:
                kept = drafts.rename_file(self.viewer, kept.id, file.id, name)
        return kept

    def known(self) -> Offer:
        """What is remembered of what Amazon takes for the order."""
        return self.services.offers.known(self.account, self.order)

    def ask(self, draft: Draft | None, *, fresh: bool = False) -> Offer:
        """What Amazon takes for the order, asked now unless it is known well enough."""
        return self.services.offers.get(self.account, self.order, fresh=fresh, language=_has_text(draft))

    def answer(
        self,
        draft: Draft | None,
        offer: Offer,
        *,
        status: int = 200,
        asks: bool = False,
        tried: bool = False,
        said: Mapping[str, Words] | None = None,
        kept: bool = False,
        form: Written | None = None,
    ) -> Response[bytes]:
        """The order's page; for htmx the part of it in which one writes.

        Args:
            draft: what is written.
            offer: what Amazon takes.
            status: the answer's HTTP status.
            asks: whether a browser shall ask Amazon once it shows this, where too little is known.
            tried: whether somebody tried to send it, or asked what is missing: then that is called wrong.
            said: why a field was refused, by the ids of the page's elements.
            kept: whether all that was written is kept though something was refused.
            form: what was sent, to fill in again what no draft keeps.
        """
        look = self.services.composing.look(self.viewer, self.account, self.order, draft, offer)
        to_fix = [*(said or {}), *(each.anchor for each in look.to_fix if tried)]
        values: dict[str, Any] = {
            "account": self.account,
            "order": self.order,
            "url": self.url,
            "draft": draft,
            "offer": offer,
            "look": look,
            "asks": asks and (offer.stale or (_has_text(draft) and offer.locale_stale)),
            "tried": tried,
            "said": said or {},
            "kept": kept,
            "later": later_of(self.viewer.zone),
            "form": form,
            "focus": to_fix[0] if to_fix and not is_htmx(self.request) else None,
            "needs_approval": self.services.store.needs_approval(),
            "careful_from": CAREFUL_FROM,
            "accepted": ALLOWED,
            "largest": FILE_LIMIT,
        }
        if is_htmx(self.request):
            return part(self.request, "order_compose.html", status=status, **values)
        timeline = self.services.following.for_order(self.viewer, self.account, self.order.order_id)
        return page(self.request, "order.html", status=status, timeline=timeline, **values)

    def refused(self, form: Written, refusal: AppError, *, kept: bool = False) -> Response[bytes]:
        """The page as the person sees it, with what they typed, and why it was not taken.

        Args:
            form: what they typed.
            refusal: why it was not taken.
            kept: whether what they typed was kept all the same: then the draft is shown as it stands.
        """
        field = getattr(refusal, "field", "") or WHOLE
        anchor = f"file-{field}" if field in form.names else field
        draft = self.draft()
        shown = form.over(draft, self.account.id, self.order.order_id) if form.whole and not kept else draft
        return self.answer(
            shown, self.known(), status=refusal.status, said={anchor: refusal.words}, kept=kept, form=form
        )


def desk_of(request: PageRequest, services: Services, viewer: Viewer, account: str, order_id: str) -> Desk:
    """The order of a URL.

    Raises:
        NotHere: there is none, or it is not theirs to see.
    """
    found = services.accounts.of(viewer, account)
    return Desk(request, services, viewer, found, services.orders.get(found.id, order_id))


def _has_text(draft: Draft | None) -> bool:
    """Whether somebody writes a text, so that it matters which language the buyer reads."""
    kind = MESSAGE_TYPES.get(draft.type) if draft and draft.type else None
    return kind is not None and kind.text is not None
