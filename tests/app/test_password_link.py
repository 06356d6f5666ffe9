"""A link to a new password, for whoever may start the app: nobody comes in by it whom an owner keeps out."""

from dataclasses import replace

import pytest

from buyerline.amazon.errors import ConfigurationError
from buyerline.app.audit import What
from buyerline.app.errors import NotHere
from buyerline.app.one_time_links import Purpose
from buyerline.app.server import password_link
from buyerline.app.viewer import Role
from tests.app.folk import OTHER_PASSWORD, Folk
from tests.app.lasting_office import somebody, stranger
from tests.app.office import Office


def link_of(office: Office, email: str) -> str:
    """The link that whoever may start the app gets for somebody."""
    return password_link(replace(office.services.settings, port=8700), email)


def test_a_link_stands_in_the_audit_and_ends_earlier_ones(office: Office) -> None:
    email, _ = somebody(office)
    first, second = (link_of(office, email).rpartition("/")[2] for _ in range(2))
    made = [each for each in office.services.audit.list(office.owner).entries if each.what is What.PASSWORD_LINK_MADE]
    assert [each.about for each in made] == [email, email]
    assert stranger(office).get(f"/password/{first}").status_code == 404
    assert stranger(office).get(f"/password/{second}").status_code == 200


def test_a_link_is_an_invitation_for_somebody_who_has_not_accepted_one(office: Office) -> None:
    office.services.people.invite(office.owner, "guest@shop.example", "Guest", Role.AGENT)
    path = link_of(office, "guest@shop.example").partition("/invitation/")[2]
    assert stranger(office).get(f"/invitation/{path}").status_code == 200


def test_there_is_none_for_somebody_who_was_shut_out(office: Office) -> None:
    email, person_id = somebody(office)
    office.services.people.shut_out(office.owner, person_id)
    with pytest.raises(ConfigurationError, match="nobody here has the email"):
        link_of(office, email)


def test_no_link_whatsoever_lets_somebody_in_who_was_shut_out(plain_folk: Folk) -> None:
    ann = plain_folk.join("Ann")
    plain_folk.people.shut_out(plain_folk.owner, ann.id)
    secret = plain_folk.links.make(Purpose.PASSWORD, ann.id)
    with pytest.raises(NotHere):
        plain_folk.people.set_password(secret, OTHER_PASSWORD)
    with pytest.raises(NotHere):
        plain_folk.people.of_link(secret, Purpose.PASSWORD)
