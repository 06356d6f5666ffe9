"""Who asks and, for owners, who the others are and what they did."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get
from litestar.params import QueryParameter
from msgspec import Meta

from buyerline.amazon.connect import AMAZON
from buyerline.app.audit import AuditFilters, What
from buyerline.app.audit import Entry as AuditEntry
from buyerline.app.persons import Person as KnownPerson
from buyerline.app.services import Services
from buyerline.app.viewer import Role, Viewer
from buyerline.app.web.api.documented import operation
from buyerline.app.web.forms import LARGEST


class Me(msgspec.Struct, frozen=True):
    """The person whose key it is, with the rights of this moment."""

    email: Annotated[str, Meta(examples=["olga@shop.example"])]
    name: Annotated[str, Meta(examples=["Olga Owner"])]
    role: Role
    accounts: Annotated[list[str], Meta(description="Names of the accounts they may see.", examples=[["shop"]])]
    language: Annotated[str | None, Meta(description="Of the pages; null: the browser's.", examples=["de"])]
    zone: Annotated[str | None, Meta(description="IANA name; null: UTC.", examples=["Europe/Berlin"])]
    undo_seconds: Annotated[int, Meta(description="How long what they send from a page waits before it leaves.")]
    approval: Annotated[bool, Meta(description="Whether messages wait for a second person now.")]
    stand_in: Annotated[bool, Meta(description="Whether something else answers for Amazon, such as a sandbox.")]


class Person(msgspec.Struct, frozen=True):
    """Somebody who may sign in, was invited to, or was shut out."""

    id: Annotated[int, Meta(examples=[1])]
    email: Annotated[str, Meta(examples=["anton@shop.example"])]
    name: Annotated[str, Meta(examples=["Anton Agent"])]
    role: Role
    accounts: Annotated[list[str] | None, Meta(description="Names of those they may see; null: all.")]
    created_at: datetime
    invited: Annotated[bool, Meta(description="They have not accepted the invitation yet.")]
    left_at: Annotated[datetime | None, Meta(description="When they were shut out.")]


class PeopleAnswer(msgspec.Struct, frozen=True):
    """Everybody, by name."""

    people: list[Person]


class Entry(msgspec.Struct, frozen=True):
    """One line of the audit."""

    id: Annotated[int, Meta(description="Later lines have higher ones.", examples=[4711])]
    at: datetime
    who: Annotated[str, Meta(description="The email then; `buyerline` for nobody.", examples=["olga@shop.example"])]
    what: What
    said: Annotated[str, Meta(description="What was done, in words.", examples=["Queued a message"])]
    account: Annotated[str | None, Meta(description="Name of the account that it was done to.", examples=["shop"])]
    account_title: Annotated[str | None, Meta(description="What people call it now.", examples=["The Shop"])]
    about: Annotated[str | None, Meta(description="An order, a message, a person.", examples=["902-6786204-8179805"])]
    note: str | None


class AuditAnswer(msgspec.Struct, frozen=True):
    """Some lines, newest first."""

    entries: list[Entry]
    next: Annotated[int | None, Meta(description="`before` of the next page; null at the end.")]


@get("/me", **operation("getMe", "Who am I?", tag="People", answer="You."))
def me(services: Services, viewer: Viewer) -> Me:
    """The person whose key it is, what they may do, and how this installation is set up."""
    return Me(
        email=viewer.email,
        name=viewer.name,
        role=viewer.role,
        accounts=[account.name for account in services.accounts.list(viewer)],
        language=viewer.language,
        zone=viewer.zone,
        undo_seconds=viewer.undo_seconds,
        approval=services.store.needs_approval(),
        stand_in=services.outbox.endpoint != AMAZON,
    )


@get("/people", **operation("listPeople", "Who is there?", tag="People", answer="Everybody.", fails=(403,)))
def people(services: Services, viewer: Viewer) -> PeopleAnswer:
    """Everybody, by name, those who were shut out too. For owners."""
    viewer.require_owner()
    names = {account.id: account.name for account in services.accounts.list(viewer)}
    return PeopleAnswer([_person(person, names) for person in services.people.list()])


@get("/audit", **operation("listAudit", "What did people do?", tag="People", answer="Some lines.", fails=(403, 404)))
def audit(
    services: Services,
    viewer: Viewer,
    person: Annotated[
        int | None, QueryParameter(ge=1, le=LARGEST, description="Only of the person of this id.")
    ] = None,
    account: Annotated[str | None, QueryParameter(description="Only to the account of this name.")] = None,
    what: Annotated[What | None, QueryParameter(description="Only this.")] = None,
    before: Annotated[int | None, QueryParameter(ge=1, le=LARGEST, description="`next` of the page before.")] = None,
    limit: Annotated[int, QueryParameter(ge=1, le=200, description="Lines at most.")] = 50,
) -> AuditAnswer:
    """Every act of a person, newest first. For owners."""
    viewer.require_owner()
    of = services.accounts.of(viewer, account).id if account is not None else None
    found = services.audit.list(viewer, before=before, limit=limit, filters=AuditFilters(person, of, what))
    return AuditAnswer([_entry(entry) for entry in found.entries], found.before)


def _person(person: KnownPerson, names: dict[int, str]) -> Person:
    accounts = person.accounts
    return Person(
        id=person.id,
        email=person.email,
        name=person.name,
        role=person.role,
        accounts=None if accounts is None else sorted(names[number] for number in accounts if number in names),
        created_at=person.created_at,
        invited=person.invited,
        left_at=person.left_at,
    )


def _entry(entry: AuditEntry) -> Entry:
    return Entry(
        id=entry.id,
        at=entry.at,
        who=entry.who,
        what=entry.what,
        said=str(entry.said),
        account=entry.account,
        account_title=entry.account_title,
        about=entry.about,
        note=entry.note,
    )


ROUTES = [me, people, audit]
