"""What templates do to values: in the language and the time zone of whoever looks."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from buyerline.app import codes, formats
from buyerline.app.followed import beginning_of
from buyerline.app.plain_words import fine_print, plainly
from buyerline.app.told import told
from buyerline.app.type_titles import title_in
from buyerline.app.words import Words


@pass_context
def moment(context: Context, value: datetime | None) -> Markup | str:
    """A date and time, to the second with its zone on hover."""
    return _time(context, value, formats.moment(value, *_of(context)))


@pass_context
def clock(context: Context, value: datetime | None) -> Markup | str:
    """The time of day to the second, with the date and zone on hover."""
    return _time(context, value, formats.clock(value, *_of(context), seconds=True))


@pass_context
def hour(context: Context, value: datetime | None) -> Markup | str:
    """The time of day to the minute, with the date and zone on hover."""
    return _time(context, value, formats.clock(value, *_of(context)))


@pass_context
def ago(context: Context, value: datetime | None) -> Markup | str:
    """How long ago, with the moment on hover."""
    return _time(context, value, formats.ago(value, context["language"]))


@pass_context
def day(context: Context, value: date | datetime | None) -> str:
    """A day."""
    return formats.day(value, *_of(context))


@pass_context
def number(context: Context, value: float | Decimal | None) -> str:
    """A number with its thousands apart."""
    return formats.number(value, context["language"])


@pass_context
def money(context: Context, amount: str | Decimal | None, currency: str | None) -> str:
    """An amount of money."""
    return formats.money(amount, currency, context["language"])


@pass_context
def size(context: Context, count: int | None) -> str:
    """A file's size."""
    return formats.size(count, context["language"])


@pass_context
def state(context: Context, value: str) -> Markup:
    """A message's state: a shape and a word."""
    word = codes.in_words(codes.STATES, value, context["language"])
    return Markup('<span class="state {}">{}</span>').format(value, word)


@pass_context
def words(context: Context, value: Words | str | None) -> str:
    """A sentence in the viewer's language: one of ours, or one that the checks or the outbox made."""
    return told(value, context["language"]) if value else ""


@pass_context
def in_plain_words(context: Context, reason: str | None) -> str:
    """What a reason of the outbox's means, in the viewer's language."""
    return words(context, plainly(reason) if reason else None)


@pass_context
def behind_plain_words(context: Context, reason: str | None) -> str:
    """The reason itself, where `in_plain_words` says it otherwise; else nothing."""
    return words(context, fine_print(reason) if reason else None)


def words_in(value: Words, language: str) -> str:
    """A sentence in the language of somebody else than the viewer."""
    return told(value, language)


@pass_context
def language_name(context: Context, code: str | None) -> str:
    """The name of a language."""
    return formats.language_name(code, context["language"])


@pass_context
def marketplace(context: Context, value: str | None) -> str:
    """The country of a marketplace."""
    return formats.marketplace(value, context["language"])


@pass_context
def message_type(context: Context, name: str, offered: str = "") -> str:
    """What a message type is called; `offered` is Amazon's own title, ``""`` where that is not at hand."""
    return words(context, title_in(context["language"], name, offered))


def _coded(table: Mapping[str, codes.Word]) -> Callable[[Context, str | None], str]:
    @pass_context
    def word(context: Context, code: str | None) -> str:
        return codes.in_words(table, code, context["language"])

    return word


def _of(context: Context) -> tuple[str, str | None]:
    return context["language"], context["zone"]


def _time(context: Context, value: datetime | None, shown: str) -> Markup | str:
    if value is None:
        return shown
    exact = formats.exact(value, *_of(context))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(value.isoformat(), exact, shown)


FILTERS: dict[str, Callable[..., Any]] = {
    "moment": moment,
    "clock": clock,
    "hour": hour,
    "ago": ago,
    "day": day,
    "number": number,
    "money": money,
    "size": size,
    "state": state,
    "words": words,
    "words_in": words_in,
    "plainly": in_plain_words,
    "fine_print": behind_plain_words,
    "language_name": language_name,
    "marketplace": marketplace,
    "order_status": _coded(codes.ORDER_STATUSES),
    "fulfilled_by": _coded(codes.FULFILLED_BY),
    "message_type": message_type,
    "beginning": beginning_of,
    "region": _coded(codes.REGIONS),
    "role": _coded(codes.ROLES),
}
