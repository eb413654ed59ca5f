"""
The typed course: what a folder of files means, once it has been read.

Public, and free of Django: rules of higher packages work on these classes. Everything is immutable; `parsing`
makes it.
"""

from andante.content.document.cards import (
    Aid,
    Card,
    Check,
    Choice,
    Decide,
    Example,
    Idea,
    Item,
    Level,
    Node,
    Option,
    Outcome,
    Question,
    Reflect,
)
from andante.content.document.course import (
    TAGS,
    AidSheet,
    Brief,
    Course,
    Media,
    Module,
    ObjectiveType,
    TestPlan,
    Why,
)
from andante.content.document.place import Place
from andante.content.document.scenario import ChoiceUnknown, Step, Walk, walk

__all__ = [
    "TAGS",
    "Aid",
    "AidSheet",
    "Brief",
    "Card",
    "Check",
    "Choice",
    "ChoiceUnknown",
    "Course",
    "Decide",
    "Example",
    "Idea",
    "Item",
    "Level",
    "Media",
    "Module",
    "Node",
    "ObjectiveType",
    "Option",
    "Outcome",
    "Place",
    "Question",
    "Reflect",
    "Step",
    "TestPlan",
    "Walk",
    "Why",
    "walk",
]
