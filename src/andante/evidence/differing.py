"""From what to what: the values that an audit event changed, in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from andante.evidence import wording
from andante.evidence.wording import Names, Values
from andante.ledger.statements import Fact

FIELDS: dict[str, Any] = {
    **wording.FIELDS,
    "status": gettext_lazy("state"),
    "unit": gettext_lazy("place"),
    "job": gettext_lazy("job"),
    "manager": gettext_lazy("reports to"),
    "shift": gettext_lazy("shift"),
    "role": gettext_lazy("role"),
    "title": gettext_lazy("title"),
    "audience": gettext_lazy("for whom"),
    "course": gettext_lazy("course"),
    "accept": gettext_lazy("which versions count"),
    "due": gettext_lazy("by when"),
    "renew": gettext_lazy("to be renewed"),
    "effective": gettext_lazy("in effect from"),
    "effective_on": gettext_lazy("from"),
    "why": gettext_lazy("reason"),
    "version": gettext_lazy("version"),
    "key": gettext_lazy("key"),
}
"""How values are called; others go by their own name."""

_WORDS = {
    ("status", "active"): gettext_lazy("at work"),
    ("status", "leave"): gettext_lazy("on leave"),
    ("status", "left"): gettext_lazy("has left"),
    ("accept", "any"): gettext_lazy("any"),
}


@dataclass(frozen=True)
class Difference:
    """One value that is another one now. Empty: there was none, or is none."""

    what: str
    old: str
    new: str


def differences(fact: Fact, names: Names) -> list[Difference]:
    """
    Return what an event changed, value by value; nothing for what only began or ended: its sentence says that.
    """
    old, new = fact.body["old"], fact.body["new"]
    found = []
    for name, before, after in _pairs({key: value for key, value in old.items() if key in new}, new):
        said = Difference(str(FIELDS.get(name, name)), _value(name, before, names), _value(name, after, names))
        if said.old != said.new:
            found.append(said)
    return found


def in_words(changes: Sequence[Mapping[str, tuple[Any, Any]]]) -> list[list[Difference]]:
    """
    Return changes that are not on record yet, by the names of their values in facts, as `differences` would.

    Units, jobs and managers may be named already.
    """
    names = Names(())
    return [
        [
            Difference(str(FIELDS.get(name, name)), _value(name, old, names), _value(name, new, names))
            for name, (old, new) in each.items()
        ]
        for each in changes
    ]


def text(value: Any) -> str:
    """Return a value of an event as somebody reads it."""
    match value:
        case None | "":
            return ""
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(text(each) for each in value)
        case dict():
            return "; ".join(f"{name}: {text(each)}" for name, each in value.items() if each not in (None, "", [], {}))
    return str(value)


def _pairs(old: Values, new: Values) -> Iterator[tuple[str, Any, Any]]:
    """Name, old and new of every value; of a requirement, of every part of its form."""
    for name, before in old.items():
        after = new.get(name)
        if name == "form" and isinstance(before, Mapping) and isinstance(after, Mapping):
            for part in {**before, **after}:
                yield part, before.get(part), after.get(part)
        else:
            yield name, before, after


def _value(name: str, value: Any, names: Names) -> str:
    if value in (None, ""):
        return ""
    if said := _WORDS.get((name, value if isinstance(value, str) else "")):
        return str(said)
    named: dict[str, Callable[[Any], str]] = {
        "unit": names.unit,
        "job": names.job,
        "manager": names.person,
        "course": names.course,
        "version": names.version,
        "hired_on": wording.day,
        "effective_on": wording.day,
        "first_unsupervised_at": wording.moment,
        "accept": _accepted,
        "due": _due,
        "renew": _renewal,
        "effective": _effective,
    }
    try:
        return named[name](value) if name in named else text(value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return text(value)  # written by another version: as it stands there


def _accepted(value: Any) -> str:
    return _("version %(number)s and later") % {"number": value["from_version"]}


def _due(value: Any) -> str:
    said = _("within %(period)s") % {"period": value["within"]}
    return _("%(period)s, and before the first shift alone") % {"period": said} if value["before"] else said


def _renewal(value: Any) -> str:
    return _("every %(period)s, from %(opens)s before") % {"period": value["every"], "opens": value["opens"]}


def _effective(value: Any) -> str:
    moment = datetime.fromisoformat(value)
    return _("%(day)s, %(time)s, on the clocks of each site") % {
        "day": wording.day(value),
        "time": f"{moment:%H:%M}",
    }
