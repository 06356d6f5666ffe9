"""Signing in with an email and a password, so that nobody learns whose emails are known here."""

import ipaddress
import logging
from datetime import timedelta

import sqlalchemy as sa

from buyerline.app.attempts import Attempts, Limit
from buyerline.app.audit import Audit, What
from buyerline.app.errors import Invalid
from buyerline.app.passwords import Passwords
from buyerline.app.persons import Person, read_persons
from buyerline.app.schema import person
from buyerline.app.words import Words
from buyerline.outbox.database import Database

_log = logging.getLogger("buyerline.app")

OF_EMAIL = Limit("sign-in email", 10, timedelta(minutes=15))
"""Wrong passwords for one email, known here or not. NIST SP 800-63B (revision 3, section 5.2.2) allows 100 in a row."""

OF_ADDRESS = Limit("sign-in address", 50, timedelta(minutes=15))
"""Wrong passwords from one address, which may be a whole office's."""

_IPV6_NETWORK = 64  # bits: what one customer is given, RFC 6177


class Wrong(Invalid):
    """The email or the password is wrong; which of them is not told."""

    def __init__(self) -> None:
        super().__init__(Words("The email or the password is wrong."))


class SigningIn:
    """Lets people in.

    Args:
        database: where they are kept.
        passwords: how theirs are.
    """

    def __init__(self, database: Database, passwords: Passwords) -> None:
        self._database = database
        self._passwords = passwords
        self._attempts = Attempts(database)
        self._audit = Audit(database)

    def try_(self, email: str, password: str, address: str) -> Person:
        """The person whose email and password these are.

        Everything that it does for an email that is known here it does for one that is not, in the same order.

        Args:
            email: as it was typed.
            password: likewise.
            address: the IP address that it came from.

        Raises:
            TooMany: there were too many wrong ones for this email or from this address.
            Wrong: they are nobody's, or of somebody who was shut out or has yet to accept the invitation.
        """
        email = email.strip().lower().replace("\0", "")  # PostgreSQL knows no such character
        number = self._attempts.begin(OF_ADDRESS, network_of(address))
        self._attempts.begin(OF_EMAIL, email)
        kept, found = self._known(email)
        if not self._passwords.fits(kept, password) or found is None:
            self._audit.note(None, What.SIGN_IN_FAILED, about=found.email if found else None)
            _log.warning("sign-in failed, from %s", address)  # not for whom: a password may stand in the email's place
            raise Wrong
        self._attempts.forgive(number)
        self._attempts.forget(OF_EMAIL, email)
        self._audit.note(found.viewer(), What.SIGNED_IN)
        self._keep_up_to_date(found, kept, password)
        return found

    def _known(self, email: str) -> tuple[str | None, Person | None]:
        these = (person.c.email == email, person.c.left_at.is_(None))
        with self._database.read() as connection:
            found = read_persons(connection, *these)
            kept = connection.execute(sa.select(person.c.password).where(*these)).scalar()
        return kept, found[0] if found else None

    def _keep_up_to_date(self, found: Person, kept: str | None, password: str) -> None:
        if kept is None or not self._passwords.outdated(kept):
            return
        anew = self._passwords.hashed(password)
        unchanged = (person.c.id == found.id, person.c.password == kept)
        with self._database.write() as connection:
            connection.execute(sa.update(person).where(*unchanged).values(password=anew))


def network_of(address: str) -> str:
    """Whose attempts count together: an IPv4 address, or the network that one customer of IPv6 has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address  # a Unix socket has none
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _IPV6_NETWORK), strict=False))
