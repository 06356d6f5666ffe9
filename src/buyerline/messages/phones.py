"""Finds phone numbers in a text, and leaves order ids, tracking numbers, dates, prices and codes alone.

A number is a phone number when it is written as one (``+49 170 1234567``, ``(555) 123-4567``, ``01 23 45 67 89``) or
when the words around it say so (``Tel.: 1234567``). Bare digits that could as well be a code are let through.
"""

import re
from collections.abc import Collection, Iterator

from buyerline.messages.folding import MASK, Span, fold

_SEPARATOR = r"(?:[ ]{1,2}|\.|[ ]?[-ー][ ]?|[ ]?/[ ]?|[ ]?-?\(|\)[ ]?[-/]?[ ]?)"
_FEWEST, _MOST = 7, 17
"""Digits of a phone number; the most are the 15 of E.164 behind the prefix ``00``."""
_RUN = re.compile(rf"[+(]{{0,2}}\d(?:{_SEPARATOR}?\d){{{_FEWEST - 1},}}")
_SIGN = re.compile(rf"\d(?:{_SEPARATOR}?\d){{{_FEWEST - 1}}}")
"""Where this is not found, no phone number is. It says so of most texts, and far faster."""
_LIST_NUMBER = re.compile(r"\d{1,2}\) ")
_BETWEEN_NUMBERS = re.compile(r"[ ][/-][ ]|[ ]{2}")

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE = (
    rf"(?:(?:19|20)\d\d[./-]{_MONTH}[./-]{_DAY}"
    rf"|(?:{_DAY}[./-]{_MONTH}|{_MONTH}[./-]{_DAY})[./-](?:(?:19|20)\d\d|\d\d))"
)
_TIME = r"(?:[01]?\d|2[0-4])[.:h][0-5]\d"
_OTHER_NUMBERS = (
    rf"(?<![\d./-])(?:(?:{_DATE}|{_DAY}[./]{_MONTH}\.?)[ ]?-[ ]?)?{_DATE}(?![\d]|[./-]\d)"
    rf"|(?<![\d.]){_TIME}[ ]?(?:uhr|h)?[ ]?-[ ]?{_TIME}(?![\d]|[.]\d)"
    r"|(?<!\d)[DS]?\d{2,3}-\d{7}-\d{7}(?!\d)"  # order ids
    r"|(?<![A-Z0-9])1Z(?: ?[0-9A-Z]){16}(?![A-Z0-9])"  # UPS
    r"|(?<!\d)97[89](?:[ -]?\d){10}(?!\d)"  # ISBN
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)"  # IP addresses, versions
    r"|(?<!\d)0\d{4}-\d{4}(?!\d)"  # United States ZIP+4
    r"|〒[ ]?\d{3}-\d{4}"  # Japanese postal codes
)
_NOT_PHONES = re.compile(rf"(?=[\dDS〒])(?:{_OTHER_NUMBERS})", re.IGNORECASE)
"""`_OTHER_NUMBERS`, after a look at how each of them starts: most characters do not, which is told far faster."""

_PHONE_WORD = (
    r"(?:(?<![A-Za-zÀ-ÿ])(?:tel(?:[eé]fono?|efone|ephone)?(?:nummer)?|tél(?:éphone)?|phone|call|mob(?:ile|il)?"
    r"(?:nummer)?|móvil|celular|cellulare|handy(?:nummer)?|fax|whats ?app|sms|viber|hotline|rufnummer|rufen|"
    r"anrufen|reach|contact|contactez|contacter|contacte|contáctenos|contattateci|contattare|erreich(?:en|bar|st)|"
    r"appelez|appeler|joindre|joignables?|ll[aá]m(?:e|ar|enos|anos)|chiam(?:a|ate|are)(?:ci|mi)?|ligue|ligar)(?![A-Za-zÀ-ÿ])\.?"
    r"|電話|携帯|℡|ファックス|連絡先)"
)
_FILLER = (
    r"(?:[\s:;=()\-]|\b(?:(?:no|nr)\.|(?:number|nummer|numéro|número|numero|us|me|at|on|is|under|unter|der|"
    r"auf|an|sie|uns|mich|bitte|ist|lautet|au|le|al|il|par|por|per|nous|est|es|è|via|sur|en|ao)\b)|n\u00b0|"
    r"番号|まで|は|が|に|へ|の)"
)
_CALLED_A_PHONE = re.compile(rf"{_PHONE_WORD}{_FILLER}{{0,12}}$", re.IGNORECASE)
_CALLED_AFTERWARDS = re.compile(r"[ ]?(?:anrufen|(?:まで|に|へ)[^\d\n]{0,6}電話)", re.IGNORECASE)
_CALLED_A_REFERENCE = re.compile(
    r"(?:order|bestell|auftrag|command|pedido|orden|ordine|encomenda|注文|track|sendung|paket|suivi|colis|env[ií]o|"
    r"seguimiento|spedizion|tracci|rastre|追跡|伝票|送り状|shipment|parcel|consignment|imei|"
    r"\bean\b|\bupc\b|gtin|isbn|asin|\bsku\b|serial|serie|série|シリアル|型番|品番|"
    r"mod[eè]l|invoice|rechnung|facture|factura|fattura|fatura|請求|article|artikel|"
    r"kunden(?:-?nr|num)|customer (?:id|n)|(?:num[ée]ro|número|n[°º])(?: de| del)? client|"
    r"item|art[ií]c|\br[eé]f|\bpart\b|\bparts\b|teile|\boem\b|pièce|pieza|pezzo|batch|\blot|charge|iban|\bvat\b|"
    r"\bust|\btva\b|\biva\b|siret|\btax\b|steuer|\bzip\b|\bplz\b|postal|\bc[oó]d[ei]|schlüssel|\bkey\b|\bclé|\bclave|"
    r"licen|lizenz|\bpin\b|コード|account|konto|compte|cuenta|conto|claim|\bcase\b|ticket|vorgang|dossier|\brma\b|"
    r"return|retour|rücksend)(?:[^.!?;,\n\d]|\b(?:no|nr|n|num)\.){0,20}$",
    re.IGNORECASE,
)
_WINDOW = 48

