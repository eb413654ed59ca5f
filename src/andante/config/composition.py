"""
Which package keeps which rows from facts: read by `andante verify`, which replays all facts and compares.

A package that keeps explained rows is listed here, or its forgeries would go unseen; a test walks all models.
"""

from andante.assessment import apply as assessment
from andante.content import apply as content
from andante.content import queries as content_queries
from andante.learning import apply as learning
from andante.ledger.verification import Projection
from andante.people import apply as people

PROJECTIONS = (
    Projection("people", people.apply, people.EXPLAINED, people.UNEXPLAINED),
    Projection("content", content.apply, content.EXPLAINED, content.UNEXPLAINED, damage=content_queries.damage),
    Projection("assessment", assessment.apply, assessment.EXPLAINED, assessment.UNEXPLAINED),
    Projection("learning", learning.apply, learning.EXPLAINED, learning.UNEXPLAINED),
)
