"""One-time links: good for one thing, once, and not for long."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from buyerline.app.errors import NotHere
from buyerline.app.one_time_links import MINUTES, Purpose
from buyerline.app.schema import one_time_link
from tests.app.folk import Folk, at_once


class TestALink:
    def test_says_what_it_is_for_until_it_is_taken(self, plain_folk: Folk) -> None:
        secret = plain_folk.links.make(Purpose.CONSENT, 7, '{"region": "eu"}')
        looked = plain_folk.links.look(secret, Purpose.CONSENT)
        assert (looked.purpose, looked.person_id, looked.note) == (Purpose.CONSENT, 7, '{"region": "eu"}')
        assert plain_folk.links.take(secret, Purpose.CONSENT) == looked
        with pytest.raises(NotHere, match="used or is too old"):
            plain_folk.links.look(secret, Purpose.CONSENT)

    def test_is_taken_by_one_of_two_who_try_at_the_same_moment(self, folk: Folk) -> None:
        secret = folk.links.make(Purpose.CONSENT)
        outcomes = at_once(*[lambda: folk.links.take(secret, Purpose.CONSENT)] * 2)
        assert [isinstance(outcome, NotHere) for outcome in sorted(outcomes, key=repr)] == [False, True]

    def test_is_good_for_its_purpose_alone(self, plain_folk: Folk) -> None:
        secret = plain_folk.links.make(Purpose.PASSWORD, 1)
        with pytest.raises(NotHere):
            plain_folk.links.take(secret, Purpose.INVITATION)
        assert plain_folk.links.take(secret, Purpose.PASSWORD).person_id == 1

    @pytest.mark.parametrize("purpose", Purpose)
    def test_ends_after_its_time(self, plain_folk: Folk, purpose: Purpose) -> None:
        secret = plain_folk.links.make(purpose, 1)
        plain_folk.later(timedelta(minutes=MINUTES[purpose] - 1))
        assert plain_folk.links.look(secret, purpose).person_id == 1
        plain_folk.later(timedelta(minutes=1))
        with pytest.raises(NotHere):
            plain_folk.links.take(secret, purpose)

    def test_cannot_be_read_from_the_database(self, plain_folk: Folk) -> None:
        secret = plain_folk.links.make(Purpose.INVITATION, 1)
        with plain_folk.database.read() as connection:
            kept = repr(connection.execute(sa.select(one_time_link)).all())
        assert secret not in kept

    def test_that_is_too_old_is_swept_out_when_another_is_made(self, plain_folk: Folk) -> None:
        plain_folk.links.make(Purpose.CONSENT)
        plain_folk.later(timedelta(days=1))
        plain_folk.links.make(Purpose.CONSENT)
        with plain_folk.database.read() as connection:
            assert len(connection.execute(sa.select(one_time_link)).all()) == 1

    def test_works_again_when_what_it_was_taken_for_fails(self, plain_folk: Folk) -> None:
        secret = plain_folk.links.make(Purpose.CONSENT)

        def take_and_fail() -> None:
            with plain_folk.database.write() as connection:
                plain_folk.links.take(secret, Purpose.CONSENT, connection=connection)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            take_and_fail()
        assert plain_folk.links.take(secret, Purpose.CONSENT).purpose is Purpose.CONSENT
