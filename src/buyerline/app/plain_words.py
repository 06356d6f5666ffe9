"""What the outbox's reasons mean to a person, and what to do: words first, and the codes behind them as fine print.

A reason begins with the operation that was asked and what came back (``createConfirmOrderDetails: Amazon answered 403
...``), as `buyerline.amazon.errors` makes it: programs and support need that, and hardly anybody else does.
"""

import re

from buyerline.amazon import errors
from buyerline.amazon.uploads import CREATE_DESTINATION
from buyerline.app.sentences import marked
from buyerline.app.words import Words

_LONGEST_QUOTED = 300
"""Characters of Amazon's own words that stand in a sentence."""

_REASON = re.compile(
    r"(?:Given up after (?P<tries>\d+) tries\. )?"
    r"(?:Whether Amazon took the .+? message for order \S+ is not known: )?"
    r"(?P<operation>\w+): (?P<said>.+)",
    re.DOTALL,
)
_ANSWER = re.compile(
    r"Amazon answered (?P<status>\d{3})(?: (?P<code>[^\s:()]+))?(?: \(request [^)]*\))?: (?P<words>.+)", re.DOTALL
)
_FIELD = re.compile(
    r"^(?:order_id|marketplace|type|text|attachments|coverage_start|coverage_end): (?=\S)|^attachments\[\d+\]\S*: ",
    re.MULTILINE,
)
"""What a sentence of the checks is about, which the sentence itself says again."""

_SAYS_NOTHING = ("no reason given.", "(")
"""How the words begin that stand where an answer had none of Amazon's."""

_ANY = "any operation"
_UNFORESEEN = "An error that nobody foresaw: "


def plainly(reason: str) -> Words | str:
    """What a reason means, and what to do. One that is said in plain words already stays as it is."""
    return _meaning(reason) or _FIELD.sub("", reason)


def fine_print(reason: str) -> str:
    """The reason itself, where `plainly` says it in other words; ``""`` where there is no more to it."""
    return reason if _meaning(reason) else ""


def _meaning(reason: str) -> Words | None:
    if reason.startswith(_UNFORESEEN):
        return Words("buyerline failed in a way that nobody foresaw. If it happens again, please report it.")
    found = _REASON.fullmatch(reason)
    if found is None:
        return None
    why = _of_operation(found["operation"], found["said"])
    if why and found["tries"]:
        return Words("It was tried {count} times. {why}", count=int(found["tries"]), why=why)
    return why


def _of_operation(operation: str, said: str) -> Words | None:
    if operation == "credentials":
        return Words("There is no authorisation for the account. Connect it on the page Accounts.")
    for hint, msgid in _BY_ADVICE:
        if said.endswith(hint):
            return Words(msgid)
    answer = _ANSWER.fullmatch(said)
    if answer is None:
        return next((Words(msgid) for sign, msgid in _WITHOUT_AN_ANSWER if sign in said), None)
    status, words = answer["status"], answer["words"]
    known = _BY_STATUS.get((operation, status)) or _BY_STATUS.get((_ANY, status))
    if known:
        return Words(known)
    if operation == "s3":
        return Words("Amazon's file store did not take a file of the message.")
    if status[0] == "5":
        return Words("Amazon had a fault of its own.")
    if words.startswith(_SAYS_NOTHING):
        return Words("Amazon did not accept it, and gave no reason.")
    return Words("Amazon did not accept it, and says why: “{said}”", said=words[:_LONGEST_QUOTED])


_CONNECT_AGAIN = marked(
    "Amazon does not accept the account's authorisation any more. Connect the account again on the page Accounts."
)

_BY_ADVICE = (
    (
        errors.TypeNotAvailable.default_hint,
        marked("Amazon does not take this kind of message for this order now. Open the order to see what it takes."),
    ),
    (
        errors.AccessDenied.default_hint,
        marked(
            "Amazon does not let this account send it: a role may be missing, or the order may be another region's. "
            "Test the account on the page Accounts."
        ),
    ),
    (errors.TokenRejected.default_hint, _CONNECT_AGAIN),
    (errors.GrantInvalid.default_hint, _CONNECT_AGAIN),
    (
        errors.ClientUnauthorized.default_hint,
        marked(
            "The account's authorisation was given to another application. Connect the account again on the page "
            "Accounts."
        ),
    ),
    (
        errors.ClientInvalid.default_hint,
        marked(
            "Amazon does not accept the application's client id and secret. An owner sets new ones on the page "
            "Accounts."
        ),
    ),
    (errors.DeniedForNow.default_hint, marked("Amazon let nobody in for a while, which is a fault on its side.")),
)
"""What an error means, by the advice that it ends with, which tells errors of the same status apart."""

_BY_STATUS = {
    (CREATE_DESTINATION.id, "403"): marked(
        "Amazon takes no files for this account: it documents them for North America, with the role Product Listing. "
        "Write it without files."
    ),
    (_ANY, "404"): marked("Amazon does not know this order in this account."),
    (_ANY, "413"): marked("The message with its files is larger than Amazon takes. Make the files smaller."),
    (_ANY, "429"): marked("Amazon's usage plan had no room for it. Another program may be using the same account."),
}
"""What a status means, of one operation or of `_ANY`."""

_WITHOUT_AN_ANSWER = (
    ("no connection to ", marked("No connection to Amazon could be made.")),
    (" did not answer in time", marked("Amazon did not answer in time.")),
    (" ended before the answer was complete", marked("The connection ended before Amazon's answer was complete.")),
    ("the answer could not be taken in", marked("The connection ended before Amazon's answer was complete.")),
    (" instead of Amazon's JSON", marked("What came back was no answer of Amazon's.")),
    ("the usage plan has no place", marked("Amazon's usage plan had no room for it.")),
)
"""What happened on the way, by what the sentence has in it."""
