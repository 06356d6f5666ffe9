"""People: who comes in, who may do what, who is shut out."""

from collections.abc import Callable, Iterator

import pytest

from buyerline.app.audit import What
from buyerline.app.errors import Changed, Invalid, NotAllowed, NotHere
from buyerline.app.one_time_links import Purpose
from buyerline.app.signing_in import Wrong
from buyerline.app.viewer import Role, Viewer
from tests.app.folk import ADDRESS, FIREFOX, OTHER_PASSWORD, PASSWORD, Folk, at_once, folk_in, refused_field


@pytest.fixture
def nobody(database_url: str) -> Iterator[Folk]:
    """An installation that nobody has taken yet."""
    with folk_in(database_url, owned=False) as made:
        yield made


@pytest.fixture
def nobody_yet(sqlite_url: str) -> Iterator[Folk]:
    """The same, where the database does not matter."""
    with folk_in(sqlite_url, owned=False) as made:
        yield made


class TestTheFirstOwner:
    def test_is_needed_until_there_is_one(self, nobody_yet: Folk) -> None:
        assert nobody_yet.people.first_owner_needed()
        made = nobody_yet.people.make_owner(" Olga@Example.com", " Olga  Ek ", PASSWORD)
        assert not nobody_yet.people.first_owner_needed()
        assert (made.email, made.name, made.role, made.accounts) == ("olga@example.com", "Olga Ek", Role.OWNER, None)
        assert nobody_yet.done() == [(What.OWNER_MADE, "olga@example.com", None)]

    def test_is_one_even_when_two_use_their_links_at_the_same_moment(self, nobody: Folk) -> None:
        secrets = [nobody.links.make(Purpose.OWNER), nobody.links.make(Purpose.OWNER)]
        outcomes = at_once(
            lambda: nobody.people.make_owner("ann@example.com", "Ann", PASSWORD, secret=secrets[0]),
            lambda: nobody.people.make_owner("bob@example.com", "Bob", PASSWORD, secret=secrets[1]),
        )
        assert len(nobody.people.list()) == 1
        assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] in ([Changed], [NotHere])

    def test_is_one_even_when_one_link_is_used_twice_at_the_same_moment(self, nobody: Folk) -> None:
        secret = nobody.links.make(Purpose.OWNER)
        outcomes = at_once(
            lambda: nobody.people.make_owner("ann@example.com", "Ann", PASSWORD, secret=secret),
            lambda: nobody.people.make_owner("bob@example.com", "Bob", PASSWORD, secret=secret),
        )
        assert len(nobody.people.list()) == 1
        assert [type(outcome) for outcome in outcomes if isinstance(outcome, Exception)] == [NotHere]

    def test_keeps_the_link_when_a_field_is_refused(self, nobody_yet: Folk) -> None:
        secret = nobody_yet.links.make(Purpose.OWNER)
        make = nobody_yet.people.make_owner
        assert refused_field(lambda: make("ann", "Ann", PASSWORD, secret=secret)) == "email"
        assert refused_field(lambda: make("ann@example.com", " ", PASSWORD, secret=secret)) == "name"
        assert refused_field(lambda: make("ann@example.com", "Ann", "short", secret=secret)) == "password"
        assert make("ann@example.com", "Ann", PASSWORD, secret=secret).name == "Ann"

    def test_ends_all_other_links_to_become_one(self, nobody_yet: Folk) -> None:
        used, other = nobody_yet.links.make(Purpose.OWNER), nobody_yet.links.make(Purpose.OWNER)
        nobody_yet.people.make_owner("ann@example.com", "Ann", PASSWORD, secret=used)
        with pytest.raises(NotHere):
            nobody_yet.links.look(other, Purpose.OWNER)

    def test_cannot_be_made_beside_another(self, nobody_yet: Folk) -> None:
        nobody_yet.people.make_owner("ann@example.com", "Ann", PASSWORD)
        with pytest.raises(Changed, match="owner already"):
            nobody_yet.people.make_owner("bob@example.com", "Bob", PASSWORD)


