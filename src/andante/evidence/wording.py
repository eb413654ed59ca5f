"""
Records in plain words: one short sentence for everything that the ledger may say.

Who did it and when stands beside the sentence, so it begins with what was done. An action that is not known here is
shown under its own name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from andante.content import queries as content
from andante.content.document import Card, Course, Item, Module
from andante.kernel.ids import AccountId, PersonId
from andante.kernel.zones import clocks
from andante.ledger.statements import Fact, Kind
from andante.ledger.vocabulary import EXT_VERSION
from andante.obligations.queries import requirements as _requirements
from andante.people import queries as people

Values = Mapping[str, Any]

ACTIONS: dict[str, Any] = {
    "person-created": gettext_lazy("Person added"),
    "person-changed": gettext_lazy("Person changed"),
    "person-erased": gettext_lazy("Person erased"),
    "placed": gettext_lazy("Place of work"),
    "unit-created": gettext_lazy("Unit added"),
    "job-created": gettext_lazy("Job added"),
    "account-created": gettext_lazy("Login added"),
    "account-deactivated": gettext_lazy("Login closed"),
    "account-unlocked": gettext_lazy("Login unlocked"),
    "password-set": gettext_lazy("Password set"),
    "role-granted": gettext_lazy("Role given"),
    "role-revoked": gettext_lazy("Role taken"),
    "signed-in": gettext_lazy("Signed in"),
    "signed-out": gettext_lazy("Signed out"),
    "sign-in-failed": gettext_lazy("Sign-in failed"),
    "other-sign-ins-ended": gettext_lazy("Other sign-ins ended"),
    "two-step-turned-on": gettext_lazy("Two-step sign-in on"),
    "two-step-turned-off": gettext_lazy("Two-step sign-in off"),
    "two-step-reset": gettext_lazy("Two-step sign-in reset"),
    "recovery-codes-made": gettext_lazy("Recovery codes made"),
    "recovery-codes-removed": gettext_lazy("Recovery codes removed"),
    "recovery-code-used": gettext_lazy("Recovery code used"),
    "view-as-started": gettext_lazy("View as began"),
    "view-as-ended": gettext_lazy("View as ended"),
    "requirement-applied": gettext_lazy("Requirement applied"),
    "requirement-resolved": gettext_lazy("Version joined a requirement"),
    "requirement-withdrawn": gettext_lazy("Requirement withdrawn"),
    "duty-assigned": gettext_lazy("Duty assigned"),
    "duty-withdrawn": gettext_lazy("Duty withdrawn"),
    "duty-redated": gettext_lazy("Duty redated"),
    "crew-planned": gettext_lazy("Crew planned"),
    "certificate-issued": gettext_lazy("Certificate issued"),
    "nudge-asked": gettext_lazy("Reminder asked for"),
    "nudge-sent": gettext_lazy("Reminder sent"),
    "nudge-not-sent": gettext_lazy("Reminder not sent"),
    "course-version-published": gettext_lazy("Course published"),
    "question-asked": gettext_lazy("Question asked"),
    "evidence-exported": gettext_lazy("Evidence exported"),
    "receipt-exported": gettext_lazy("Receipt exported"),
    "extract-exported": gettext_lazy("Records of a person exported"),
    "bundle-exported": gettext_lazy("Whole log exported"),
    "log-opened": gettext_lazy("Log opened"),
    "key-rotated": gettext_lazy("Key changed"),
    "record-erased": gettext_lazy("Record erased"),
    "month-archived": gettext_lazy("Month archived"),
    "database-verified": gettext_lazy("Database verified"),
    "witness-refused": gettext_lazy("Witness refused"),
    "witness-agreed-again": gettext_lazy("Witness agrees again"),
}
"""Actions of audit events, and how lists call them."""

_TITLES = """
    SELECT DISTINCT ON (course_id) course_id, title FROM content_courseversion ORDER BY course_id, number DESC
