"""`{% load manage %}`: duties, reminders and crews in words."""

from collections.abc import Sequence
from datetime import datetime

from django import template
from django.utils.safestring import SafeString

from andante.engagement.queries import NudgeView, Reminder
from andante.obligations.queries import Crew
from andante.pages.manage import markup, words
from andante.pages.manage.listing import Choice

register = template.Library()

register.filter("where", words.where)
register.filter("when", words.when)
register.filter("day", words.day_of)
register.filter("crew_need", words.crew_need)
register.filter("stand_in", words.stand_in)


@register.filter
def people(found: Sequence[Reminder], at: datetime) -> SafeString:
    return markup.reminders(found, at=at)


@register.filter
def options(choices: Sequence[Choice], chosen: str) -> SafeString:
    return markup.options(choices, chosen=chosen)


@register.filter
def moment(then: datetime, at: datetime) -> str:
    return words.moment(then, at=at)


@register.filter
def on_day(then: datetime, at: datetime) -> str:
    return words.on_day(then, at=at)


@register.filter
def hindrance(reminder: Reminder, at: datetime) -> str:
    return words.hindrance(reminder, at=at)


@register.filter
def goes(reminder: Reminder, at: datetime) -> str:
    return words.goes(reminder, at=at)


@register.filter
def hours(crew: Crew, at: datetime) -> str:
    return words.crew_hours(crew, at)


@register.filter
def outcome(nudge: NudgeView, at: datetime) -> words.State:
    return words.outcome(nudge, at=at)