class TestAnInvitation:
    def test_lets_a_person_choose_a_password_and_sign_in(self, folk: Folk) -> None:
        shop = folk.account("shop")
        secret = folk.people.invite(folk.owner, "Ann@example.com", "Ann", Role.AGENT, [shop])
        invited = folk.people.of_link(secret, Purpose.INVITATION)
        assert (invited.email, invited.invited, invited.accounts) == ("ann@example.com", True, frozenset({shop}))
        with pytest.raises(Wrong):
            folk.signing_in.try_("ann@example.com", PASSWORD, ADDRESS)
        assert not folk.people.accept(secret, PASSWORD).invited
        assert folk.signing_in.try_("ann@example.com", PASSWORD, ADDRESS).viewer().may_see(shop)
        assert folk.done()[1:] == [
            (What.PERSON_INVITED, "olga@example.com", "ann@example.com"),
            (What.SIGN_IN_FAILED, "buyerline", "ann@example.com"),
            (What.INVITATION_ACCEPTED, "ann@example.com", None),
            (What.SIGNED_IN, "ann@example.com", None),
        ]

    def test_works_once(self, plain_folk: Folk) -> None:
        secret = plain_folk.people.invite(plain_folk.owner, "ann@example.com", "Ann", Role.AGENT)
        plain_folk.people.accept(secret, PASSWORD)
        with pytest.raises(NotHere):
            plain_folk.people.accept(secret, OTHER_PASSWORD)

    def test_still_works_after_a_password_was_refused(self, plain_folk: Folk) -> None:
        secret = plain_folk.people.invite(plain_folk.owner, "ann@example.com", "Ann", Role.AGENT)
        assert refused_field(lambda: plain_folk.people.accept(secret, "ann@example.com")) == "password"
        assert plain_folk.people.accept(secret, PASSWORD).name == "Ann"

    def test_is_made_anew_by_an_owner_and_the_lost_one_ends(self, plain_folk: Folk) -> None:
        lost = plain_folk.people.invite(plain_folk.owner, "ann@example.com", "Ann", Role.AGENT)
        ann = plain_folk.people.of_link(lost, Purpose.INVITATION)
        purpose, secret = plain_folk.people.reset_link(plain_folk.owner, ann.id)
        assert purpose is Purpose.INVITATION
        with pytest.raises(NotHere):
            plain_folk.people.accept(lost, PASSWORD)
        assert plain_folk.people.accept(secret, PASSWORD).id == ann.id

    def test_is_refused_for_an_email_that_is_there(self, plain_folk: Folk) -> None:
        plain_folk.join("Ann")
        invite = plain_folk.people.invite
        assert refused_field(lambda: invite(plain_folk.owner, "ANN@example.com", "Ann", Role.AGENT)) == "email"

    def test_is_refused_for_an_account_that_is_not_there(self, plain_folk: Folk) -> None:
        """Nobody gets rights on an account that somebody connects later and that happens to get that number."""
        invite = plain_folk.people.invite
        assert refused_field(lambda: invite(plain_folk.owner, "ann@example.com", "Ann", Role.AGENT, [41])) == "accounts"
        assert [person.name for person in plain_folk.people.list()] == ["Olga"]

    def test_to_be_an_owner_gives_all_accounts(self, plain_folk: Folk) -> None:
        assert plain_folk.join("Bob", Role.OWNER).accounts is None


class TestRights:
    def test_change_at_the_next_request(self, folk: Folk) -> None:
        shop, stall = folk.account("shop"), folk.account("stall")
        ann = folk.join("Ann", accounts=(shop,))
        cookie = folk.sessions.begin(ann.id, FIREFOX)
        folk.people.change(folk.owner, ann.id, accounts=[stall])
        assert self.seen(folk, cookie) == (Role.AGENT, frozenset({stall}))
        folk.people.change(folk.owner, ann.id, role=Role.OWNER)
        assert self.seen(folk, cookie) == (Role.OWNER, None)
        folk.people.change(folk.owner, ann.id, role=Role.AGENT)
        assert self.seen(folk, cookie) == (Role.AGENT, frozenset())
        changes = [(What.ACCESS_CHANGED, 1), (What.ROLE_CHANGED, 2)]
        assert [(what, len(folk.done(what))) for what, _ in changes] == changes

    @staticmethod
    def seen(folk: Folk, cookie: str) -> tuple[Role, frozenset[int] | None]:
        viewer = folk.sessions.find(cookie)
        assert viewer
        return viewer.role, viewer.accounts

    def test_stay_where_nothing_is_said_about_them(self, plain_folk: Folk) -> None:
        shop = plain_folk.account("shop")
        ann = plain_folk.join("Ann", accounts=(shop,))
        plain_folk.people.change(plain_folk.owner, ann.id)
        assert plain_folk.people.get(ann.id) == ann
        assert not plain_folk.done(What.ACCESS_CHANGED)

    @pytest.mark.parametrize(
        "change",
        [
            lambda folk, agent, _: folk.people.invite(agent, "x@example.com", "X", Role.OWNER),
            lambda folk, agent, _: folk.people.change(agent, agent.person_id, role=Role.OWNER),
            lambda folk, agent, other: folk.people.shut_out(agent, other),
            lambda folk, agent, other: folk.people.bring_back(agent, other),
            lambda folk, agent, other: folk.people.reset_link(agent, other),
        ],
        ids=["invite", "change", "shut out", "bring back", "reset"],
    )
    def test_of_an_agent_let_change_nobody(
        self, plain_folk: Folk, change: Callable[[Folk, Viewer, int], object]
    ) -> None:
        agent, other = plain_folk.join("Ann"), plain_folk.join("Bob")
        before = plain_folk.people.list()
        with pytest.raises(NotAllowed, match="Only an owner"):
            change(plain_folk, agent.viewer(), other.id)
        assert plain_folk.people.list() == before