"""
_NUMBERS = "SELECT hash, number FROM content_courseversion"


class Names:
    """
    Names of everybody and everything that some facts speak of. Each sort is read at once, when the first is asked for.
    """

    def __init__(self, facts: Iterable[Fact]) -> None:
        """Note which ids there are."""
        self._people: set[PersonId] = set()
        self._accounts: set[AccountId] = set()
        for fact in facts:
            self._note(fact)
        self._known: dict[str, Any] = {}

    def note(self, principals: Iterable[str]) -> None:
        """Note principals whose names are asked for, too."""
        for each in principals:
            self._note_principal(each)

    def _note(self, fact: Fact) -> None:
        if fact.kind is not Kind.AUDIT:
            self._note_principal(str(fact.extensions.get("urn:x-andante:by", "")))
            self._note_principal(f"person:{fact.actor}")
            return
        new, old = fact.body["new"], fact.body["old"]
        question = new.get("question")
        within = question if isinstance(question, Mapping) else {}
        self._note_principal(fact.body["by"])
        self._note_principal(fact.body["subject"])
        for text in (new.get("person"), new.get("manager"), old.get("manager"), within.get("person")):
            self._note_principal(f"person:{text}")
        for text in new.get("members") or ():
            self._note_principal(f"person:{text}")

    def _note_principal(self, text: str) -> None:
        sort, _colon, id = text.partition(":")
        if sort in {"person", "account"} and (found := _uuid(id)):
            if sort == "person":
                self._people.add(PersonId(found))
            else:
                self._accounts.add(AccountId(found))

    def person(self, id: Any) -> str:
        """Return somebody's name; the id itself for nobody known."""
        known = self._once("people", lambda: people.people_named(self._people))
        found = known.get(_uuid(id))
        return found.name if found else str(id)

    def account(self, id: Any) -> str:
        """Return the name of the person whose account it is."""
        known = self._once("accounts", lambda: people.people_of_accounts(self._accounts))
        found = known.get(_uuid(id))
        return found.name if found else _("an account without a person")

    def owner(self, id: Any) -> PersonId | None:
        """Return whose account it is."""
        known = self._once("accounts", lambda: people.people_of_accounts(self._accounts))
        found = known.get(_uuid(id))
        return found.id if found else None

    def unit(self, id: Any) -> str:
        """Return a unit's name."""
        known = self._once("units", people.units)
        found = known.get(_uuid(id))
        return found.name if found else str(id)

    def job(self, id: Any) -> str:
        """Return a job's name."""
        return str(self._once("jobs", people.jobs).get(id, id))

    def course(self, id: Any) -> str:
        """Return the title of a course in its newest version."""
        return str(self._once("courses", lambda: _pairs(_TITLES)).get(id, id))

    def version(self, hash: Any) -> str:
        """Return "version 2"."""
        number = self._once("versions", lambda: _pairs(_NUMBERS)).get(hash)
        return _("version %(number)s") % {"number": number} if number else _("an unknown version")

    def part(self, version: Any, part: str, id: str) -> str:
        """Return the title of a card, module or test question as the person read it; the id where it is not known."""
        document = self._once(f"document {version}", lambda: _document(version))
        if document is None:
            return id
        parts: dict[str, Mapping[Any, Card | Item | Module]] = {
            "card": document.cards,
            "module": document.modules_by_id,
            "item": document.items,
        }
        found = parts[part].get(id)
        return found.title if found else id

    def requirement(self, id: Any) -> str:
        """Return a requirement's title."""
        known = self._once("requirements", lambda: {each.id: each.title for each in _requirements(withdrawn=True)})
        return str(known.get(id, id))

    def principal(self, by: str) -> str:
        """Return who acted, as people say it."""
        sort, _colon, id = by.partition(":")
        match sort:
            case "account":
                return self.account(id)
            case "cli":
                return _("%(name)s, at the command line") % {"name": id}
            case "system":
                return _("Andante itself (%(part)s)") % {"part": id}
        return by

    def subject(self, subject: str) -> str:
        """Return what an event is about, as people say it."""
        sort, _colon, id = subject.partition(":")
        named: dict[str, Callable[[Any], str]] = {
            "person": self.person,
            "account": self.account,
            "unit": self.unit,
            "job": self.job,
            "course": self.course,
            "requirement": self.requirement,
            "log": lambda _id: _("the log"),
        }
        return named[sort](id) if sort in named else subject

    def _once(self, sort: str, read: Callable[[], Any]) -> Any:
        if sort not in self._known:
            self._known[sort] = read()
        return self._known[sort]


def sentence(fact: Fact, names: Names) -> str:
    """Say what a record says."""
    try:
        return _statement(fact, names) if fact.kind is Kind.STATEMENT else _event(fact, names)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        # Written by another version, or by somebody else: its own name is better than nothing.
        return fact.verb


def label(fact: Fact) -> str:
    """How lists call it."""
    return str(ACTIONS.get(fact.verb, fact.verb.rpartition("/")[2]))


def archived(fact: Fact, month: str) -> str:
    """Say of a record what is known without its archive."""
    return _("%(what)s: what it says is in the archive of %(month)s") % {"what": label(fact), "month": month}


def moment(text: str | None) -> str:
    """Return a moment of a fact in the reader's zone, and which that is."""
    if not text:
        return _("never")
    at = localtime(datetime.fromisoformat(text))
    return f"{date_format(at, 'j F Y, H:i')} {clocks(at)}"


