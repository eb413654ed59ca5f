"""
What stands on a page once for each person or duty, written without templates: a full list has thousands, and must be
there at once.

Every value that somebody typed goes through `escape`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from andante.engagement.queries import Hindrance, Reminder
from andante.kernel.ids import PersonId
from andante.obligations.queries import Duty, Standing
from andante.pages.design.icons import icon
from andante.pages.manage import words
from andante.pages.manage.listing import Choice, Entry

_NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class _Words:
    """What is asked for once for all rows."""

    address: Callable[[PersonId], str]
    when: Callable[[Duty], str]
    cells: Callable[[str, Standing, str, str], str]
    where: Callable[[str, str, str, str], str]
    badge: Callable[[Standing], str]
    none: str


def entries(found: Iterable[Entry]) -> SafeString:
    """One `<tbody>` for each person, one row in it for each duty."""
    said = _words()
    return mark_safe("".join(_body(entry, said) for entry in found))  # noqa: S308 - escaped below


def duties(found: Iterable[Duty]) -> SafeString:
    """One row for each duty of one person."""
    said = _words()
    return mark_safe("".join(_row(duty, said) for duty in found))  # noqa: S308 - escaped below


def reminders(found: Iterable[Reminder], *, at: datetime) -> SafeString:
    """One `<li>` for each person: what is due, why it is theirs, and what is to do."""
    said = _words()
    return mark_safe("".join(_somebody(each, said, at) for each in found))  # noqa: S308 - escaped below


def options(found: Iterable[Choice], *, chosen: str) -> SafeString:
    """One `<option>` for each choice."""
    lines = []
    for each in found:
        selected = " selected" if each.value == chosen else ""
        lines.append(f'<option value="{escape(each.value)}"{selected}>{escape(each.name)}</option>')
    return mark_safe("".join(lines))  # noqa: S308 - escaped above


def _somebody(each: Reminder, said: _Words, at: datetime) -> str:
    person = each.person
    to_do = ""
    if each.hindrance:
        sign = icon("person" if each.hindrance is Hindrance.NO_EMAIL else "clock")
        to_do = f'<p class="to-do">{sign}<span>{escape(words.hindrance(each, at=at))}</span></p>'
    return (
        f'<li class="row"><div class="row-body">'
        f'<h3 class="row-title"><a href="{said.address(person.id)}">{escape(person.name)}</a></h3>'
        f'<p class="meta">{escape(words.where(person))}</p>'
        f"{''.join(_open_duty(duty, said, at) for duty in each.duties)}{to_do}"
        f"</div>{icon('arrow-right')}</li>"
    )


def _open_duty(duty: Duty, said: _Words, at: datetime) -> str:
    when = said.when(duty)
    if duty.standing is Standing.OVERDUE:
        when = f"{when} ({words.days_over(duty, at)})"
    why = ""
    if duty.reason:
        theirs = _("Theirs because: %(reason)s") % {"reason": duty.reason}
        why = f'<p class="meta">{escape(theirs)}</p>'
    return f"<p>{said.badge(duty.standing)} <b>{escape(duty.title)}</b>, {escape(when)}</p>{why}"


def _words() -> _Words:
    return _Words(_person_address(), words.teller(), cache(_cells_of), cache(_where), cache(_badge), _("No duties"))


def _body(entry: Entry, said: _Words) -> str:
    person = entry.person
    number = f' <span class="meta">{escape(person.number)}</span>' if person.number else ""
    span = f' rowspan="{len(entry.duties)}"' if len(entry.duties) > 1 else ""
    who = (
        f'<th scope="rowgroup"{span}><a href="{said.address(person.id)}">{escape(person.name)}</a>{number}</th>'
        f"<td{span}>{said.where(person.unit.name, person.job_name, person.shift, person.status)}</td>"
    )
    lines = [_cells(duty, said) for duty in entry.duties] or [f'<td colspan="4">{escape(said.none)}</td>']
    return f"<tbody><tr>{who}{'</tr><tr>'.join(lines)}</tr></tbody>"


def _cells(duty: Duty, said: _Words) -> str:
    return said.cells(duty.title, duty.standing, said.when(duty), duty.reason)


def _cells_of(title: str, standing: Standing, when: str, reason: str) -> str:
    """Of a duty in a table of many people: as many read alike, they are written once."""
    return f"<td>{escape(title)}</td>{_how(standing, when, reason)}"


def _where(unit: str, job: str, shift: str, status: str) -> str:
    return escape(words.place_of_work(unit, job, shift, status))


def _how(standing: Standing, when: str, reason: str) -> str:
    found = words.state(standing)
    return (
        f'<td><span class="state is-{found.tone}">{escape(found.word)}</span></td>'
        f"<td>{escape(when)}</td><td>{escape(reason)}</td>"
    )


def _row(duty: Duty, said: _Words) -> str:
    """Of a duty in the table of one person."""
    how = _how(duty.standing, said.when(duty), duty.reason)
    return f'<tr><th scope="row">{escape(duty.title)}</th>{how}</tr>'


def _badge(standing: Standing) -> str:
    found = words.state(standing)
    return f'<span class="badge is-{found.tone}">{icon(found.icon)}{escape(found.word)}</span>'


def _person_address() -> Callable[[PersonId], str]:
    pattern = reverse("team_person", args=[_NOBODY])
    before, after = pattern.split(_NOBODY)
    return lambda person: f"{before}{person}{after}"
