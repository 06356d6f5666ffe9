"""API keys: a program's way in, for what its person may do."""

from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from buyerline.app.audit import What
from buyerline.app.errors import NotHere
from buyerline.app.schema import api_key
from buyerline.app.viewer import Role
from tests.app.folk import Folk, refused_field


class TestAKey:
    def test_stands_for_its_person_until_it_is_revoked(self, folk: Folk) -> None:
        key = folk.keys.make(folk.owner, " nightly  export ")
        assert key.startswith("bl_")
        assert folk.keys.find(key) == folk.owner
        [listed] = folk.keys.list(folk.owner)
        assert (listed.name, listed.ends_in) == ("nightly export", key[-4:])
        folk.keys.revoke(folk.owner, listed.id)
        assert folk.keys.find(key) is None
        assert folk.keys.list(folk.owner) == []
        assert folk.done()[1:] == [
            (What.API_KEY_MADE, "olga@example.com", "nightly export"),
            (What.API_KEY_REVOKED, "olga@example.com", "nightly export"),
        ]

    def test_has_the_rights_that_its_person_has_now(self, plain_folk: Folk) -> None:
        shop = plain_folk.account("shop")
        ann = plain_folk.join("Ann", accounts=(shop,))
        key = plain_folk.keys.make(ann.viewer(), "script")
        plain_folk.people.change(plain_folk.owner, ann.id, accounts=[])
        found = plain_folk.keys.find(key)
        assert found
        assert (found.role, found.may_see(shop)) == (Role.AGENT, False)

    def test_is_nobodys_when_it_was_never_made(self, plain_folk: Folk) -> None:
        plain_folk.keys.make(plain_folk.owner, "script")
        for key in ("", "bl_", "bl_" + "0" * 64, "something else"):
            assert plain_folk.keys.find(key) is None

    def test_cannot_be_read_from_the_database(self, plain_folk: Folk) -> None:
        key = plain_folk.keys.make(plain_folk.owner, "script")
        with plain_folk.database.read() as connection:
            [line] = connection.execute(sa.select(api_key)).all()
        assert key.removeprefix("bl_") not in repr(line)
        assert plain_folk.keys.find(line.digest) is None

    def test_tells_when_it_was_last_used_to_the_minute(self, plain_folk: Folk) -> None:
        key = plain_folk.keys.make(plain_folk.owner, "script")
        assert plain_folk.keys.list(plain_folk.owner)[0].used_at is None
        plain_folk.keys.find(key)
        first = plain_folk.keys.list(plain_folk.owner)[0].used_at
        plain_folk.keys.find(key)
        assert first
        assert plain_folk.keys.list(plain_folk.owner)[0].used_at == first
        plain_folk.later(timedelta(minutes=2))
        plain_folk.keys.find(key)
        later = plain_folk.keys.list(plain_folk.owner)[0].used_at
        assert later
        assert later > first - timedelta(minutes=2)

    def test_is_not_for_others_to_see_or_revoke(self, plain_folk: Folk) -> None:
        plain_folk.keys.make(plain_folk.owner, "script")
        ann = plain_folk.join("Ann", Role.OWNER).viewer()
        assert plain_folk.keys.list(ann) == []
        with pytest.raises(NotHere):
            plain_folk.keys.revoke(ann, plain_folk.keys.list(plain_folk.owner)[0].id)

    def test_needs_a_name(self, plain_folk: Folk) -> None:
        for name in ("", "  ", "x" * 61, "a\x07b"):
            assert refused_field(partial(plain_folk.keys.make, plain_folk.owner, name)) == "name"