def day(text: str | None) -> str:
    """Return a day of a fact."""
    return date_format(datetime.fromisoformat(text).date(), "j F Y") if text else ""


def _event(fact: Fact, names: Names) -> str:
    words = _EVENTS.get(fact.verb)
    subject = names.subject(str(fact.body["subject"]))
    if words is None:
        return _("%(action)s: %(subject)s") % {"action": fact.verb, "subject": subject}
    return words(subject, fact.body["new"], fact.body["old"], names)


def _placed(who: str, new: Values, _old: Values, names: Names) -> str:
    values = {
        "who": who,
        "unit": names.unit(new["unit"]),
        "job": names.job(new["job"]),
        "day": day(new["effective_on"]),
    }
    match new["status"]:
        case "left":
            return _("%(who)s leaves on %(day)s (was %(job)s in %(unit)s)") % values
        case "leave":
            return _("%(who)s is on leave from %(day)s (%(job)s in %(unit)s)") % values
    if new.get("manager"):
        values["manager"] = names.person(new["manager"])
        return _("%(who)s works as %(job)s in %(unit)s from %(day)s, reporting to %(manager)s") % values
    return _("%(who)s works as %(job)s in %(unit)s from %(day)s") % values


FIELDS = {
    "name": gettext_lazy("name"),
    "time_zone": gettext_lazy("time zone"),
    "language": gettext_lazy("language"),
    "number": gettext_lazy("number"),
    "email": gettext_lazy("e-mail"),
    "hired_on": gettext_lazy("day of hire"),
    "first_unsupervised_at": gettext_lazy("first shift alone"),
}


def _person_changed(who: str, new: Values, _old: Values, _names: Names) -> str:
    fields = ", ".join(str(FIELDS.get(name, name)) for name in new)
    return _("What is known of %(who)s was changed: %(fields)s") % {"who": who, "fields": fields}


def _requirement_applied(_title: str, new: Values, old: Values, names: Names) -> str:
    values = {"title": new["form"]["title"], "course": names.course(new["form"]["course"]), "number": new["revision"]}
    if old:
        return _("Requirement “%(title)s” changed, revision %(number)s (course “%(course)s”)") % values
    return _("Requirement “%(title)s” applied (course “%(course)s”)") % values


def _duty(text: Any) -> Callable[[str, Values, Values, Names], str]:
    def say(who: str, new: Values, _old: Values, names: Names) -> str:
        due = moment(new.get("due_at")) if new.get("due_at") else _("at no set time")
        return str(text) % {"who": who, "requirement": names.requirement(new["requirement"]), "due": due}

    return say


def _question(title: str, new: Values, _old: Values, names: Names) -> str:
    values = {
        "requirement": title,
        "moment": moment(new["question"]["at"]),
        "qualified": new["counts"]["qualified"],
        "listed": new["counts"]["listed"],
    }
    if new["question"].get("person"):
        values["who"] = names.person(new["question"]["person"])
        return _("Asked whether %(who)s was qualified for “%(requirement)s” on %(moment)s") % values
    text = _("Asked who was qualified for “%(requirement)s” on %(moment)s: %(qualified)s of %(listed)s")
    return text % values


def _evidence(title: str, new: Values, _old: Values, _names: Names) -> str:
    what = {"csv": _("as a table (CSV)"), "bundle": _("as a table with the whole log")}.get(new["what"], new["what"])
    return _("Answer about “%(requirement)s” on %(moment)s handed out %(what)s") % {
        "requirement": title,
        "moment": moment(new["question"]["at"]),
        "what": what,
    }


def _verified(_log: str, new: Values, _old: Values, _names: Names) -> str:
    if not new["findings"] and new.get("months_not_read"):
        text = ngettext(
            "The database was verified as far as it can be without archives: %(records)s record, no rows",
            "The database was verified as far as it can be without archives: %(records)s records, no rows",
            new["records"],
        )
        return text % {"records": new["records"]}
    if not new["findings"]:
        text = ngettext(
            "The database was verified: the one record agrees",
            "The database was verified: all %(records)s records agree",
            new["records"],
        )
        return text % {"records": new["records"]}
    text = ngettext(
        "The database was verified: %(count)s place contradicts what was sealed",
        "The database was verified: %(count)s places contradict what was sealed",
        new["findings"],
    )
    return text % {"count": new["findings"]}


def _crew(unit: str, new: Values, _old: Values, _names: Names) -> str:
    count = len(new["members"])
    text = ngettext(
        "Crew “%(name)s” planned in %(unit)s: %(count)s person",
        "Crew “%(name)s” planned in %(unit)s: %(count)s people",
        count,
    )
    return text % {"name": new.get("name", ""), "unit": unit, "count": count}


