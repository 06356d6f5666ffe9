"""Signing in: the right person comes in, and a stranger learns nothing."""

from datetime import timedelta

import argon2
import pytest
import sqlalchemy as sa

from buyerline.app.attempts import Attempts, Limit
from buyerline.app.audit import What
from buyerline.app.errors import TooMany
from buyerline.app.passwords import Passwords
from buyerline.app.persons import Person
from buyerline.app.schema import attempt, person
from buyerline.app.signing_in import OF_ADDRESS, OF_EMAIL, SigningIn, Wrong, network_of
from tests.app.folk import ADDRESS, OLGA, PASSWORD, Folk, at_once, costing

STRANGER = "stranger@example.com"


def guess(folk: Folk, email: str, *, times: int = 1, address: str = ADDRESS) -> None:
    """Try wrong passwords."""
    for number in range(times):
        with pytest.raises(Wrong):
            folk.signing_in.try_(email, f"wrong {number}", address)


class TestSigningIn:
    def test_lets_a_person_in(self, plain_folk: Folk) -> None:
        assert plain_folk.signing_in.try_(" Olga@Example.COM ", PASSWORD, ADDRESS).name == "Olga"
        assert plain_folk.done(What.SIGNED_IN) == [(What.SIGNED_IN, OLGA, None)]

    def test_says_the_same_whatever_is_wrong(self, folk: Folk) -> None:
        for email in (OLGA, STRANGER, "", "olga", "x\0y@example.com", "ü@example.com"):
            with pytest.raises(Wrong) as refusal:
                folk.signing_in.try_(email, "wrong wrong wrong", ADDRESS)
            assert (str(refusal.value), refusal.value.field) == ("The email or the password is wrong.", "")

    def test_that_failed_is_logged_with_the_address_and_nothing_that_was_typed(
        self, plain_folk: Folk, caplog: pytest.LogCaptureFixture
    ) -> None:
        """Whoever watches the log can shut an address out; a password may have been typed in the email's place."""
        guess(plain_folk, "my secret password", address="192.0.2.7")
        assert caplog.messages == ["sign-in failed, from 192.0.2.7"]

    def test_compares_the_password_of_a_stranger_too(self, plain_folk: Folk, monkeypatch: pytest.MonkeyPatch) -> None:
        """What takes time is done for every email alike, so that the time tells nothing."""
        verified: list[str] = []
        verify = argon2.PasswordHasher.verify

        def count(hasher: argon2.PasswordHasher, kept: str, password: str) -> bool:
            verified.append(kept.rpartition("$")[0].rpartition("$")[0])
            return verify(hasher, kept, password)

        monkeypatch.setattr(argon2.PasswordHasher, "verify", count)
        plain_folk.people.invite(plain_folk.owner, "ann@example.com", "Ann", plain_folk.owner.role)
        plain_folk.people.shut_out(plain_folk.owner, plain_folk.join("Bob").id)
        for email in (OLGA, STRANGER, "ann@example.com", "bob@example.com"):
            guess(plain_folk, email)
        assert len(verified) == 4
        assert len(set(verified)) == 1, "all with the same parameters"

    def test_writes_as_much_for_a_stranger(self, plain_folk: Folk) -> None:
        """Nor does the time that writing takes tell anything."""
        statements: list[str] = []
        with plain_folk.database.read() as connection:
            engine = connection.engine
        sa.event.listen(engine, "before_cursor_execute", lambda *seen: statements.append(seen[2].split(" FROM ")[0]))
        guess(plain_folk, OLGA)
        of_olga, statements[:] = list(statements), []
        guess(plain_folk, STRANGER)
        assert statements == of_olga

    def test_does_not_keep_what_a_stranger_typed(self, plain_folk: Folk) -> None:
        """Somebody may have typed the password where the email belongs."""
        guess(plain_folk, "my secret password")
        guess(plain_folk, OLGA)
        assert plain_folk.done(What.SIGN_IN_FAILED) == [
            (What.SIGN_IN_FAILED, "buyerline", None),
            (What.SIGN_IN_FAILED, "buyerline", OLGA),
        ]

    def test_hashes_the_password_anew_when_the_parameters_have_changed(self, plain_folk: Folk) -> None:
        dearer = costing(2)
        signing_in = SigningIn(plain_folk.database, Passwords(dearer))
        assert self.kept(plain_folk).startswith("$argon2id$v=19$m=8,t=1")
        signing_in.try_(OLGA, PASSWORD, ADDRESS)
        assert self.kept(plain_folk).startswith("$argon2id$v=19$m=8,t=2")
        assert signing_in.try_(OLGA, PASSWORD, ADDRESS).name == "Olga"

    @staticmethod
    def kept(folk: Folk) -> str:
        with folk.database.read() as connection:
            return str(connection.execute(sa.select(person.c.password)).scalar_one())


