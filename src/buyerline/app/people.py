"""The people who use this installation: how they come in, what they may do, how they are shut out."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from buyerline.app.api_keys import ApiKeys
from buyerline.app.audit import Audit, What
from buyerline.app.errors import Changed, Invalid, NotHere
from buyerline.app.one_time_links import Link, OneTimeLinks, Purpose
from buyerline.app.passwords import Passwords, check_new
from buyerline.app.persons import Person, email_of, name_of, read_persons
from buyerline.app.schema import access, person
from buyerline.app.sessions import Sessions
from buyerline.app.taking_turns import hold_table
from buyerline.app.viewer import Role, Viewer
from buyerline.app.words import Words
from buyerline.outbox.clock import now
from buyerline.outbox.database import Database
from buyerline.outbox.schema import account

UNDO_SECONDS = 10
"""For which a new person's messages wait before they leave."""

_AN_OWNER = sa.and_(person.c.role == Role.OWNER, person.c.left_at.is_(None), person.c.password.is_not(None))


class People:
    """Owners let people in, say what they may do, and shut them out. Every change works from the next request on.

    Args:
        database: where they are kept.
        passwords: how theirs are.
    """

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords
        self._links = OneTimeLinks(database)
        self._sessions = Sessions(database)
        self._keys = ApiKeys(database)
        self._audit = Audit(database)

    def list(self) -> list[Person]:
        """Everybody, those who were shut out too, by name."""
        with self._database.read() as connection:
            return read_persons(connection)

    def known_to(self, viewer: Viewer) -> Sequence[Person]:
        """Of whom somebody may know, by name: an owner of all, an agent of owners and of who shares an account."""
        return [
            each
            for each in self.list()
            if viewer.accounts is None or each.accounts is None or each.accounts & viewer.accounts
        ]

    def get(self, person_id: int) -> Person:
        """One person.

        Raises:
            NotHere: there is none of that number.
        """
        with self._database.read() as connection:
            return _one(connection, person_id)

    def of_link(self, secret: str, purpose: Purpose) -> Person:
        """Whom an invitation or a link to a new password is for.

        Raises:
            NotHere: it was used, or is too old, or they were shut out.
        """
        found = self.get(_person_of(self._links.look(secret, purpose)))
        if found.left_at:
            raise NotHere
        return found

    # Coming in

    def first_owner_needed(self) -> bool:
        """Whether nobody can sign in as an owner yet."""
        with self._database.read() as connection:
            return not _owners(connection)

    def make_owner(self, email: str, name: str, password: str, *, secret: str | None = None) -> Person:
        """Make the first owner. Of two who try at the same moment, one becomes it.

        Args:
            email: theirs.
            name: theirs.
            password: chosen by them.
            secret: the link's that was shown where the app was started; without one, the caller vouches for them.

        Raises:
            Invalid: a field cannot be taken; the link still works.
            NotHere: the link was used, or is too old.
            Changed: there is an owner already.
        """
        email, name = email_of(email), name_of(name)
        check_new(password, email)
        hashed = self._passwords.hashed(password)
        with self._changing() as connection:
            if secret is not None:
                self._links.take(secret, Purpose.OWNER, connection=connection)
            if _owners(connection):
                raise Changed(Words("There is an owner already. Sign in, or ask them to invite you."))
            self._links.forget(connection, purpose=Purpose.OWNER)
            made = self._add(connection, email, name, Role.OWNER, password=hashed)
            self._audit.note(made.viewer(), What.OWNER_MADE, connection=connection)
        return made

    def invite(self, viewer: Viewer, email: str, name: str, role: Role, accounts: Collection[int] = ()) -> str:
        """Add a person who will choose a password by a link.

        Args:
            viewer: an owner.
            email: the person's.
            name: the person's.
            role: what they will be allowed to do.
            accounts: numbers of the accounts that an agent will see; an owner sees all.

        Returns:
            The secret of the invitation's link.

        Raises:
            NotAllowed: only owners may.
            Invalid: a field cannot be taken.
        """
        viewer.require_owner()
        email, name = email_of(email), name_of(name)
        with self._changing() as connection:
            made = self._add(connection, email, name, role)
            _give_access(connection, made.id, accounts if role is Role.AGENT else ())
            self._audit.note(viewer, What.PERSON_INVITED, about=email, note=role, connection=connection)
            return self._links.make(Purpose.INVITATION, made.id, connection=connection)

    def reset_link(self, viewer: Viewer | None, person_id: int) -> tuple[Purpose, str]:
        """A new link for somebody who has forgotten the password, or lost the invitation; earlier ones end.

        Args:
            viewer: an owner; ``None``: whoever may start the app.
            person_id: whom it is for.

        Returns:
            What it is for, `Purpose.INVITATION` or `Purpose.PASSWORD`, and its secret.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no such person, or they were shut out.
        """
        if viewer is not None:
            viewer.require_owner()
        with self._changing() as connection:
            found = _one(connection, person_id)
            if found.left_at:
                raise NotHere
            purpose = Purpose.INVITATION if found.invited else Purpose.PASSWORD
            self._links.forget(connection, purpose=purpose, person_id=person_id)
            what = What.PERSON_INVITED if found.invited else What.PASSWORD_LINK_MADE
            self._audit.note(viewer, what, about=found.email, connection=connection)
            return purpose, self._links.make(purpose, person_id, connection=connection)

    def accept(self, secret: str, password: str) -> Person:
        """Accept an invitation by choosing a password.

        Raises:
            Invalid: the password cannot be taken; the link still works.
            NotHere: the link was used, or is too old.
        """
        return self._set_by_link(secret, Purpose.INVITATION, password, What.INVITATION_ACCEPTED)

    def set_password(self, secret: str, password: str) -> Person:
        """Choose a new password by an owner's link. Whoever is signed in with the old one is signed out.

        The person's API keys work no more: whoever knew the old password may have made one.

        Raises:
            Invalid: the password cannot be taken; the link still works.
            NotHere: the link was used, or is too old.
        """
        return self._set_by_link(secret, Purpose.PASSWORD, password, What.PASSWORD_SET)

    # Rights

    def change(
        self, viewer: Viewer, person_id: int, *, role: Role | None = None, accounts: Collection[int] | None = None
    ) -> None:
        """Change what a person may do and see; ``None`` leaves it as it is.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no such person.
            Invalid: they are the last owner, or an account is none.
        """
        viewer.require_owner()
        with self._changing() as connection:
            before = _one(connection, person_id)
            after = role or before.role
            if after is not before.role:
                self._change_role(connection, viewer, before, after)
            if after is Role.OWNER:
                accounts = ()
            if accounts is not None and frozenset(accounts) != (before.accounts or frozenset()):
                _give_access(connection, person_id, accounts)
                if after is Role.AGENT:
                    self._audit.note(viewer, What.ACCESS_CHANGED, about=before.email, connection=connection)

    def shut_out(self, viewer: Viewer, person_id: int) -> None:
        """End a person's sessions, links and API keys for good, and let them sign in no more.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no such person.
            Invalid: they are the last owner.
        """
        viewer.require_owner()
        with self._changing() as connection:
            found = _one(connection, person_id)
            _keep_an_owner(connection, besides=found)
            connection.execute(sa.update(person).where(person.c.id == person_id).values(left_at=now()))
            self._sessions.end_all(person_id, connection=connection)
            self._links.forget(connection, person_id=person_id)
            self._audit.note(viewer, What.PERSON_SHUT_OUT, about=found.email, connection=connection)
            self._keys.revoke_all(viewer, person_id, connection)

    def bring_back(self, viewer: Viewer, person_id: int) -> None:
        """Let somebody who was shut out sign in again, with the password and the rights that they had.

        Raises:
            NotAllowed: only owners may.
            NotHere: there is no such person.
        """
        viewer.require_owner()
        with self._changing() as connection:
            found = _one(connection, person_id)
            connection.execute(sa.update(person).where(person.c.id == person_id).values(left_at=None))
            self._audit.note(viewer, What.PERSON_BROUGHT_BACK, about=found.email, connection=connection)

    @contextmanager
    def _changing(self) -> Iterator[sa.Connection]:
        """A transaction with no other of its kind beside it: there is one first owner, and always a last one."""
        with self._database.write() as connection:
            hold_table(connection, person)
            yield connection

    def _add(self, connection: sa.Connection, email: str, name: str, role: Role, password: str | None = None) -> Person:
        if read_persons(connection, person.c.email == email):
            raise Invalid(Words("{email} is among the people already.", email=email), "email")
        row = {"email": email, "name": name, "role": role, "password": password, "undo_seconds": UNDO_SECONDS}
        adding = sa.insert(person).values(created_at=now(), **row).returning(person.c.id)
        return _one(connection, connection.execute(adding).scalar_one())

    def _change_role(self, connection: sa.Connection, viewer: Viewer, before: Person, role: Role) -> None:
        if role is Role.AGENT:
            _keep_an_owner(connection, besides=before)
        connection.execute(sa.update(person).where(person.c.id == before.id).values(role=role))
        self._audit.note(viewer, What.ROLE_CHANGED, about=before.email, note=role, connection=connection)

    def _set_by_link(self, secret: str, purpose: Purpose, password: str, what: What) -> Person:
        check_new(password, self.of_link(secret, purpose).email)
        hashed = self._passwords.hashed(password)
        with self._database.write() as connection:
            person_id = _person_of(self._links.take(secret, purpose, connection=connection))
            connection.execute(sa.update(person).where(person.c.id == person_id).values(password=hashed))
            self._sessions.end_all(person_id, connection=connection)
            found = _one(connection, person_id)
            self._audit.note(found.viewer(), what, connection=connection)
            self._keys.revoke_all(found.viewer(), person_id, connection)
        return found


def _one(connection: sa.Connection, person_id: int) -> Person:
    found = read_persons(connection, person.c.id == person_id)
    if not found:
        raise NotHere
    return found[0]


def _person_of(link: Link) -> int:
    if link.person_id is None:
        raise NotHere
    return link.person_id


def _owners(connection: sa.Connection) -> list[int]:
    return list(connection.execute(sa.select(person.c.id).where(_AN_OWNER)).scalars())


def _keep_an_owner(connection: sa.Connection, *, besides: Person) -> None:
    if _owners(connection) == [besides.id]:
        raise Invalid(Words("{name} is the last owner. Make somebody else an owner first.", name=besides.name))


def _give_access(connection: sa.Connection, person_id: int, accounts: Collection[int]) -> None:
    known = set(connection.execute(sa.select(account.c.id).where(account.c.id.in_(accounts))).scalars())
    if known != set(accounts):
        raise Invalid(Words("One of these accounts is not there any more. Load the page again."), "accounts")
    connection.execute(sa.delete(access).where(access.c.person_id == person_id))
    if known:
        rows = [{"person_id": person_id, "account_id": account_id} for account_id in sorted(known)]
        connection.execute(sa.insert(access), rows)