def _about(text: Any) -> Callable[[str, Values, Values, Names], str]:
    """A sentence that needs the subject only."""
    return lambda who, _new, _old, _names: str(text) % {"who": who}


_EVENTS: dict[str, Callable[[str, Values, Values, Names], str]] = {
    "person-created": _about(gettext_lazy("%(who)s added")),
    "person-changed": _person_changed,
    "person-erased": _about(gettext_lazy("Name, number, addresses and logins of a person erased")),
    "placed": _placed,
    "unit-created": lambda _who, new, _old, _names: _("Unit “%(name)s” added (%(path)s)") % dict(new),
    "job-created": lambda _who, new, _old, _names: _("Job “%(name)s” added") % dict(new),
    "account-created": lambda who, new, _old, names: (
        _("Login for %(who)s added") % {"who": names.person(new["person"]) if new.get("person") else who}
    ),
    "account-deactivated": _about(gettext_lazy("Login of %(who)s closed for good")),
    "account-unlocked": _about(gettext_lazy("Login of %(who)s unlocked after failed tries")),
    "password-set": _about(gettext_lazy("Password of %(who)s set")),
    "role-granted": lambda who, new, _old, _names: (
        _("%(who)s was given the role “%(role)s”") % {"who": who, "role": new["role"]}
    ),
    "role-revoked": lambda who, _new, old, _names: (
        _("The role “%(role)s” was taken from %(who)s") % {"who": who, "role": old["role"]}
    ),
    "signed-in": _about(gettext_lazy("%(who)s signed in")),
    "signed-out": _about(gettext_lazy("%(who)s signed out")),
    "sign-in-failed": _about(gettext_lazy("Somebody tried to sign in as %(who)s and could not")),
    "other-sign-ins-ended": _about(gettext_lazy("%(who)s ended all other sign-ins")),
    "two-step-turned-on": _about(gettext_lazy("%(who)s turned two-step sign-in on")),
    "two-step-turned-off": _about(gettext_lazy("%(who)s turned two-step sign-in off")),
    "two-step-reset": _about(gettext_lazy("Two-step sign-in of %(who)s reset")),
    "recovery-codes-made": _about(gettext_lazy("%(who)s made new recovery codes")),
    "recovery-codes-removed": _about(gettext_lazy("Recovery codes of %(who)s removed")),
    "recovery-code-used": _about(gettext_lazy("%(who)s used a recovery code")),
    "view-as-started": _about(gettext_lazy("Began to see what %(who)s sees")),
    "view-as-ended": _about(gettext_lazy("Stopped seeing what %(who)s sees")),
    "requirement-applied": _requirement_applied,
    "requirement-resolved": lambda title, new, _old, names: (
        _("For requirement “%(title)s”, %(versions)s of the course counts too")
        % {"title": title, "versions": ", ".join(names.version(each) for each in new["accepted"])}
    ),
    "requirement-withdrawn": lambda _id, _new, old, _names: (
        _("Requirement “%(title)s” withdrawn") % {"title": old["form"]["title"]}
    ),
    "duty-assigned": _duty(gettext_lazy("“%(requirement)s” assigned to %(who)s, due %(due)s")),
    "duty-withdrawn": _duty(gettext_lazy("“%(requirement)s” is no longer asked of %(who)s")),
    "duty-redated": _duty(gettext_lazy("“%(requirement)s” of %(who)s is now due %(due)s")),
    "crew-planned": _crew,
    "certificate-issued": lambda who, new, _old, names: (
        _("Certificate for “%(course)s”, %(version)s, issued to %(who)s")
        % {"who": who, "course": names.course(new["course"]), "version": names.version(new["version"])}
    ),
    "nudge-asked": lambda who, new, _old, _names: (
        _("A reminder of “%(title)s” to %(who)s was asked for") % {"who": who, "title": new["title"]}
    ),
    "nudge-sent": _about(gettext_lazy("A reminder was mailed to %(who)s")),
    "nudge-not-sent": _about(gettext_lazy("A reminder to %(who)s could not be mailed")),
    "course-version-published": lambda _id, new, _old, _names: (
        _("Version %(number)s of “%(title)s” published") % {"number": new["number"], "title": new["title"]}
    ),
    "question-asked": _question,
    "evidence-exported": _evidence,
    "bundle-exported": lambda _log, new, _old, _names: (
        ngettext(
            "The whole log was exported: %(size)s sealed record",
            "The whole log was exported: %(size)s sealed records",
            new["size"],
        )
        % {"size": new["size"]}
    ),
    "receipt-exported": lambda _record, new, _old, _names: (
        _("Record %(number)s was handed out with its proof") % {"number": new["number"]}
    ),
    "extract-exported": lambda who, new, _old, _names: (
        ngettext(
            "%(count)s record about %(who)s was handed out with its proof",
            "%(count)s records about %(who)s were handed out with their proofs",
            new["records"],
        )
        % {"count": new["records"], "who": who}
    ),
    "log-opened": lambda _log, _new, _old, _names: _("This log was opened"),
    "key-rotated": lambda _log, _new, _old, _names: _("The key that signs the records was changed"),
    "record-erased": lambda _record, new, _old, _names: (
        _("The content of a record was erased (%(law)s)") % {"law": new["law"]}
    ),
    "month-archived": lambda subject, new, _old, _names: (
        ngettext(
            "What %(count)s record of %(month)s says was moved into an archive",
            "What %(count)s records of %(month)s say was moved into an archive",
            new["records"],
        )
        % {"count": new["records"], "month": subject.removeprefix("month:")}
    ),
    "database-verified": _verified,
    "witness-refused": lambda _log, new, _old, _names: (
        ngettext(
            "Witness “%(witness)s” refused: the log does not extend the %(seen)s record that it has seen",
            "Witness “%(witness)s” refused: the log does not extend the %(seen)s records that it has seen",
            new["seen"],
        )
        % {"witness": new["witness"], "seen": new["seen"]}
    ),
    "witness-agreed-again": lambda _log, new, _old, _names: (
        ngettext(
            "Witness “%(witness)s” agrees again, with %(size)s record",
            "Witness “%(witness)s” agrees again, with %(size)s records",
            new["size"],
        )
        % {"witness": new["witness"], "size": new["size"]}
    ),
}