class TestTheLastOwner:
    def test_can_neither_be_shut_out_nor_become_an_agent(self, plain_folk: Folk) -> None:
        plain_folk.people.invite(plain_folk.owner, "bob@example.com", "Bob", Role.OWNER)  # who has not accepted
        with pytest.raises(Invalid, match="Olga is the last owner"):
            plain_folk.people.shut_out(plain_folk.owner, plain_folk.owner.person_id)
        with pytest.raises(Invalid, match="Olga is the last owner"):
            plain_folk.people.change(plain_folk.owner, plain_folk.owner.person_id, role=Role.AGENT)
        assert plain_folk.owner.role is Role.OWNER

    def test_remains_when_two_owners_demote_each_other_at_the_same_moment(self, folk: Folk) -> None:
        olga, bob = folk.owner, folk.join("Bob", Role.OWNER).viewer()
        outcomes = at_once(
            lambda: folk.people.change(olga, bob.person_id, role=Role.AGENT),
            lambda: folk.people.change(bob, olga.person_id, role=Role.AGENT),
        )
        assert sorted(person.role for person in folk.people.list()) == [Role.AGENT, Role.OWNER]
        assert [type(outcome) for outcome in outcomes if outcome is not None] == [Invalid]


class TestSomebodyShutOut:
    def test_loses_every_way_in(self, folk: Folk) -> None:
        ann = folk.join("Ann")
        cookie, key = folk.sessions.begin(ann.id, FIREFOX), folk.keys.make(ann.viewer(), "script")
        _, secret = folk.people.reset_link(folk.owner, ann.id)
        folk.people.shut_out(folk.owner, ann.id)
        assert folk.people.get(ann.id).left_at
        assert folk.sessions.find(cookie) is None
        assert folk.keys.find(key) is None
        with pytest.raises(NotHere):
            folk.people.set_password(secret, OTHER_PASSWORD)
        with pytest.raises(NotHere):
            folk.people.reset_link(folk.owner, ann.id)
        with pytest.raises(Wrong):
            folk.signing_in.try_("ann@example.com", PASSWORD, ADDRESS)

    def test_can_be_brought_back_and_only_the_password_works_again(self, plain_folk: Folk) -> None:
        ann = plain_folk.join("Ann")
        cookie, key = plain_folk.sessions.begin(ann.id, FIREFOX), plain_folk.keys.make(ann.viewer(), "script")
        plain_folk.people.shut_out(plain_folk.owner, ann.id)
        plain_folk.people.bring_back(plain_folk.owner, ann.id)
        assert plain_folk.signing_in.try_("ann@example.com", PASSWORD, ADDRESS).id == ann.id
        assert plain_folk.sessions.find(cookie) is None
        assert plain_folk.keys.find(key) is None

    def test_does_not_count_as_an_owner(self, plain_folk: Folk) -> None:
        bob = plain_folk.join("Bob", Role.OWNER)
        plain_folk.people.shut_out(plain_folk.owner, bob.id)
        with pytest.raises(Invalid, match="last owner"):
            plain_folk.people.shut_out(plain_folk.owner, plain_folk.owner.person_id)


class TestAForgottenPassword:
    def test_is_replaced_by_an_owners_link_which_works_once_and_ends_all_sessions(self, plain_folk: Folk) -> None:
        ann = plain_folk.join("Ann")
        cookie, key = plain_folk.sessions.begin(ann.id, FIREFOX), plain_folk.keys.make(ann.viewer(), "script")
        mine = plain_folk.keys.make(plain_folk.owner, "export")
        purpose, secret = plain_folk.people.reset_link(plain_folk.owner, ann.id)
        assert purpose is Purpose.PASSWORD
        assert plain_folk.keys.find(key)
        assert plain_folk.people.set_password(secret, OTHER_PASSWORD).id == ann.id
        assert plain_folk.keys.find(key) is None
        assert plain_folk.keys.find(mine)
        assert plain_folk.done(What.API_KEY_REVOKED) == [(What.API_KEY_REVOKED, "ann@example.com", "script")]
        assert plain_folk.sessions.find(cookie) is None
        assert plain_folk.signing_in.try_("ann@example.com", OTHER_PASSWORD, ADDRESS).id == ann.id
        with pytest.raises(NotHere):
            plain_folk.people.set_password(secret, PASSWORD)

    def test_link_does_not_accept_an_invitation_nor_the_other_way_round(self, plain_folk: Folk) -> None:
        _, secret = plain_folk.people.reset_link(plain_folk.owner, plain_folk.join("Ann").id)
        with pytest.raises(NotHere):
            plain_folk.people.accept(secret, OTHER_PASSWORD)

    def test_is_nobodys_who_is_not_there(self, plain_folk: Folk) -> None:
        with pytest.raises(NotHere):
            plain_folk.people.reset_link(plain_folk.owner, 99)
