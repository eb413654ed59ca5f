"""A requirement in words, as administrators read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from andante.content import queries as content
from andante.evidence.queries import principal_names
from andante.obligations import queries as obligations
from andante.obligations.queries import RequirementForm, RequirementView
from andante.people import queries as people


@dataclass(frozen=True)
class RuleInWords:
    """What a list shows of a requirement."""

    view: RequirementView
    who: str
    what: str
    due: str
    renewal: str
    effective: str
    people: int
    by: str


class Words:
    """Names of jobs, units and courses, read once."""

    def __init__(self) -> None:
        """Read them: three queries, and the documents of courses that this process has not read yet."""
        self._jobs: Mapping[str, str] = people.jobs()
        self._units = {unit.path: unit.name for unit in people.units().values()}
        self._courses = {each.course_id: each.document.title for each in content.catalogue()}

    def who(self, form: RequirementForm) -> str:
        """Say whom it is for."""
        values = values_of(form)
        if values is None:
            return _("an audience that only the command line can change")
        parts = []
        if jobs := values["job"]:
            parts.append(_either([self._jobs.get(job, job) for job in jobs]))
        places = [*values["site"], *values["department"], *values["unit"]]
        if places:
            parts.append(_("in %(places)s") % {"places": _either([self._units.get(path, path) for path in places])})
        if shifts := values["shift"]:
            parts.append(_("on %(shifts)s shift") % {"shifts": _either(shifts)})
        return ", ".join(parts) if parts else _("everybody")

    def what(self, form: RequirementForm) -> str:
        """Say what they must have completed."""
        title = self._courses.get(form.course, form.course)
        if form.accept_from:
            return _("“%(title)s”, version %(number)s or later") % {"title": title, "number": form.accept_from}
        return _("“%(title)s”, any version") % {"title": title}

    @staticmethod
    def due(form: RequirementForm) -> str:
        """Say by when."""
        if form.due is None:
            return _("at no set time")
        if form.due.before_first_shift:
            return _("within %(period)s, and before the first shift alone") % {"period": form.due.within}
        return _("within %(period)s") % {"period": form.due.within}

    @staticmethod
    def renewal(form: RequirementForm) -> str:
        """Say for how long it counts."""
        if form.renew is None:
            return _("never to be renewed")
        values = {"every": form.renew.every, "opens": form.renew.opens}
        return _("renewed every %(every)s, from %(opens)s before") % values

    @staticmethod
    def effective(form: RequirementForm) -> str:
        """Say from when it holds."""
        if form.effective is None:
            return _("as soon as it is applied")
        text = date_format(form.effective, "j F Y, H:i")
        return _("%(moment)s, on the clocks of each site") % {"moment": text}

    def rule(self, view: RequirementView, *, people: int, by: str) -> RuleInWords:
        """Say all of it."""
        form = view.form
        said = self.who(form), self.what(form), self.due(form), self.renewal(form), self.effective(form)
        return RuleInWords(view, *said, people, by)


def rules() -> list[RuleInWords]:
    """Return every requirement that is in use. A constant number of queries."""
    words, found, counts = Words(), obligations.requirements(), obligations.people_counts()
    names = principal_names([each.by for each in found])
    return [words.rule(each, people=counts.get(each.id, 0), by=names[each.by]) for each in found]


def values_of(form: RequirementForm) -> dict[str, list[str]] | None:
    """Return the audience as the keys of the form; none where they cannot say it."""
    try:
        return obligations.audience_values(form)
    except ValueError:
        return None


def _either(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(first)s or %(last)s") % {"first": ", ".join(names[:-1]), "last": names[-1]}