_GAP = r"(?:[ ]?[-/ー][ ]?|[ .]{1,2})"
_SHAPES = (
    # North America: (555) 123-4567, (555)1234567, 1-555-123-4567, 555.123.4567; by spaces alone only where both codes
    # are real
    (re.compile(rf"(?:1{_GAP})?(?:\([2-9]\d\d\)[ ]?\d{{3}}[-. ]?|[2-9]\d\d[-.]\d{{3}}[-. ])\d{{4}}"), 10, 11),
    (re.compile(r"(?:1 )?[2-9]\d\d [2-9]\d\d[- ]\d{4}"), 10, 11),
    # a leading zero: 030 1234567, 01 23 45 67 89, 0171/1234567, 03-1234-5678, (030) 12345678, 0 (532) 123 45 67
    (re.compile(rf"(?:0[1-9]\d{{0,4}}{_GAP}|\(0[1-9]\d{{0,4}}\){_GAP}?)\d{{2,8}}(?:{_GAP}\d{{2,8}}){{0,4}}"), 9, 12),
    (re.compile(rf"[08] \(?[2-9]\d\d\)? \d{{3}}(?:{_GAP}\d\d){{2}}"), 11, 11),
    # the international prefix: 0049 170 1234567, 00 44 (0)20 7946 0958
    (re.compile(rf"00 ?[1-9]\d{{0,2}}{_GAP}?(?:\(0\) ?)?[1-9]\d{{0,8}}(?:{_GAP}\d{{1,8}}){{1,6}}"), 11, 17),
    # an area code in parentheses: (11) 91234-5678
    (re.compile(rf"\(\d{{2,5}}\)[ -]?\d{{2,5}}(?:{_GAP}\d{{2,5}}){{1,3}}"), 9, 11),
    # Japan: 03(1234)5678
    (re.compile(r"0\d{1,4}\(\d{1,4}\)\d{4}"), 10, 11),
    # Brazil: 11 91234-5678
    (re.compile(r"[1-9]\d 9\d{4}-\d{4}"), 11, 11),
    # Spain: 612 34 56 78, 91 234 56 78
    (re.compile(r"[6789]\d\d(?:[ .-]\d\d){3}|9\d \d{3} \d\d \d\d"), 9, 9),
)
"""How phone numbers are written, each with the least and most digits it has."""

_NORTH_AMERICA_AND_RUSSIA = 11


def find_phones(text: str, exempt: Collection[str] = ()) -> list[Span]:
    """Every phone number in `text`, which has been folded.

    Args:
        text: the folded text.
        exempt: numbers that are none: the order's id, its tracking numbers.
    """
    if not _SIGN.search(text):
        return []
    text = _without(text, exempt)
    if not _SIGN.search(text):  # the order's id was the only one, as in most texts that name it
        return []
    text = _NOT_PHONES.sub(lambda match: MASK * len(match[0]), text)
    return [span for run in _RUN.finditer(text) for span in _numbers(text, run.span()) if _is_phone(text, span)]


def _without(text: str, exempt: Collection[str]) -> str:
    for number in exempt:
        plain = fold(number.strip()).text
        if plain.upper() == plain.lower():  # no letters, as in an order id: no expression to compile
            text = text.replace(plain, MASK * len(plain)) if plain else text
        else:
            text = re.sub(re.escape(plain), MASK * len(plain), text, flags=re.IGNORECASE)
    return text


def _numbers(text: str, run: Span) -> Iterator[Span]:
    """The run of digits as one number, or as several when it is too long for one."""
    start, end = run
    item = _LIST_NUMBER.match(text, start, end)
    if item:
        start = item.end()
    if _digits(text[start:end]) <= 15:  # E.164: a phone number has at most 15 digits
        yield start, end
        return
    for gap in _BETWEEN_NUMBERS.finditer(text, start, end):
        yield start, gap.start()
        start = gap.end()
    yield start, end


def _is_phone(text: str, span: Span) -> bool:
    start, end = span
    number, digits = text[start:end], _digits(text[start:end])
    if not _FEWEST <= digits <= _MOST:
        return False
    before = text[max(0, start - _WINDOW) : start].rpartition("\n")[2]
    after = text[end : end + _WINDOW]
    called_a_phone = _CALLED_A_PHONE.search(before) is not None
    if (_is_latin(before[-1:]) and not called_a_phone) or _is_latin(after[:1]):
        return False
    if number.lstrip("(").startswith("+"):
        return _is_international(number, digits)
    if called_a_phone or _CALLED_AFTERWARDS.match(after):
        return digits <= 15
    if _CALLED_A_REFERENCE.search(before):
        return False
    return any(least <= digits <= most and shape.fullmatch(number) for shape, least, most in _SHAPES)


def _is_international(number: str, digits: int) -> bool:
    country = re.split(r"\D", number.lstrip("+("), maxsplit=1)[0]
    if country[0] in "17":
        return digits == _NORTH_AMERICA_AND_RUSSIA
    return country[0] != "0" and len(country) > 1 and 9 <= digits <= 15


def _is_latin(character: str) -> bool:
    return (character in "_#" and character != "") or (character.isalnum() and character < "ɐ")


def _digits(number: str) -> int:
    return sum(character.isdigit() for character in number)
