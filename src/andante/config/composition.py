"""
Which package keeps which rows from facts: read by `andante verify`, which replays all facts and compares.

A package that keeps explained rows is listed here, or its forgeries would go unseen; a test walks all models.
"""

from andante.assessment import apply as assessment
from andante.content import apply as content
from andante.learning import apply as learning
from andante.ledger.verification import Projection
from andante.people import apply as people

PROJECTIONS = (
    Projection("people", people.apply, people.EXPLAINED, people.UNEXPLAINED),
    Projection("content", content.apply, content.EXPLAINED),
    Projection("assessment", assessment.apply, assessment.EXPLAINED),
    Projection("learning", learning.apply, learning.EXPLAINED),
)
