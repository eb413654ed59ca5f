"""Whether what a requirement asks for is there, before it is applied or previewed."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from andante.content import queries as content
from andante.obligations import reading
from andante.obligations.rules.audience import conditions
from andante.obligations.rules.form import RequirementForm
from andante.people import queries as people


class RequirementRefused(Exception):  # noqa: N818 - errors are facts
    """The requirement cannot be applied; the text is for people. `key` is the field of the form."""

    key = ""


class CourseUnknown(RequirementRefused):
    """No such course is published."""

    key = "course"


class VersionUnknown(RequirementRefused):
    """The course has no version of this number yet, so nobody could do what is asked."""

    key = "accept"


class PlaceUnknown(RequirementRefused):
    """The audience names a job or a unit that is not there: most often a slip of the pen."""

    key = "audience"


class NotRequired(RequirementRefused):
    """There is no such requirement, or it was withdrawn before."""


def check(form: RequirementForm) -> list[str] | None:
    """
    Return the hashes of the versions that count, None for any.

    :raises RequirementRefused: the form asks for what is not there
    """
    if content.course(form.course) is None:
        raise CourseUnknown(
            _("No course “%(course)s” is published. Publish it first, or mend its id.") % {"course": form.course}
        )
    _check_places(form)
    if form.accept_from is None:
        return None
    accepted = reading.versions_from(form.course, form.accept_from)
    if not accepted:
        raise VersionUnknown(
            _("Version %(number)s of “%(course)s” is not published yet. Publish it first, or accept an earlier one.")
            % {"number": form.accept_from, "course": form.course}
        )
    return accepted


def _check_places(form: RequirementForm) -> None:
    asked = [condition for condition in conditions(form.audience) if condition.field != "shift"]
    if not asked:
        return
    jobs, units = set(people.jobs()), people.units().values()
    known = {
        "job": jobs,
        "site": {unit.path for unit in units if unit.kind == "site"},
        "department": {
            name for unit in units if unit.kind == "department" for name in (unit.path, unit.path.rpartition("/")[2])
        },
        "unit": {unit.path for unit in units},
    }
    for condition in asked:
        for value in sorted(condition.values - known[condition.field]):
            raise PlaceUnknown(_no_such(condition.field, value, known[condition.field]))


def _no_such(field: str, value: str, known: Collection[str]) -> str:
    first = ", ".join(sorted(known)[:8]) or _("none yet")
    return _("There is no %(field)s “%(value)s”. There are: %(known)s.") % {
        "field": field,
        "value": value,
        "known": first + (", …" if len(known) > 8 else ""),
    }
