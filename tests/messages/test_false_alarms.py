"""What sellers really write must pass: a false alarm blocks a legitimate message."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.messages.text import TextLimits, check_text

STRICT = TextLimits(min_length=1, max_length=2000, links=False)

LINES = Path(__file__).with_name("legitimate.txt").read_text(encoding="utf-8").splitlines()
LEGITIMATE = [line for line in LINES if line and not line.startswith("# ")]


@pytest.mark.parametrize("text", LEGITIMATE)
def test_a_legitimate_sentence_passes(text: str) -> None:
    assert check_text(text, STRICT) == []


def test_all_of_them_in_one_message_pass() -> None:
    assert check_text("\n\n".join(LEGITIMATE), TextLimits(1, None, links=False)) == []


def test_three_line_breaks_in_a_row_and_emoji_are_the_sellers_business() -> None:
    assert check_text("Hello,\n\n\n\nyour order is ready \N{PARTY POPPER}\N{HEAVY BLACK HEART}\ufe0f", STRICT) == []


SENTENCES = {
    "en": "Your order {order} ({price}) leaves on {date}; the tracking number is {tracking}.",
    "de": "Ihre Bestellung {order} ({price}) wird am {date} versandt, Sendungsnummer {tracking}.",
    "fr": "Votre commande {order} ({price}) part le {date}, numéro de suivi : {tracking}.",
    "es": "Su pedido {order} ({price}) sale el {date}; número de seguimiento: {tracking}.",
    "it": "Il suo ordine {order} ({price}) parte il {date}, numero di tracciamento: {tracking}.",
    "ja": "ご注文{order}({price})は{date}に発送いたします。追跡番号\uff1a{tracking}",
}
digits = st.characters(min_codepoint=48, max_codepoint=57)
dates = st.dates().flatmap(
    lambda day: st.sampled_from(
        [
            f"{day:%d.%m.%Y}",
            f"{day:%m/%d/%Y}",
            day.isoformat(),
            f"{day:%d-%m-%y}",
            f"{day.year}年{day.month}月{day.day}日",
        ]
    )
)
prices = st.decimals(min_value=0, max_value=9_999_999, places=2).flatmap(
    lambda amount: st.sampled_from([f"${amount:,}", f"{amount} EUR", f"{amount:,} €".replace(",", "."), f"£{amount}"])
)
tracking = st.one_of(
    st.text(digits, min_size=16, max_size=16).map(lambda code: f"1Z{code}"),
    st.text(digits, min_size=20, max_size=22),
    st.text(digits, min_size=12, max_size=12),
    st.text(digits, min_size=9, max_size=9).map(lambda code: f"RR{code}DE"),
    st.text(digits, min_size=20, max_size=20).map(lambda code: " ".join(code[at : at + 4] for at in range(0, 20, 4))),
)


@given(
    language=st.sampled_from(sorted(SENTENCES)),
    order=st.from_regex(r"\A[0-9]{3}-[0-9]{7}-[0-9]{7}\Z"),
    price=prices,
    date=dates,
    tracking=tracking,
)
@settings(max_examples=300)
def test_orders_prices_dates_and_tracking_numbers_raise_no_alarm(
    language: str, order: str, price: str, date: str, tracking: str
) -> None:
    text = SENTENCES[language].format(order=order, price=price, date=date, tracking=tracking)
    assert check_text(text, STRICT) == []


@given(number=st.from_regex(r"\A[0-9]{3,4}[- ][0-9]{3}[- ][0-9]{3,4}\Z"))
@settings(max_examples=100)
def test_a_number_that_the_caller_exempts_is_no_phone_number(number: str) -> None:
    assert check_text(f"Please quote {number} when you answer.", STRICT, exempt=[number]) == []
