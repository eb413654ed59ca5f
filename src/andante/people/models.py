"""
Rows about people.

A `Person` is who acts and learns; statements name a person by this id and nothing else. An `Account` is a way
to sign in. They are apart because floor staff may have no account, and because an account may end while the
person's record of learning stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower

from andante.people import rules


class Person(models.Model):
    """Somebody who learns, teaches, administers or audits."""

    id = models.UUIDField(primary_key=True, editable=False)
    name = models.CharField(max_length=200)
    """Empty for one whose identity was erased; `queries.shown_name` has a word for them."""
    time_zone = models.CharField(max_length=64, default="UTC")
    """
    Name in the IANA time zone database, such as "Europe/Dublin"; times are shown to the person in this zone.
    """
    language = models.CharField(max_length=16, default="en")
    """BCP 47 tag."""
    number = models.CharField(max_length=64, unique=True, null=True, blank=True)
    """The organisation's own number of the person, by which imports know them."""
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001 - as above
    """Where reminders go. Floor staff may have none; it is no way to sign in."""
    hired_on = models.DateField(null=True, blank=True)
    first_unsupervised_at = models.DateTimeField(null=True, blank=True)
    """When the first shift begins that the person works alone."""

    def __str__(self) -> str:
        """Return the name, as shown on pages."""
        return self.name


class OrgUnit(models.Model):
    """A part of the organisation: a site, a department of it, a line or ward. A tree; the path is its address."""

    id = models.UUIDField(primary_key=True, editable=False)
    path = models.CharField(max_length=200, unique=True)
    """Names in small letters from the top, such as "dublin/filling/line-4"."""
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=16)
    parent = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="children", null=True)
    site = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="+", null=True)
    """The site that it is a part of: itself for a site; none above sites."""
    time_zone = models.CharField(max_length=64)
    """Its own or the nearest above it."""

    def __str__(self) -> str:
        """Return the path."""
        return self.path


class Job(models.Model):
    """What somebody does: nurse, operator, line lead."""

    id = models.CharField(primary_key=True, max_length=64)
    name = models.CharField(max_length=100)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Placement(models.Model):
    """
    From a day on, a person works in a unit, in a job, under a manager. The id is that of the fact.

    Rows are only added. On a day counts the one with the latest `effective_on` that is not after it, and of
    several for one day the one recorded last; so the past can be asked, and corrected without being lost.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="placements")
    status = models.CharField(max_length=16)
    unit = models.ForeignKey("people.OrgUnit", on_delete=models.PROTECT, related_name="placements")
    job = models.ForeignKey("people.Job", on_delete=models.PROTECT, related_name="placements")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="manages", null=True)
    shift = models.CharField(max_length=16, default="", blank=True)
    effective_on = models.DateField()
    """A day at the unit's site; it begins there at midnight."""
    ends_on = models.DateField(null=True)
    """First day on which another placement counts, so far as is known now; none while there is no other."""
    duty_since = models.DateField()
    """First day from which the person is in this job and unit without a break, as known now; leave is none."""
    recorded_at = models.DateTimeField()

    class Meta:
        """How placements are looked for: those of a person, by day."""

        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["person", "-effective_on", "-recorded_at"], name="placements_of_a_person"),
        ]

    def __str__(self) -> str:
        """Return who works where."""
        return f"{self.person_id} in {self.unit_id}"


class AccountManager(BaseUserManager["Account"]):
    """How Django and allauth find accounts. Accounts are created by `operations.create_account` only."""

    def get_by_natural_key(self, username: str | None) -> Account:
        """Find the account with this login, whatever its case."""
        return self.get(login=(username or "").lower())

    def meant_by(self, typed: str) -> models.QuerySet[Account]:
        """
        Find the account that somebody means by what they typed: its login, else the e-mail address of one in use.

        One query whatever is found, and at most one row.
        """
        text = rules.typed_name(typed)
        if "\x00" in text:
            return self.none()
        by_login = models.Case(models.When(login=text, then=0), default=1)
        return self.filter(models.Q(login=text) | models.Q(email=text, is_active=True)).order_by(by_login)[:1]


class Account(AbstractBaseUser):
    """
    A way to sign in; AUTH_USER_MODEL.

    A login is unique for ever: rows are never deleted, so the login of a deactivated account is not given to
    somebody else (21 CFR 11.100(a)). It is stored in lower case, and a constraint keeps it so; together with
    the unique index this makes it unique whatever the case, without the citext extension.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="accounts", null=True, blank=True
    )
    login = models.CharField(max_length=150, unique=True)
    email = models.EmailField(null=True, blank=True)  # noqa: DJ001 - none is null: "" would not be unique
    is_active = models.BooleanField(default=True)
    created_by = models.CharField(max_length=100)
    """The principal who made it; "system:demo" marks those that a visitor of the demonstration can use."""
    last_signed_in_at = models.DateTimeField(null=True, blank=True)
    failures_since = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    """Failed sign-ins on record since then; `rules.records_failure` says why they are counted."""

    roles: Sequence[str] = ()
    leads = False
    """Of the person, and whether anybody ever reported to them; filled in where the account is that of a session, see
    backends."""

    # Django's own field is written at sign-in without a fact; ours is explained by the "signed-in" event.
    last_login = None

    USERNAME_FIELD = "login"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        """Constraints, each with the rule it keeps."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(login=Lower("login")), name="account_login_is_lower_case"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="account_email_is_lower_case"),
            # Sign-in and password reset by mail must find one account. A deactivated one does not hold the
            # address, so that a person who returns can use it again.
            models.UniqueConstraint(
                fields=["email"], condition=models.Q(is_active=True), name="active_account_email_is_unique"
            ),
        ]

    def __str__(self) -> str:
        """Return the login."""
        return self.login


class Grant(models.Model):
    """A person holds a role. Being a learner needs none."""

    id = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    granted_at = models.DateTimeField()

    class Meta:
        """One row for each role that a person holds."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "role"], name="person_holds_a_role_once"),
        ]

    def __str__(self) -> str:
        """Return whose role it is."""
        return f"{self.role} of {self.person_id}"


class Session(AbstractBaseSession):
    """
    A live sign-in of one browser; the row that Django's sessions are kept in.

    It names its account, so that deactivating the account ends its sign-ins at once, and so that people can
    see and end their own. No fact explains it: it is gone when it ends.
    """

    account = models.ForeignKey("people.Account", on_delete=models.CASCADE, related_name="sessions", null=True)
    started_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    device = models.CharField(max_length=80, default="", blank=True)
    """What the browser said it is, shortened: "Firefox on Android"."""

    class Meta(AbstractBaseSession.Meta):
        """Django's sessions in a table of ours."""

        verbose_name = "session"
        verbose_name_plural = "sessions"


class SharedValue(models.Model):
    """A value that all web processes share for a while, such as how often a login was tried. No fact explains it."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.JSONField()
    expires_at = models.DateTimeField(null=True, db_index=True)

    def __str__(self) -> str:
        """Return the key."""
        return self.key