def _statement(fact: Fact, names: Names) -> str:
    """What a learner did: verb and part of the course."""
    verb = fact.verb.rpartition("/")[2]
    _course, course, part, id = (*fact.path.split("/"), "", "", "", "")[:4]
    if _course != "course":
        return _("%(verb)s %(object)s") % {"verb": verb, "object": fact.object}
    version = fact.extensions.get(EXT_VERSION)
    values = {
        "course": names.course(course),
        "version": names.version(version) if version else "",
        "part": names.part(version, part, id) if part in _PARTS else "",
        "score": _score(fact.result),
    }
    text = _STATEMENTS.get((verb, part)) or _STATEMENTS.get((verb, "*"))
    if text is None:
        return _("%(verb)s %(path)s") % {"verb": verb, "path": fact.path}
    said = str(text) % values
    if verb == "answered" and "success" in fact.result:
        return (
            _("%(said)s: right") % {"said": said} if fact.result["success"] else _("%(said)s: wrong") % {"said": said}
        )
    return said


def _score(result: Values) -> str:
    scaled = result.get("score", {}).get("scaled")
    return _("%(percent)s %%") % {"percent": int(scaled * 100)} if scaled is not None else ""


_PARTS = {"card", "module", "item"}
"""What of a course has a title of its own."""

_STATEMENTS = {
    ("registered", ""): gettext_lazy("Enrolled in “%(course)s”"),
    ("initialized", ""): gettext_lazy("Began “%(course)s”, %(version)s"),
    ("initialized", "test"): gettext_lazy("Began the test of “%(course)s”"),
    ("experienced", "card"): gettext_lazy("Read the card “%(part)s” of “%(course)s”"),
    ("responded", "card"): gettext_lazy("Wrote a reflection on the card “%(part)s” of “%(course)s” (not on record)"),
    ("answered", "card"): gettext_lazy("Answered the card “%(part)s” of “%(course)s”"),
    ("answered", "item"): gettext_lazy("Answered the test question “%(part)s” of “%(course)s”"),
    ("completed", "module"): gettext_lazy("Completed the module “%(part)s” of “%(course)s”"),
    ("completed", ""): gettext_lazy("Completed “%(course)s”, %(version)s"),
    ("passed", "test"): gettext_lazy("Passed the test of “%(course)s” with %(score)s"),
    ("failed", "test"): gettext_lazy("Did not pass the test of “%(course)s”: %(score)s"),
    ("passed", ""): gettext_lazy("Passed “%(course)s”, %(version)s"),
}
"""By verb and part of the course."""


def _document(version: Any) -> Course | None:
    """Return a course as it was in this version; none where that is not known. Kept in memory by `content`."""
    try:
        return content.version(version).document if version else None
    except (content.VersionUnknown, content.VersionDamaged):
        return None


def _pairs(query: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None
