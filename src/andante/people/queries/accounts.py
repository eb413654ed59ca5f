"""Persons, their accounts and roles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from andante.kernel.ids import AccountId, PersonId
from andante.kernel.principals import system_principal
from andante.people import rules
from andante.people.models import Account, Grant, Person, Placement, Session


@dataclass(frozen=True)
class PersonView:
    """Somebody, as pages show them."""

    id: PersonId
    name: str
    time_zone: str
    language: str


@dataclass(frozen=True)
class Seen:
    """Somebody whose pages are looked at: their roles, and whether anybody ever reported to them."""

    person: PersonView
    roles: frozenset[str]
    leads: bool


@dataclass(frozen=True)
class AccountView:
    """A way to sign in."""

    id: AccountId
    person: PersonId | None
    login: str
    email: str | None
    active: bool
    has_password: bool
    last_signed_in_at: datetime | None


@dataclass(frozen=True)
class SignIn:
    """A live sign-in of one browser."""

    device: str
    started_at: datetime
    seen_at: datetime
    this_one: bool


@dataclass(frozen=True)
class TwoStep:
    """Whether an account asks for a code as well, and how many recovery codes are left."""

    on: bool
    recovery_codes_left: int


@dataclass(frozen=True)
class DemoAccount:
    """Somebody of the demonstration whom a visitor can be with one click."""

    account: AccountId
    person: PersonId
    name: str
    roles: tuple[str, ...]
    leads: bool
    """Whether anybody reports to them."""


def person(id: PersonId) -> PersonView | None:
    """Return the person, or none."""
    row = Person.objects.filter(id=id).first()
    return None if row is None else person_view(row)


def is_erased(person: PersonId) -> bool:
    """Return whether who this person was is erased."""
    return Person.objects.filter(id=person, name="").exists()


def person_view(row: Person) -> PersonView:
    """Return what pages show of a person's row."""
    return PersonView(PersonId(row.id), shown_name(row.name), row.time_zone, row.language)


def shown_name(name: str) -> str:
    """Return a person's name as pages show it: where it was erased, a word that names nobody."""
    return _("Erased person") if rules.is_erased(name) else name


def people(*, beginning: str = "") -> list[PersonView]:
    """
    Return all people by name, but for those who were erased; with `beginning`, those whose name begins so, whatever the
    case.
    """
    rows = Person.objects.filter(name__istartswith=beginning).exclude(name="")
    return [person_view(row) for row in rows.order_by("name", "id")]


def people_named(ids: Collection[PersonId]) -> dict[PersonId, PersonView]:
    """Return these people by their ids; who is unknown is left out."""
    return {PersonId(row.id): person_view(row) for row in Person.objects.filter(id__in=list(ids))}


def person_of_number(number: str) -> PersonView | None:
    """Return the person whom the organisation knows by this number, or none."""
    row = Person.objects.filter(number=number).first()
    return None if row is None else person_view(row)


def account(id: AccountId) -> AccountView | None:
    """Return the account, or none."""
    return _account(Account.objects.filter(id=id).first())


def account_of_login(login: str) -> AccountView | None:
    """Return the account with this login, whatever the case, or none."""
    try:
        return _account(Account.objects.filter(login=rules.login_name(login)).first())
    except rules.LoginInvalid:
        return None


def accounts_of(person: PersonId) -> list[AccountView]:
    """Return the person's accounts, those in use first."""
    rows = Account.objects.filter(person=person).order_by("-is_active", "login")
    return [view for row in rows if (view := _account(row))]


def roles(person: PersonId) -> frozenset[str]:
    """Return the roles that the person holds."""
    return frozenset(Grant.objects.filter(person=person).values_list("role", flat=True))


def administrators() -> list[PersonView]:
    """Return those who hold the role and can sign in."""
    rows = Person.objects.filter(
        Exists(Grant.objects.filter(person=OuterRef("pk"), role=rules.Role.ADMINISTRATOR)),
        Exists(Account.objects.filter(person=OuterRef("pk"), is_active=True)),
    ).order_by("id")
    return [person_view(row) for row in rows]


def address(person: PersonId) -> str | None:
    """Return where mail reaches somebody: their own address, else that of a login in use; or none."""
    own = Person.objects.filter(id=person, email__isnull=False).values_list("email", flat=True)
    logins = Account.objects.filter(person=person, is_active=True, email__isnull=False).order_by("login")
    return own.first() or logins.values_list("email", flat=True).first()


def seen(person: PersonId) -> Seen | None:
    """Return a person with what pages ask of whoever looks at them, or none."""
    row = Person.objects.filter(id=person).first()
    if row is None:
        return None
    return Seen(person_view(row), roles(person), leads=Placement.objects.filter(manager=person).exists())


def sign_ins(account: AccountId, *, this_session: str, at: datetime) -> list[SignIn]:
    """Return the account's live sign-ins, the latest used first."""
    rows = Session.objects.filter(account=account, expire_date__gt=at, started_at__isnull=False)
    return [
        SignIn(row.device, row.started_at, row.seen_at or row.started_at, row.session_key == this_session)
        for row in rows.order_by("-seen_at")
        if row.started_at
    ]


def two_step(account: AccountId) -> TwoStep:
    """Return how the account is protected besides its password."""
    found = {row.type: row for row in Authenticator.objects.filter(user_id=account)}
    codes = found.get(Authenticator.Type.RECOVERY_CODES)
    return TwoStep(
        on=Authenticator.Type.TOTP in found,
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
    )


def demo_accounts() -> list[DemoAccount]:
    """
    Return the accounts that a visitor of the demonstration can use with one click: those that the
    demonstration made.

    One with two-step sign-in is left out: one click must not go around it.
    """
    two_step = Authenticator.objects.filter(user_id=OuterRef("id"), type=Authenticator.Type.TOTP)
    rows = Account.objects.filter(
        ~Exists(two_step), created_by=system_principal("demo"), is_active=True, person__isnull=False
    )
    team = Exists(Placement.objects.filter(manager=OuterRef("person")))
    rows = rows.annotate(has_team=team).select_related("person").prefetch_related("person__grants")
    return [
        DemoAccount(
            account=AccountId(row.id),
            person=PersonId(row.person.id),
            name=row.person.name,
            roles=tuple(sorted(grant.role for grant in row.person.grants.all())),
            leads=row.has_team,
        )
        for row in rows.order_by("person__name")
        if row.person
    ]


def _account(row: Account | None) -> AccountView | None:
    if row is None:
        return None
    return AccountView(
        id=AccountId(row.id),
        person=None if row.person_id is None else PersonId(row.person_id),
        login=row.login,
        email=row.email,
        active=row.is_active,
        has_password=row.has_usable_password(),
        last_signed_in_at=row.last_signed_in_at,
    )
