"""Looking at a draft: what may be chosen, what is wrong and where, in which language it is, how it will look."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyerline.amazon.messaging import MESSAGE_TYPES, Actions
from buyerline.app.draft_rows import Draft, blank
from buyerline.app.language import Language
from buyerline.app.looks import Level
from buyerline.app.offers import Offer
from buyerline.app.preview import preview_of
from buyerline.app.words import Words
from buyerline.messages.attachments import TOTAL_LIMIT
from buyerline.outbox.clock import now
from tests.app.samples import PNG
from tests.app.writing import TEXT, Room

pytestmark = pytest.mark.parametrize("lasting_url", ["sqlite"], indirect=True)


def to_fix(room: Room, draft: Draft | None) -> list[tuple[str, str]]:
    """Where something is to fix, and which rule."""
    return [(each.anchor, each.code) for each in room.look(draft).to_fix]


# What may be chosen


def test_every_type_that_amazon_offers_is_a_card_in_its_order_those_that_cannot_be_chosen_last(room: Room) -> None:
    offer = room.offered(room.order, disabled={"confirmDeliveryDetails": "It was delivered."})
    cards = room.composing.look(room.ann, room.account, room.order, None, offer).cards
    sendable = [action.type.name for action in offer.actions if action.type and not action.disabled]
    assert [card.name for card in cards if card.why_not is None] == sendable
    assert [card.name for card in cards[len(sendable) :]] == ["confirmDeliveryDetails", "updateFeedback"]
    assert "It was delivered." in str(cards[-2].why_not)
    assert "Seller Central" in str(cards[-1].why_not)


def test_a_card_has_amazons_words_and_says_what_is_critical(room: Room) -> None:
    cards = {card.name: card for card in room.look(None).cards}
    problem = next(
        action for action in room.offers.known(room.account, room.order).actions if action.name == "unexpectedProblem"
    )
    assert (cards["unexpectedProblem"].title, cards["unexpectedProblem"].description) == (
        problem.title,
        problem.description,
    )
    assert {name for name, card in cards.items() if card.critical} == {"unexpectedProblem", "legalDisclosure"}


def test_what_seller_central_hides_can_be_chosen_where_it_is_offered(room: Room) -> None:
    hidden = {action.name for action in room.offers.known(room.account, room.order).actions if action.hidden}
    assert "negativeFeedbackRemoval" in hidden & {card.name for card in room.look(None).cards if card.why_not is None}


@pytest.mark.parametrize("name", ["invoice", "sendInvoice"])
def test_the_chosen_type_is_marked_by_any_of_its_names(room: Room, name: str) -> None:
    assert [card.name for card in room.look(room.write(room.ann, type=name)).cards if card.chosen] == ["invoice"]


def test_a_type_that_is_switched_off_without_a_reason_says_so(room: Room) -> None:
    room.offered(room.order, disabled={"warranty": ""})
    (card,) = (card for card in room.look(None).cards if card.name == "warranty")
    assert str(card.why_not) == "Amazon has switched this off for this order and gives no reason."


def test_nothing_is_chosen_at_first_and_that_is_only_missing(room: Room) -> None:
    look = room.look(None)
    (only,) = look.to_fix
    assert (only.anchor, only.code, only.missing) == ("type", "type_missing", True)
    assert not look.ready
    assert (look.action, look.text, look.attachments, look.coverage, look.preview) == (None, None, None, False, None)


def test_a_closed_order_is_told_instead_of_cards(room: Room) -> None:
    closed = Offer(Actions(room.order.order_id, (), "Amazon takes no messages for this order now: closed."), now())
    look = room.composing.look(room.ann, room.account, room.order, None, closed)
    assert look.closed == "Amazon takes no messages for this order now: closed."
    assert [each.sentence for each in look.about("type")] == [look.closed]


def test_an_order_that_takes_nothing_is_told_instead_of_cards(room: Room) -> None:
    look = room.composing.look(room.ann, room.account, room.order, None, Offer(Actions(room.order.order_id), now()))
    assert isinstance(look.closed, Words)
    assert not look.ready


def test_before_amazon_has_answered_nothing_can_be_sent_and_the_reason_is_told(room: Room) -> None:
    trouble = Words("Amazon could not be reached just now. Try again in a minute.")
    unknown = Offer(Actions(room.order.order_id), trouble=trouble)
    look = room.composing.look(room.ann, room.account, room.order, room.write(room.ann), unknown)
    assert look.closed is None
    assert [(each.code, each.sentence) for each in look.to_fix] == [("offer_missing", trouble)]


def test_a_type_that_is_no_longer_offered_is_told_beside_the_types(room: Room) -> None:
    assert to_fix(room, room.write(room.ann, type="nothingOfThatName")) == [("type", "type_not_available")]
    room.offered(room.order, disabled={"warranty": "Too late."})
    assert to_fix(room, room.write(room.ann, type="warranty")) == [("type", "type_disabled")]
    assert to_fix(room, room.write(room.ann, type="updateFeedback")) == [("type", "type_not_sendable")]


# The text


def test_a_draft_that_nothing_is_wrong_with_is_ready(room: Room) -> None:
    look = room.look(room.write(room.ann))
    assert (look.ready, look.problems, look.to_fix) == (True, (), ())
    assert look.text is not None
    assert (look.text.max_length, look.attachments) == (2000, None)


@pytest.mark.parametrize(
    ("length", "level"),
    [(0, Level.FINE), (1899, Level.FINE), (1900, Level.CAREFUL), (2000, Level.CAREFUL), (2001, Level.WRONG)],
)
def test_the_counter_counts_as_the_checks_do(room: Room, length: int, level: Level) -> None:
    counter = room.look(room.write(room.ann, text="👍" * length)).counter
    assert (counter.length, counter.limit, counter.level) == (length, 2000, level)


def test_an_empty_text_is_missing_and_not_wrong(room: Room) -> None:
    (only,) = room.look(room.write(room.ann, text="")).to_fix
    assert (only.anchor, only.code, only.missing) == ("text", "text_missing", True)


def test_every_place_of_a_problem_is_marked(room: Room) -> None:
    text = "Write to a@b.example or c@d.example, or see http://x.example/y today."
    look = room.look(room.write(room.ann, text=text))
    marked = [(segment.text, segment.codes) for segment in look.segments if segment.codes]
    assert marked == [
        ("a@b.example", ("text_email",)),
        ("c@d.example", ("text_email",)),
        ("http://x.example/y", ("text_link",)),
    ]
    assert {each.anchor for each in look.to_fix} == {"text"}


def test_places_of_several_problems_overlap(room: Room) -> None:
    look = room.look(room.write(room.ann, text="x" * 1995 + " a@b.example"))
    assert [(segment.text, segment.codes) for segment in look.segments][1:] == [
        ("a@b.", ("text_email",)),
        ("example", ("text_email", "text_too_long")),
    ]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.sampled_from("ab@.<> \n👍0123456789+-"), max_size=120))
def test_the_segments_are_the_whole_text(room: Room, text: str) -> None:
    draft = replace(blank(room.account.id, room.order.order_id), type="confirmOrderDetails", text=text)
    look = room.look(draft)
    assert "".join(segment.text for segment in look.segments) == text
    in_segments = {code for segment in look.segments for code in segment.codes}
    assert in_segments == {problem.code for problem in look.problems if problem.start is not None}


def test_the_orders_own_number_is_no_phone_number(room: Room) -> None:
    assert room.look(room.write(room.ann, text=f"About your order {room.order.order_id}: is it a gift?")).ready


def test_a_text_for_a_type_that_takes_none_stays_and_is_told(room: Room) -> None:
    draft = room.write(room.ann, type="negativeFeedbackRemoval")
    assert to_fix(room, draft) == [("text", "text_not_taken")]
    assert draft.text == TEXT


# Files


def test_each_file_is_told_what_is_wrong_with_it(room: Room) -> None:
    room.attach(room.ann, "invoice.pdf")
    room.attach(room.ann, "photo.pdf", PNG)
    room.attach(room.ann, "invoice.pdf", b"%PDF-1.4 other")
    draft = room.write(room.ann, type="invoice", text="")
    first, second, third = (f"file-{file.id}" for file in draft.files)
    look = room.look(draft)
    assert look.about(first) == ()
    assert [each.code for each in look.about(second)] == ["file_type_mismatch"]
    assert [each.code for each in look.about(third)] == ["file_name_duplicate"]


def test_missing_files_are_told_at_the_files(room: Room) -> None:
    (only,) = room.look(room.write(room.ann, type="invoice", text="")).to_fix
    assert (only.anchor, only.code, only.missing) == ("files", "attachments_missing", True)


def test_the_sizes_say_how_much_is_left(room: Room) -> None:
    room.attach(room.ann, "a.txt", b"x" * 4_000_000)
    draft = room.write(room.ann, type="invoice", text="")
    look = room.look(draft)
    assert (look.sizes.used, look.sizes.limit, look.sizes.left) == (4_000_000, TOTAL_LIMIT, TOTAL_LIMIT - 1 - 4_000_000)
    assert look.ready
    more = room.look(room.attach(room.ann, "b.txt", b"x" * 6_000_000))
    assert more.sizes.left == 0
    assert [each.code for each in more.about("files")] == ["attachments_too_large"]


def test_an_account_that_amazon_took_no_files_from_is_told_so_where_files_are_taken(room: Room) -> None:
    room.account = replace(room.account, can_attach=False)
    assert room.look(room.write(room.ann)).cannot_attach is None
    assert room.look(room.write(room.ann, type="digitalAccessKey")).cannot_attach is not None
    assert room.look(room.write(room.ann, type="digitalAccessKey")).ready


# A warranty's days


def test_a_warranty_asks_for_its_days(room: Room) -> None:
    room.attach(room.ann, "warranty.pdf")
    draft = room.write(room.ann, type="warranty", text="", coverage_start="2026-12-01")
    assert room.look(draft).coverage
    assert to_fix(room, draft) == [("coverage_end", "coverage_missing")]
    assert to_fix(
        room, room.write(room.ann, type="warranty", text="", coverage_start="2026-12-01", coverage_end="soon")
    ) == [("coverage_end", "coverage_malformed")]


def test_what_is_to_fix_is_told_in_the_order_of_the_page(room: Room) -> None:
    draft = room.write(room.ann, type="warranty", text="")
    assert [anchor for anchor, _ in to_fix(room, draft)] == ["coverage_start", "coverage_end", "files"]


# The language


def test_the_buyers_language_and_the_texts_are_told_and_that_they_differ(room: Room) -> None:
    room.offered(room.order, locale="de-DE")
    reading = room.look(room.write(room.ann)).language
    assert (reading.buyer, reading.text) == (Language("de"), Language("en"))
    assert str(reading.warning) == "The buyer reads German. Your text looks English."


def test_a_language_that_is_not_known_warns_of_nothing(room: Room) -> None:
    room.offered(room.order, locale=None)
    reading = room.look(room.write(room.ann)).language
    assert (reading.buyer, reading.text, reading.warning) == (None, Language("en"), None)


def test_another_language_keeps_nobody_from_sending(room: Room) -> None:
    room.offered(room.order, locale="ja-JP")
    assert room.look(room.write(room.ann)).ready


# What was sent before


def test_the_same_message_for_the_same_order_is_told(room: Room) -> None:
    message = room.send(room.ann, room.write(room.ann))
    look = room.look(room.write(room.ben), room.ben)
    assert look.sent_before is not None
    assert (look.sent_before.message_id, look.sent_before.at) == (message.id, message.queued_at)
    assert look.ready
    assert room.look(room.write(room.ben, text=f"{TEXT} Or red?"), room.ben).sent_before is None


def test_files_and_days_make_a_message_the_same_too(room: Room) -> None:
    for who, name in ((room.ann, "a.pdf"), (room.ben, "a.pdf"), (room.olga, "b.pdf")):
        room.attach(who, name)
        draft = room.write(who, type="warranty", text="", coverage_start="2026-12-01", coverage_end="2027-11-30")
        expected = who is room.ben
        assert (room.look(draft, who).sent_before is not None) == expected
        if who is room.ann:
            room.send(who, draft)


def test_what_was_certainly_not_sent_is_not_the_same_again(room: Room) -> None:
    message = room.send(room.ann, room.write(room.ann))
    room.outbox.cancel(message.id)
    assert room.look(room.write(room.ann)).sent_before is None


# The email


def test_no_text_of_a_buyers_is_in_what_is_printed(room: Room) -> None:
    assert TEXT[:20] not in repr(room.look(room.write(room.ann)))


def test_the_preview_shows_what_the_buyer_will_read(room: Room) -> None:
    room.attach(room.ann, "photo.png", PNG)
    preview = room.look(room.write(room.ann, type="digitalAccessKey", text="Your key:\n\nABCD")).preview
    assert preview is not None
    assert str(preview.sender) == "your store's name at Amazon"
    assert room.order.order_id in str(preview.subject)
    assert "Cups & Co" not in str(preview.opening)  # what people here call the account, the buyer never sees
    assert preview.lines == ("Your key:", "", "ABCD")
    assert [file.name for file in preview.files] == ["photo.png"]
    assert (preview.locale, preview.right_to_left, preview.important) == ("en-US", False, False)


@pytest.mark.parametrize(("locale", "right_to_left"), [("ar-AE", True), ("he-IL", True), ("hi-IN", False)])
def test_the_preview_is_written_as_the_buyers_language_is(room: Room, locale: str, right_to_left: bool) -> None:
    room.offered(room.order, locale=locale)
    preview = room.look(room.write(room.ann)).preview
    assert preview is not None
    assert preview.right_to_left is right_to_left


@pytest.mark.parametrize(("locale", "language"), [("de-AT", "de"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_words_around_the_text_are_the_buyers_where_they_are_known(room: Room, locale: str, language: str) -> None:
    room.offered(room.order, locale=locale)
    preview = room.look(room.write(room.ann)).preview
    assert preview is not None
    assert preview.language == language


@pytest.mark.parametrize("name", sorted({kind.name for kind in MESSAGE_TYPES.values()}))
def test_every_type_has_a_preview(room: Room, name: str) -> None:
    kind = MESSAGE_TYPES[name]
    draft = replace(blank(room.account.id, room.order.order_id), type=name)
    preview = preview_of(room.order, draft, kind, None)
    assert room.order.order_id in str(preview.subject)
    assert preview.important is kind.critical
