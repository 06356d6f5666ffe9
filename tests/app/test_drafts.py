"""Drafts: kept as typed, one for a person and an order, never overwritten by an old page, seen by nobody else."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from buyerline.app.draft_rows import DraftFile, forget_old
from buyerline.app.draft_values import FILE_LIMIT, FILES_KEPT, TEXT_KEPT
from buyerline.app.errors import Changed, NotHere
from buyerline.app.schema import draft_file
from buyerline.app.viewer import Viewer
from buyerline.outbox.retention import Retention
from tests.app.folk import at_once, refused_field
from tests.app.samples import PDF, PNG
from tests.app.writing import TEXT, TYPE, Room


def test_what_is_written_is_kept_and_found_again(room: Room) -> None:
    written = room.write(
        room.ann, type="warranty", text="Ärmel 👕", coverage_start="2026-12-01", coverage_end="2027-12-01"
    )
    found = room.drafts.open(room.ann, room.account, room.order.order_id)
    assert found == written == room.drafts.get(room.ann, written.id)
    assert (written.type, written.text) == ("warranty", "Ärmel 👕")
    assert (written.coverage_start, written.coverage_end) == ("2026-12-01", "2027-12-01")
    assert (written.version, written.waits, written.empty) == (1, False, False)


def test_there_is_no_draft_before_something_is_written(room: Room) -> None:
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is None


def test_everybody_has_a_draft_of_their_own(room: Room) -> None:
    first, second = room.write(room.ann, text="Hello"), room.write(room.ben, text="Hi")
    assert first.id != second.id
    assert [room.drafts.get(room.ann, first.id).text, room.drafts.get(room.ben, second.id).text] == ["Hello", "Hi"]


def test_nobody_else_sees_a_draft(room: Room) -> None:
    draft = room.attach(room.ann, "a.pdf")
    file = draft.files[0]
    for stranger in (room.ben, room.dora, room.olga):
        with pytest.raises(NotHere):
            room.drafts.get(stranger, draft.id)
        with pytest.raises(NotHere):
            room.drafts.file(stranger, draft.id, file.id)
        with pytest.raises(NotHere):
            room.drafts.contents(stranger, draft)
        with pytest.raises(NotHere):
            room.drafts.rename_file(stranger, draft.id, file.id, "b.pdf")
        with pytest.raises(NotHere):
            room.drafts.remove_file(stranger, draft.id, file.id)
        with pytest.raises(NotHere):
            room.drafts.discard(stranger, draft.id, draft.version)
    assert room.drafts.get(room.ann, draft.id) == draft


def test_line_ends_of_browsers_are_kept_as_the_checks_count_them(room: Room) -> None:
    assert room.write(room.ann, text="one\r\ntwo\rthree\n").text == "one\ntwo\nthree\n"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_every_other_text_is_kept_as_typed_or_refused_beside_its_field(room: Room, text: str) -> None:
    if "\0" in text or any("\ud800" <= each <= "\udfff" for each in text):
        assert refused_field(lambda: room.write(room.ann, text=text)) == "text"
    else:
        assert room.write(room.ann, text=text).text == text.replace("\r\n", "\n").replace("\r", "\n")


def test_what_no_database_can_keep_is_refused_beside_its_field(room: Room) -> None:
    assert refused_field(lambda: room.write(room.ann, text="a\0b")) == "text"
    assert refused_field(lambda: room.write(room.ann, text="a\udc00b")) == "text"
    assert refused_field(lambda: room.write(room.ann, text="x" * (TEXT_KEPT + 1))) == "text"
    assert refused_field(lambda: room.write(room.ann, type="t" * 101)) == "type"
    assert refused_field(lambda: room.write(room.ann, coverage_end="9" * 51)) == "coverage_end"
    assert room.write(room.ann, text="x" * TEXT_KEPT).version == 1


def test_an_old_page_overwrites_nothing(room: Room) -> None:
    old = room.write(room.ann, text="One")
    new = room.write(room.ann, text="Two")
    with pytest.raises(Changed):
        room.write(room.ann, text="Three", version=old.version)
    assert room.drafts.get(room.ann, new.id).text == "Two"


def test_a_save_whose_answer_was_lost_may_be_sent_again(room: Room) -> None:
    first = room.write(room.ann, text="One")
    assert room.write(room.ann, text="One", version=0) == first
    second = room.write(room.ann, text="Two")
    assert room.write(room.ann, text="Two", version=first.version) == second


def test_a_page_whose_draft_is_gone_makes_no_new_one(room: Room) -> None:
    old = room.write(room.ann)
    room.drafts.discard(room.ann, old.id, old.version)
    with pytest.raises(Changed):
        room.write(room.ann, text="More", version=old.version)
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is None


def test_a_page_of_a_draft_that_is_gone_does_not_write_into_the_next(room: Room) -> None:
    old = room.write(room.ann)
    room.drafts.discard(room.ann, old.id, old.version)
    new = room.write(room.ann, text="New")
    with pytest.raises(Changed):
        room.write(room.ann, text="Old", draft_id=old.id, version=old.version)
    assert room.drafts.get(room.ann, new.id).text == "New"


def test_a_page_of_a_draft_that_is_gone_does_not_take_the_next_for_it_though_it_says_the_same(room: Room) -> None:
    gone = room.write(room.ann)
    room.drafts.discard(room.ann, gone.id, gone.version)
    room.write(room.ann)
    with pytest.raises(Changed):
        room.write(room.ann, draft_id=gone.id)


def test_files_that_come_meanwhile_do_not_get_into_the_way_of_typing(room: Room) -> None:
    draft = room.write(room.ann)
    room.attach(room.ann, "a.pdf")
    later = room.write(room.ann, text="More", version=draft.version)
    assert ([file.name for file in later.files], later.text) == (["a.pdf"], "More")


def test_two_pages_that_write_at_once_do_not_overwrite_each_other(room: Room) -> None:
    outcomes = at_once(
        *(lambda text=text: room.write(room.ann, text=text, version=0) for text in ("One", "Two", "Three"))
    )
    assert sum(isinstance(each, Changed) for each in outcomes) == 2
    draft = room.drafts.open(room.ann, room.account, room.order.order_id)
    assert draft in outcomes


def test_files_are_kept_in_their_order_with_their_bytes(room: Room) -> None:
    room.attach(room.ann, "a.pdf")
    draft = room.attach(room.ann, "b.png", PNG)
    assert [(file.name, file.size) for file in draft.files] == [("a.pdf", len(PDF)), ("b.png", len(PNG))]
    assert [(file.name, file.content) for file in room.drafts.contents(room.ann, draft)] == [
        ("a.pdf", PDF),
        ("b.png", PNG),
    ]
    assert room.drafts.file(room.ann, draft.id, draft.files[1].id).content == PNG


def test_a_file_can_be_renamed_and_removed(room: Room) -> None:
    draft = room.attach(room.ann, "a.pdf")
    draft = room.attach(room.ann, "b.pdf")
    first, second = draft.files
    assert room.drafts.rename_file(room.ann, draft.id, first.id, "invoice.pdf").files[0].name == "invoice.pdf"
    assert [file.id for file in room.drafts.remove_file(room.ann, draft.id, first.id).files] == [second.id]
    assert len(room.drafts.remove_file(room.ann, draft.id, first.id).files) == 1
    with pytest.raises(NotHere):
        room.drafts.rename_file(room.ann, draft.id, first.id, "x.pdf")
    with pytest.raises(NotHere):
        room.drafts.file(room.ann, draft.id, first.id)


def test_a_file_of_one_draft_cannot_be_reached_through_another(room: Room) -> None:
    foreign, own = room.attach(room.ben, "b.pdf"), room.write(room.ann)
    with pytest.raises(NotHere):
        room.drafts.file(room.ann, own.id, foreign.files[0].id)
    with pytest.raises(NotHere):
        room.drafts.rename_file(room.ann, own.id, foreign.files[0].id, "x.pdf")
    room.drafts.remove_file(room.ann, own.id, foreign.files[0].id)
    assert room.drafts.get(room.ben, foreign.id) == foreign


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("C:\\fakepath\\invoice.pdf", "invoice.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\0b.pdf", "a_b.pdf"),
        ("", ""),
        ("n" * 600, "n" * 500),
    ],
)
def test_a_name_from_a_browser_is_a_name_alone(room: Room, given_name: str, kept: str) -> None:
    assert room.attach(room.ann, given_name).files[0].name == kept


def test_a_name_is_shown_without_marks_that_nobody_sees() -> None:
    assert (
        DraftFile("1", "fdp\u202eexe\n.pdf", 1).shown == "fdp\N{REPLACEMENT CHARACTER}exe\N{REPLACEMENT CHARACTER}.pdf"
    )


def test_more_than_can_be_sent_is_kept_within_bounds(room: Room) -> None:
    assert refused_field(lambda: room.attach(room.ann, "a.txt", b"x" * (FILE_LIMIT + 1))) == "files"
    room.attach(room.ann, "a.txt", b"x" * 9_900_000)
    room.attach(room.ann, "b.txt", b"x" * 9_900_000)
    assert refused_field(lambda: room.attach(room.ann, "c.txt", b"x" * 9_900_000)) == "files"
    for number in range(2, FILES_KEPT):
        room.attach(room.ann, f"{number}.txt", b"x")
    assert refused_field(lambda: room.attach(room.ann, "one-too-many.txt", b"x")) == "files"


def test_a_draft_that_was_discarded_leaves_nothing(room: Room) -> None:
    draft = room.attach(room.ann, "a.pdf")
    room.drafts.discard(room.ann, draft.id, draft.version)
    with pytest.raises(NotHere):
        room.drafts.discard(room.ann, draft.id, draft.version)
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is None
    assert room.count(draft_file, draft_file.c.draft_id == draft.id) == 0


def test_a_page_that_shows_less_than_was_written_discards_nothing(room: Room) -> None:
    old = room.write(room.ann)
    new = room.write(room.ann, text="Something new", version=old.version)
    with pytest.raises(Changed, match="was not discarded"):
        room.drafts.discard(room.ann, old.id, old.version)
    assert room.drafts.get(room.ann, new.id) == new


def test_a_file_that_came_since_does_not_keep_a_draft_from_being_discarded(room: Room) -> None:
    old = room.write(room.ann)
    room.attach(room.ann, "a.pdf")
    room.drafts.discard(room.ann, old.id, old.version)
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is None


def test_a_draft_that_waits_for_a_second_person_does_not_change(room: Room) -> None:
    draft = room.ask(room.ann, room.write(room.ann, type="digitalAccessKey")).draft
    with pytest.raises(Changed):
        room.write(room.ann, text="Other")
    with pytest.raises(Changed):
        room.attach(room.ann, "a.pdf")
    with pytest.raises(Changed):
        room.drafts.discard(room.ann, draft.id, draft.version)
    assert room.drafts.get(room.ann, draft.id) == draft


def test_the_files_of_a_draft_that_waits_do_not_change(room: Room) -> None:
    room.attach(room.ann, "a.pdf")
    draft = room.ask(room.ann, room.write(room.ann, type="invoice", text="")).draft
    with pytest.raises(Changed):
        room.drafts.rename_file(room.ann, draft.id, draft.files[0].id, "b.pdf")
    with pytest.raises(Changed):
        room.drafts.remove_file(room.ann, draft.id, draft.files[0].id)
    assert room.drafts.get(room.ann, draft.id) == draft


def test_who_may_no_longer_see_an_account_sees_no_draft_of_it(room: Room) -> None:
    draft = room.write(room.ann)
    shut_out = Viewer(room.ann.person_id, room.ann.email, room.ann.name, room.ann.role, None, None, 0, frozenset())
    with pytest.raises(NotHere):
        room.drafts.get(shut_out, draft.id)
    with pytest.raises(NotHere):
        room.drafts.remove_file(shut_out, draft.id, "x")


def test_drafts_that_nobody_touched_are_forgotten_after_the_retention_time(room: Room) -> None:
    old = room.attach(room.ann, "a.pdf")
    room.later(timedelta(days=31), "draft", "saved_at")
    kept = room.attach(room.ben, "b.pdf")
    with room.database.write() as connection:
        assert forget_old(connection, Retention()) == 1
        assert forget_old(connection, Retention()) == 0
    assert room.drafts.open(room.ann, room.account, room.order.order_id) is None
    assert room.drafts.get(room.ben, kept.id) == kept
    assert room.count(draft_file, draft_file.c.draft_id == old.id) == 0


def test_neither_text_nor_bytes_are_in_what_is_printed(room: Room) -> None:
    draft = room.attach(room.ann, "a.pdf")
    draft = room.write(room.ann)
    assert TEXT not in repr(draft)
    assert "PDF-1" not in repr(room.drafts.contents(room.ann, draft))
    assert TYPE in repr(draft)