class TestTheLimit:
    @pytest.mark.parametrize("email", [OLGA, STRANGER])
    def test_of_an_email_holds_for_known_and_unknown_ones_and_says_how_long_to_wait(
        self, plain_folk: Folk, email: str
    ) -> None:
        guess(plain_folk, email, times=OF_EMAIL.most - 1)
        plain_folk.later(timedelta(minutes=5))
        guess(plain_folk, email)
        with pytest.raises(TooMany, match="Wait 10 min") as refusal:
            plain_folk.signing_in.try_(email, PASSWORD, ADDRESS)
        assert 540 < refusal.value.wait <= 600

    def test_is_over_after_its_time_and_not_prolonged_by_trying_on(self, plain_folk: Folk) -> None:
        guess(plain_folk, OLGA, times=OF_EMAIL.most)
        plain_folk.later(OF_EMAIL.within / 2)
        for _ in range(3):
            with pytest.raises(TooMany):
                plain_folk.signing_in.try_(OLGA, PASSWORD, ADDRESS)
        plain_folk.later(OF_EMAIL.within / 2)
        assert plain_folk.signing_in.try_(OLGA, PASSWORD, ADDRESS).name == "Olga"

    def test_of_an_email_begins_anew_when_its_person_has_signed_in(self, plain_folk: Folk) -> None:
        guess(plain_folk, OLGA, times=OF_EMAIL.most - 1)
        plain_folk.signing_in.try_(OLGA, PASSWORD, ADDRESS)
        guess(plain_folk, OLGA, times=OF_EMAIL.most)

    def test_of_an_address_holds_whatever_the_emails(self, plain_folk: Folk) -> None:
        for number in range(OF_ADDRESS.most):
            guess(plain_folk, f"somebody{number}@example.com")
        with pytest.raises(TooMany):
            plain_folk.signing_in.try_(OLGA, PASSWORD, ADDRESS)
        assert plain_folk.signing_in.try_(OLGA, PASSWORD, "192.0.2.8").name == "Olga"

    def test_of_an_address_counts_nobody_who_signed_in(self, plain_folk: Folk, monkeypatch: pytest.MonkeyPatch) -> None:
        """A whole office comes in from one address every morning, and so might a guesser among them."""
        monkeypatch.setattr("buyerline.app.signing_in.OF_ADDRESS", Limit("sign-in address", 2, OF_ADDRESS.within))
        guess(plain_folk, STRANGER)
        for _ in range(3):
            plain_folk.signing_in.try_(OLGA, PASSWORD, ADDRESS)
        guess(plain_folk, STRANGER)
        with pytest.raises(TooMany):
            plain_folk.signing_in.try_(OLGA, PASSWORD, ADDRESS)

    def test_counts_those_who_try_at_the_same_moment(self, folk: Folk) -> None:
        def try_one(number: int) -> Person:
            return folk.signing_in.try_(STRANGER, f"wrong {number}", f"192.0.2.{number}")

        guess(folk, STRANGER, times=OF_EMAIL.most - 2)
        outcomes = at_once(*[lambda number=number: try_one(number) for number in range(6)])
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["TooMany"] * 4 + ["Wrong"] * 2

    def test_keeps_neither_emails_nor_addresses_nor_anything_for_long(self, plain_folk: Folk) -> None:
        attempts = Attempts(plain_folk.database)
        attempts.begin(OF_EMAIL, OLGA)
        plain_folk.later(timedelta(days=2))
        attempts.begin(OF_ADDRESS, ADDRESS)
        with plain_folk.database.read() as connection:
            kept = connection.execute(sa.select(attempt.c.key)).scalars().all()
        assert len(kept) == 1
        assert ADDRESS not in kept[0]

    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("", ""),
        ],
    )
    def test_of_an_address_holds_for_all_that_one_customer_has(self, address: str, network: str) -> None:
        assert network_of(address) == network
