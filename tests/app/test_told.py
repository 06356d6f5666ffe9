"""What lower layers say in English is told in the viewer's language, all of it, and the words of others stay."""

import re
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buyerline.app import told as telling
from buyerline.app.language import Language
from buyerline.app.languages import LANGUAGES, translations
from buyerline.app.sentences import SENTENCES
from buyerline.app.told import told
from buyerline.app.words import Words
from buyerline.messages.codes import Code
from tests.app import sayings
from tests.app.prose import pieces

NBSP = "\N{NO-BREAK SPACE}"


def foreign(text: str) -> list[str]:
    """The parts of a text that the table of sentences does not know, those inside of known ones too."""
    found = []
    for line in text.split("\n"):
        for part in telling._read(line.strip()):
            if isinstance(part, str):
                found.append(part)
            else:
                found += [
                    rest for name in telling._SENTENCES & part.values.keys() for rest in foreign(part.values[name])
                ]
    return found


# Nothing below the app says what the catalogues do not know

MODULES = [
    *(f"messages/{name}.py" for name in ("attachments", "checks", "coverage", "filetypes", "forms", "links", "text")),
    *(f"messages/{name}.py" for name in ("drafts", "emails", "phones", "sending")),
    *(f"outbox/{name}.py" for name in ("errors", "failures", "keeping", "life", "outbox", "scheduling", "sender")),
    *(f"outbox/{name}.py" for name in ("delivery", "looking", "means", "rows", "transitions", "verdicts", "writer")),
    *(f"amazon/{name}.py" for name in ("credentials", "errors", "login", "messaging", "operations", "repeating")),
    *(f"amazon/{name}.py" for name in ("session", "transport", "uploads", "usage_plans")),
]

NEVER_SHOWN = {
    # told by the commands alone, step by step
    ", all rules kept",
    "characters, all rules kept",
    # no page is served then
    "its database has the schema",
    ", this version of buyerline knows",
    "Install the version of buyerline that made it, or a later one: pip install -U buyerline.",
    # Amazon's words, looked for in its answers
    "access token you provided",
    "security token included in the request is expired",
    # a database's
    "RETURNING id, order_id",
    # mistakes of programs that use the client
    "This client is closed; make a new one.",
    "it is closed, not a file, or not opened in binary mode",
    "what was given in code lacks a part.",
}


@pytest.mark.parametrize("module", MODULES)
def test_every_piece_of_a_sentence_below_the_app_is_in_the_table(module: str) -> None:
    """Whoever adds a check or a reason adds its sentence to `buyerline.app.sentences`, and its translations."""
    table = "\n".join(SENTENCES)
    assert [piece for piece in pieces(module) - NEVER_SHOWN if piece not in table] == []


def test_every_rule_of_the_checks_is_sampled() -> None:
    sampled = {problem.code for problem in sayings.of_checks()}
    assert set(Code) - sampled == {Code.MARKETPLACE_REGION, Code.FILE_UNREADABLE}, "no draft of the app breaks these"


def untold(sentences: Iterable[str], *, of_amazon: Iterable[str] = ()) -> dict[str, list[str]]:
    """The sentences that are not told in German, with those of their parts that are not known."""
    found = {sentence: [part for part in foreign(sentence) if part not in of_amazon] for sentence in sentences}
    return {sentence: parts for sentence, parts in found.items() if parts or told(sentence, "de") == sentence}


def test_every_problem_of_a_draft_is_told_in_german() -> None:
    messages = [problem.message for problem in sayings.of_checks()]
    assert untold(messages, of_amazon={"Messaging has been disabled", "It is too old."}) == {}


def test_whatever_a_file_is_found_to_be_is_told_in_german() -> None:
    assert untold(sayings.kinds_of_files()) == {}


def test_every_error_of_the_client_is_told_in_german_around_amazons_words() -> None:
    errors = [str(error) for error in sayings.of_amazon()]
    assert untold(errors, of_amazon={"Not today. Ask later.", "Request has expired."}) == {}


def test_every_reason_of_the_outbox_is_told_in_german() -> None:
    assert untold(sayings.of_the_outbox()) == {}


def test_every_sentence_of_the_table_has_a_value_for_each_of_its_names() -> None:
    for sentence, msgid in SENTENCES.items():
        assert set(re.findall(r"\{(\w+)\}", msgid)) <= set(re.findall(r"\{(\w+)\}", sentence))


# How it is told


def test_english_that_speaks_to_sellers_stays_as_it_is() -> None:
    words = "At character 1,005 and 1 more place: This link leads to a social network."
    assert told(words, "en") == words


def test_values_are_written_as_the_language_writes_them() -> None:
    words = "The text has 2,005 characters and this message type takes 2,000. Remove at least 5."
    german = "Der Text hat 2.005 Zeichen, dieser Nachrichtentyp erlaubt 2.000. Kürzen Sie ihn um mindestens 5."
    assert told(words, "de") == german


