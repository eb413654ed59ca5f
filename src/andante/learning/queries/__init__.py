"""Reads: what a person sees on the way through a course. Nothing here writes."""

from andante.learning.queries.cards import CardView, Decision, ScenarioView, card
from andante.learning.queries.completed import CompletedAttempt, completions, has_begun
from andante.learning.queries.completion import CompletionView, completion
from andante.learning.queries.course import CourseView, course_page
from andante.learning.queries.home import CompletedCourse, HomeView, Offer, Step, home
from andante.learning.queries.test import ItemView, ObjectiveScore, TestView, test_item, test_page
from andante.learning.rules import ModuleProgress, Progress, Stage, State

__all__ = [
    "CardView",
    "CompletedAttempt",
    "CompletedCourse",
    "CompletionView",
    "CourseView",
    "Decision",
    "HomeView",
    "ItemView",
    "ModuleProgress",
    "ObjectiveScore",
    "Offer",
    "Progress",
    "ScenarioView",
    "Stage",
    "State",
    "Step",
    "TestView",
    "card",
    "completion",
    "completions",
    "course_page",
    "has_begun",
    "home",
    "test_item",
    "test_page",
]
