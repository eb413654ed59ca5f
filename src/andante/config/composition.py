"""
What runs where: whose rows `andante verify` replays, who follows the facts, and whom the worker tells the time.

A package that keeps explained rows is listed here, or its forgeries would go unseen; a test walks all models.
"""

from collections.abc import Callable
from datetime import datetime

from andante.assessment import apply as assessment
from andante.assessment import judging as assessment_judging
from andante.content import apply as content
from andante.content import queries as content_queries
from andante.credentials import apply as credentials
from andante.credentials import reactions as credentials_reactions
from andante.engagement import apply as engagement
from andante.learning import apply as learning
from andante.learning import judging as learning_judging
from andante.learning import reactions as learning_reactions
from andante.ledger.operations import Follower
from andante.ledger.verification import Projection
from andante.obligations import apply as obligations
from andante.obligations import judging as obligations_judging
from andante.obligations import operations as obligations_operations
from andante.obligations import reactions as obligations_reactions
from andante.people import apply as people

PROJECTIONS = (
    Projection("people", people.apply, people.EXPLAINED, people.UNEXPLAINED),
    Projection("content", content.apply, content.EXPLAINED, content.UNEXPLAINED, contradictions=content_queries.damage),
    Projection(
        "assessment",
        assessment.apply,
        assessment.EXPLAINED,
        assessment.UNEXPLAINED,
        contradictions=assessment_judging.contradictions,
    ),
    Projection(
        "learning",
        learning.apply,
        learning.EXPLAINED,
        learning.UNEXPLAINED,
        contradictions=learning_judging.contradictions,
    ),
    Projection("credentials", credentials.apply, credentials.EXPLAINED, credentials.UNEXPLAINED),
    Projection(
        "obligations",
        obligations.apply,
        obligations.EXPLAINED,
        obligations.UNEXPLAINED,
        contradictions=obligations_judging.contradictions,
    ),
    Projection("engagement", engagement.apply, engagement.EXPLAINED, engagement.UNEXPLAINED),
)

FOLLOWERS: tuple[Follower, ...] = (
    Follower("learning", learning_reactions.react),
    Follower("credentials", credentials_reactions.react),
    Follower(obligations_reactions.FOLLOWER, obligations_reactions.react),
)

TICKS: tuple[Callable[[datetime], None], ...] = (obligations_operations.evaluate_when_due,)
