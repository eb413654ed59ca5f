"""
Facts: what the ledger keeps. An xAPI statement about learning, or an audit event about everything else.

Our own statements carry no names, no addresses and no answer keys; personal values stand in audit events
only, where they can be erased with the body.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from functools import cached_property
from typing import Any
from uuid import UUID

from andante.kernel.ids import PersonId, RegistrationId
from andante.kernel.principals import Principal
from andante.ledger.log import Log, current_log
from andante.ledger.vocabulary import EXT_BY, Activity, Verb

XAPI_VERSION = "2.0.0"
AUDIT_FORMAT = "andante-audit/1"
LONGEST_EVENT = 1024 * 1024
"""Bytes of an audit event that a checker must understand."""


class Kind(IntEnum):
    """What a record is; the number stands in the sealed leaf."""

    STATEMENT = 1
    AUDIT = 2
    SIGNATURE = 3


def spells_action(body: str, action: str) -> bool:
    """
    Whether an audit event's text holds this action as the format demands: without escapes, in not more than 1 MiB.

    Whoever checks the log finds the events that it must understand by these bytes; one that is spelled otherwise does
    not count as such an event (docs/reference/ledger-format.md, "Record").
    """
    pattern = rf'"action":\s*"{re.escape(action)}"'
    return re.search(pattern, body, re.ASCII) is not None and len(body.encode()) <= LONGEST_EVENT


@dataclass(frozen=True)
class Fact:
    """
    One fact, as it is appended and as it is read back.

    `body` is the parsed JSON of the stored bytes; everything below is derived from it.
    """

    id: UUID
    kind: Kind
    timestamp: datetime
    body: Mapping[str, Any]

    @property
    def verb(self) -> str:
        """The verb's IRI of a statement, the action of an audit event."""
        return str(self.body["verb"]["id"] if self.kind is Kind.STATEMENT else self.body["action"])

    @property
    def object(self) -> str:
        """The activity's IRI of a statement, the subject of an audit event."""
        if self.kind is not Kind.STATEMENT:
            return str(self.body["subject"])
        target = self.body["object"]
        return str(target.get("id", ""))

    @cached_property
    def path(self) -> str:
        """The activity's path below the log's IRI (`course/…/card/…`); empty for what is not ours."""
        prefix = f"{current_log().iri}/"
        return self.object.removeprefix(prefix) if self.object.startswith(prefix) else ""

    @property
    def actor(self) -> PersonId | None:
        """The person that a statement of ours is about."""
        if self.kind is not Kind.STATEMENT:
            return None
        account = self.body["actor"].get("account", {})
        if account.get("homePage") != current_log().iri:
            return None
        try:
            return PersonId(UUID(account.get("name", "")))
        except ValueError:
            return None

    @property
    def actor_key(self) -> str:
        """Who acts, as the ledger indexes it: the account's name, or the principal of an audit event."""
        if self.kind is not Kind.STATEMENT:
            return str(self.body["by"])
        actor = self.body["actor"]
        account = actor.get("account")
        return f"{account['homePage']}|{account['name']}" if account else str(actor.get("mbox", ""))

    @property
    def registration(self) -> RegistrationId | None:
        text = self.body.get("context", {}).get("registration")
        return RegistrationId(UUID(text)) if text else None

    @property
    def result(self) -> Mapping[str, Any]:
        """The result of a statement; empty where there is none."""
        return self.body.get("result", {})  # type: ignore[no-any-return]

    @property
    def extensions(self) -> Mapping[str, Any]:
        """The context extensions of a statement; empty where there are none."""
        return self.body.get("context", {}).get("extensions", {})  # type: ignore[no-any-return]


def statement(
    *,
    id: UUID,
    actor: PersonId,
    verb: Verb,
    object: Activity,
    at: datetime,
    by: Principal,
    registration: RegistrationId | None = None,
    result: Mapping[str, Any] | None = None,
    parent: Activity | None = None,
    grouping: Activity | None = None,
    extensions: Mapping[str, Any] | None = None,
) -> Fact:
    """
    An xAPI statement of ours: what a person did in a course.

    :param at: when it happened; becomes `timestamp`
    :param by: who acted for the person, most often the person's own account
    """
    log = current_log()
    context: dict[str, Any] = {}
    if registration:
        context["registration"] = str(registration)
    activities = {
        name: [_activity(log, activity)] for name, activity in (("parent", parent), ("grouping", grouping)) if activity
    }
    if activities:
        context["contextActivities"] = activities
    context["platform"] = "Andante"
    context["extensions"] = {**(extensions or {}), EXT_BY: by}
    body: dict[str, Any] = {
        "id": str(id),
        "timestamp": instant(at),
        "version": XAPI_VERSION,
        "actor": _agent(log, str(actor)),
        "verb": {"id": verb.iri, "display": {"en": verb.display}},
        "object": _activity(log, object),
        "context": context,
        "authority": _agent(log, "andante"),
    }
    if result:
        body["result"] = dict(result)
    return Fact(id, Kind.STATEMENT, at, body)


def audit(
    *,
    id: UUID,
    by: Principal,
    action: str,
    subject: str,
    at: datetime,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    why: str = "",
) -> Fact:
    """
    An audit event: who changed what, from what, to what, and why.

    :param action: what happened, kebab-case past tense: `role-granted`
    :param subject: what it happened to: `person:<uuid>`, `course:<id>`
    """
    body = {
        "format": AUDIT_FORMAT,
        "id": str(id),
        "timestamp": instant(at),
        "by": by,
        "action": action,
        "subject": subject,
        "old": dict(old or {}),
        "new": dict(new or {}),
        "why": why,
    }
    return Fact(id, Kind.AUDIT, at, body)


def instant(at: datetime) -> str:
    """A moment as RFC 3339 text in UTC with microseconds: 2026-11-22T16:45:00.000000Z."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _agent(log: Log, name: str) -> dict[str, Any]:
    return {"objectType": "Agent", "account": {"homePage": log.iri, "name": name}}


def _activity(log: Log, activity: Activity) -> dict[str, Any]:
    definition = {"type": activity.type}
    if activity.interaction:
        definition["interactionType"] = activity.interaction
    return {"objectType": "Activity", "id": f"{log.iri}/{activity.path}", "definition": definition}