def test_sentences_in_a_row_are_told_one_by_one() -> None:
    words = "There is no message type 'it is none'. Did you mean invoice? What can be sent: invoice, warranty."
    assert told(words, "de") == (
        "Den Nachrichtentyp „it is none“ gibt es nicht. Meinten Sie „Die Rechnung senden“? Senden lässt sich: "
        "Die Rechnung senden, Die Garantie senden."
    )


def test_amazons_own_words_stay_between_ours() -> None:
    words = (
        "createConfirmOrderDetails: Amazon answered 503 ServiceUnavailable (request 7d1c): We are tired. Come back. "
        "Try again later."
    )
    assert told(words, "de") == (
        "createConfirmOrderDetails: Amazon antwortete mit 503 ServiceUnavailable (Anfrage 7d1c): We are tired. Come "
        "back. Versuchen Sie es später noch einmal."
    )


def test_a_sentence_inside_a_sentence_is_told_too() -> None:
    words = "Given up after 20 tries. sendInvoice: api.example did not answer in time."
    assert told(words, "de") == (
        "Nach 20 Versuchen aufgegeben. sendInvoice: api.example hat nicht rechtzeitig geantwortet."
    )


def test_words_for_programmers_become_words_for_sellers_in_every_language() -> None:
    words = "attachments[0].file_name: The file name starts or ends with a space. Remove it."
    assert told(words, "en") == "File name: The file name starts or ends with a space. Remove it."
    assert told(words, "de") == "Dateiname: Der Dateiname beginnt oder endet mit einem Leerzeichen. Entfernen Sie es."


def test_lines_stay_lines() -> None:
    words = "text: The file is empty. Choose a file with content.\n  1. code: no credentials were given"
    assert told(words, "de").split("\n") == [
        "Text: Die Datei ist leer. Wählen Sie eine Datei mit Inhalt.",
        "  1. Programm: keine Zugangsdaten angegeben",
    ]


@pytest.mark.parametrize("name", ["a PDF.pdf", "{count}", 'it\'s "odd".pdf', "%(x)s", "'"])
def test_the_name_of_a_file_stays_whatever_it_is(name: str) -> None:
    assert told(f"'{name}' is empty. Choose a file with content.", "de") == (
        f"„{name}“ ist leer. Wählen Sie eine Datei mit Inhalt."
    )


@settings(max_examples=100)
@given(
    text=st.text() | st.sampled_from(sorted(SENTENCES)).flatmap(lambda known: st.text().map(lambda odd: known + odd))
)
def test_anything_can_be_told(text: str) -> None:
    for language in LANGUAGES:
        assert isinstance(told(text, language), str)


@given(text=st.text("abc .,:'\n", max_size=80))
def test_what_nobody_knows_is_left_as_it_is(text: str) -> None:
    assert told(text, "de").split() == text.split()


def test_a_text_that_is_far_longer_than_ours_is_left_as_it_is() -> None:
    text = "Try again later. " * 1_000
    assert told(text, "de") == text


# The app's own sentences


def test_the_apps_own_sentences_are_told_with_their_values() -> None:
    words = Words("The buyer reads {buyers}. Your text looks {texts}.", buyers=Language("de"), texts=Language("fr"))
    assert told(words, "en") == "The buyer reads German. Your text looks French."
    assert told(words, "de") == "Der Käufer liest Deutsch. Ihr Text sieht nach Französisch aus."


def test_numbers_and_sentences_in_the_apps_own_are_told_too() -> None:
    assert told(Words("A password has at most {most} characters.", most=1024), "de") == (
        "Ein Passwort hat höchstens 1.024 Zeichen."
    )
    why = Words(
        "This cannot be sent yet. {sentence}", sentence="The message is empty. Write what the buyer needs to know."
    )
    assert told(why, "de") == (
        "Das kann noch nicht gesendet werden. Die Nachricht ist leer. Schreiben Sie, was der Käufer wissen muss."
    )


def test_what_people_named_is_not_translated() -> None:
    words = Words("{name} is the last owner. Make somebody else an owner first.", name="Invoice")
    assert told(words, "de").startswith("Invoice ist der letzte Inhaber.")


def test_a_sentence_of_the_app_that_was_kept_in_english_is_told() -> None:
    kept = "Choose the region where the seller gave the authorisation."
    german = translations("de").gettext(kept)
    assert told(kept, "de") == german != kept
    within = str(Words("The account's authorisation cannot be used here: {why}", why=kept))
    assert told(within, "de") == f"Die Autorisierung des Kontos lässt sich hier nicht verwenden: {german}"
    assert told("", "de") == ""
