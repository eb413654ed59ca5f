"""
The words of our statements: verbs, activity types, extensions, and the addresses of activities.

Verbs and activity types are those of the ADL vocabulary (profiles.adlnet.gov) and of Activity Streams 1.0.
"""

from dataclasses import dataclass

from andante.kernel.ids import CardId, CourseId, ItemId, ModuleId


@dataclass(frozen=True)
class Verb:
    """An xAPI verb: its IRI and its English display."""

    iri: str
    display: str


REGISTERED = Verb("http://adlnet.gov/expapi/verbs/registered", "registered")
INITIALIZED = Verb("http://adlnet.gov/expapi/verbs/initialized", "initialized")
EXPERIENCED = Verb("http://adlnet.gov/expapi/verbs/experienced", "experienced")
ANSWERED = Verb("http://adlnet.gov/expapi/verbs/answered", "answered")
RESPONDED = Verb("http://adlnet.gov/expapi/verbs/responded", "responded")
PASSED = Verb("http://adlnet.gov/expapi/verbs/passed", "passed")
FAILED = Verb("http://adlnet.gov/expapi/verbs/failed", "failed")
COMPLETED = Verb("http://adlnet.gov/expapi/verbs/completed", "completed")

COURSE = "http://adlnet.gov/expapi/activities/course"
MODULE = "http://adlnet.gov/expapi/activities/module"
ASSESSMENT = "http://adlnet.gov/expapi/activities/assessment"
INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"
PAGE = "http://activitystrea.ms/schema/1.0/page"

CHOICE = "choice"
WORDS = "long-fill-in"
"""How an interaction is answered: by one or several of the options shown, or in one's own words (xAPI 2.0, 4.2.3.2)."""

_EXTENSION = "urn:x-andante:"
EXT_VERSION = f"{_EXTENSION}course-version"
"""Hash of the course version that the person saw."""
EXT_ATTEMPT = f"{_EXTENSION}attempt"
EXT_TRY = f"{_EXTENSION}try"
EXT_BY = f"{_EXTENSION}by"
"""The principal who acted, such as `account:…`."""


@dataclass(frozen=True)
class Activity:
    """What a statement is about: its path below the log's IRI, and its type."""

    path: str
    type: str
    interaction: str = ""
    """How a response to it is to be read, for an interaction: an interactionType of xAPI."""


def course_activity(course: CourseId) -> Activity:
    return Activity(f"course/{course}", COURSE)


def module_activity(course: CourseId, module: ModuleId) -> Activity:
    return Activity(f"course/{course}/module/{module}", MODULE)


def card_activity(course: CourseId, card: CardId, *, interaction: str = "") -> Activity:
    """
    A card.

    :param interaction: for one that asks something of the person: CHOICE or WORDS
    """
    return Activity(f"course/{course}/card/{card}", INTERACTION if interaction else PAGE, interaction)


def item_activity(course: CourseId, item: ItemId) -> Activity:
    return Activity(f"course/{course}/item/{item}", INTERACTION, CHOICE)


def test_activity(course: CourseId) -> Activity:
    return Activity(f"course/{course}/test", ASSESSMENT)
