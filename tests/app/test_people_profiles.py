"""What people set for themselves."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from buyerline.app.audit import What
from buyerline.app.errors import NotHere, TooMany
from buyerline.app.one_time_links import Purpose
from buyerline.app.profiles import OF_PERSON
from tests.app.folk import ADDRESS, FIREFOX, OTHER_PASSWORD, PASSWORD, Folk, folk_in, refused_field

WHOLE: dict[str, Any] = {"name": "Olga", "language": None, "zone": None, "undo_seconds": 10}


@pytest.fixture
def folk(sqlite_url: str) -> Iterator[Folk]:
    with folk_in(sqlite_url) as made:
        yield made


class TestAProfile:
    def test_is_as_it_was_set_at_the_next_request(self, folk: Folk) -> None:
        cookie = folk.sessions.begin(folk.owner.person_id, FIREFOX)
        folk.profiles.change(folk.owner, name=" Olga  Ek", language="de", zone="Europe/Berlin", undo_seconds=0)
        seen = folk.sessions.find(cookie)
        assert seen
        assert (seen.name, seen.language, seen.zone, seen.undo_seconds) == ("Olga Ek", "de", "Europe/Berlin", 0)

    def test_may_leave_language_and_zone_open(self, folk: Folk) -> None:
        folk.profiles.change(folk.owner, name="Olga", language="en", zone="Asia/Tokyo", undo_seconds=30)
        folk.profiles.change(folk.owner, **WHOLE)
        assert (folk.owner.language, folk.owner.zone) == (None, None)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("name", ""),
            ("name", "x" * 101),
            ("name", "Olga\x00"),
            ("language", "xx"),
            ("language", ""),
            ("zone", "Europe/Atlantis"),
            ("zone", "../../etc/passwd"),
            ("undo_seconds", -1),
            ("undo_seconds", 31),
        ],
    )
    def test_is_not_changed_where_a_field_is_refused(self, folk: Folk, field: str, value: object) -> None:
        before = folk.owner
        assert refused_field(lambda: folk.profiles.change(before, **{**WHOLE, "name": "Ann", field: value})) == field
        assert folk.owner == before


class TestChangingThePassword:
    def test_takes_the_new_one_and_ends_every_session_and_link(self, folk: Folk) -> None:
        cookies = [folk.sessions.begin(folk.owner.person_id, FIREFOX) for _ in range(2)]
        _, secret = folk.people.reset_link(folk.owner, folk.owner.person_id)
        folk.profiles.change_password(folk.owner, PASSWORD, OTHER_PASSWORD)
        assert [folk.sessions.find(cookie) for cookie in cookies] == [None, None]
        with pytest.raises(NotHere):
            folk.links.look(secret, Purpose.PASSWORD)
        assert folk.signing_in.try_("olga@example.com", OTHER_PASSWORD, ADDRESS).name == "Olga"
        assert folk.done(What.PASSWORD_CHANGED) == [(What.PASSWORD_CHANGED, "olga@example.com", None)]

    def test_leaves_api_keys_as_they_are_unless_they_are_to_be_revoked_too(self, folk: Folk) -> None:
        keys = [folk.keys.make(folk.owner, name) for name in ("export", "script")]
        folk.profiles.change_password(folk.owner, PASSWORD, OTHER_PASSWORD)
        assert [folk.keys.find(key) for key in keys] == [folk.owner] * 2
        folk.profiles.change_password(folk.owner, OTHER_PASSWORD, PASSWORD, revoke_keys=True)
        assert [folk.keys.find(key) for key in keys] == [None, None]
        assert sorted(about or "" for _, _, about in folk.done(What.API_KEY_REVOKED)) == ["export", "script"]

    def test_needs_the_present_one(self, folk: Folk) -> None:
        cookie = folk.sessions.begin(folk.owner.person_id, FIREFOX)
        change = folk.profiles.change_password
        assert refused_field(lambda: change(folk.owner, OTHER_PASSWORD, OTHER_PASSWORD)) == "old"
        assert folk.sessions.find(cookie)

    def test_refuses_a_new_one_that_is_easily_guessed(self, folk: Folk) -> None:
        change = folk.profiles.change_password
        assert refused_field(lambda: change(folk.owner, PASSWORD, "olga@example.com")) == "new"
        assert folk.signing_in.try_("olga@example.com", PASSWORD, ADDRESS).name == "Olga"

    def test_cannot_be_used_to_find_out_the_present_one(self, folk: Folk) -> None:
        change = folk.profiles.change_password
        for _ in range(OF_PERSON.most):
            assert refused_field(lambda: change(folk.owner, "guessed again", OTHER_PASSWORD)) == "old"
        with pytest.raises(TooMany):
            change(folk.owner, PASSWORD, OTHER_PASSWORD)
        folk.later(OF_PERSON.within + timedelta(seconds=1))
        change(folk.owner, PASSWORD, OTHER_PASSWORD)
