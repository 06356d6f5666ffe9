"""What people set for themselves."""

from datetime import timedelta
from typing import Any

import pytest

from buyerline.app.audit import What
from buyerline.app.errors import NotHere, TooMany
from buyerline.app.one_time_links import Purpose
from buyerline.app.profiles import OF_PERSON
from tests.app.folk import ADDRESS, FIREFOX, OTHER_PASSWORD, PASSWORD, Folk, refused_field

WHOLE: dict[str, Any] = {"name": "Olga", "language": None, "zone": None, "undo_seconds": 10}


class TestAProfile:
    def test_is_as_it_was_set_at_the_next_request(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        plain_folk.profiles.change(
            plain_folk.owner, name=" Olga  Ek", language="de", zone="Europe/Berlin", undo_seconds=0
        )
        seen = plain_folk.sessions.find(cookie)
        assert seen
        assert (seen.name, seen.language, seen.zone, seen.undo_seconds) == ("Olga Ek", "de", "Europe/Berlin", 0)

    def test_may_leave_language_and_zone_open(self, plain_folk: Folk) -> None:
        plain_folk.profiles.change(plain_folk.owner, name="Olga", language="en", zone="Asia/Tokyo", undo_seconds=30)
        plain_folk.profiles.change(plain_folk.owner, **WHOLE)
        assert (plain_folk.owner.language, plain_folk.owner.zone) == (None, None)

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
    def test_is_not_changed_where_a_field_is_refused(self, plain_folk: Folk, field: str, value: object) -> None:
        before = plain_folk.owner
        assert (
            refused_field(lambda: plain_folk.profiles.change(before, **{**WHOLE, "name": "Ann", field: value})) == field
        )
        assert plain_folk.owner == before


class TestChangingThePassword:
    def test_takes_the_new_one_and_ends_every_session_and_link(self, plain_folk: Folk) -> None:
        cookies = [plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX) for _ in range(2)]
        _, secret = plain_folk.people.reset_link(plain_folk.owner, plain_folk.owner.person_id)
        plain_folk.profiles.change_password(plain_folk.owner, PASSWORD, OTHER_PASSWORD)
        assert [plain_folk.sessions.find(cookie) for cookie in cookies] == [None, None]
        with pytest.raises(NotHere):
            plain_folk.links.look(secret, Purpose.PASSWORD)
        assert plain_folk.signing_in.try_("olga@example.com", OTHER_PASSWORD, ADDRESS).name == "Olga"
        assert plain_folk.done(What.PASSWORD_CHANGED) == [(What.PASSWORD_CHANGED, "olga@example.com", None)]

    def test_leaves_api_keys_as_they_are_unless_they_are_to_be_revoked_too(self, plain_folk: Folk) -> None:
        keys = [plain_folk.keys.make(plain_folk.owner, name) for name in ("export", "script")]
        plain_folk.profiles.change_password(plain_folk.owner, PASSWORD, OTHER_PASSWORD)
        assert [plain_folk.keys.find(key) for key in keys] == [plain_folk.owner] * 2
        plain_folk.profiles.change_password(plain_folk.owner, OTHER_PASSWORD, PASSWORD, revoke_keys=True)
        assert [plain_folk.keys.find(key) for key in keys] == [None, None]
        assert sorted(about or "" for _, _, about in plain_folk.done(What.API_KEY_REVOKED)) == ["export", "script"]

    def test_needs_the_present_one(self, plain_folk: Folk) -> None:
        cookie = plain_folk.sessions.begin(plain_folk.owner.person_id, FIREFOX)
        change = plain_folk.profiles.change_password
        assert refused_field(lambda: change(plain_folk.owner, OTHER_PASSWORD, OTHER_PASSWORD)) == "old"
        assert plain_folk.sessions.find(cookie)

    def test_refuses_a_new_one_that_is_easily_guessed(self, plain_folk: Folk) -> None:
        change = plain_folk.profiles.change_password
        assert refused_field(lambda: change(plain_folk.owner, PASSWORD, "olga@example.com")) == "new"
        assert plain_folk.signing_in.try_("olga@example.com", PASSWORD, ADDRESS).name == "Olga"

    def test_cannot_be_used_to_find_out_the_present_one(self, plain_folk: Folk) -> None:
        change = plain_folk.profiles.change_password
        for _ in range(OF_PERSON.most):
            assert refused_field(lambda: change(plain_folk.owner, "guessed again", OTHER_PASSWORD)) == "old"
        with pytest.raises(TooMany):
            change(plain_folk.owner, PASSWORD, OTHER_PASSWORD)
        plain_folk.later(OF_PERSON.within + timedelta(seconds=1))
        change(plain_folk.owner, PASSWORD, OTHER_PASSWORD)
