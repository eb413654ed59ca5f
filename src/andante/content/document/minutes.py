"""
How long cards take: an estimate from words and interactions, which observed times will correct.

Adults read English non-fiction silently at about 238 words a minute (Brysbaert 2019, "How many words do we
read per minute?", doi:10.1016/j.jml.2019.104047). We reckon with less: on a phone, in a second language, and
to learn from.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from andante.content.document.cards import Aid, Card, Check, Choice, Decide, Example, Node, Question, Reflect

WORDS_PER_MINUTE = 180
SECONDS_FOR_A_PICTURE = 15
SECONDS_FOR_A_VIDEO = 30
SECONDS_TO_ANSWER = 20
SECONDS_TO_DECIDE = 20
SECONDS_TO_REFLECT = 90
SECONDS_FOR_AN_AID = 30

VIDEO = (".mp4", ".webm")
_ADDRESS = re.compile(r"(!?)\[([^\]]*)\]\(([^)]*)\)")
_WORD = re.compile(r"\w+(?:['’.,-]\w+)*")  # noqa: RUF001 - a typographic apostrophe is part of a word


def words(text: str) -> int:
    """
    How many words a person reads in a Markdown text: addresses and descriptions of pictures are not read.
    """
    return len(_WORD.findall(_ADDRESS.sub(lambda link: "" if link[1] else link[2], text)))


def text_seconds(text: str) -> float:
    """Time to read a text and look at its pictures."""
    looking = sum(
        SECONDS_FOR_A_VIDEO if target.strip().endswith(VIDEO) else SECONDS_FOR_A_PICTURE
        for picture, _, target in _ADDRESS.findall(text)
        if picture
    )
    return words(text) * 60 / WORDS_PER_MINUTE + looking


def question_seconds(question: Question) -> float:
    """Time to read a question, its options and reasons, and to answer."""
    texts = [question.title, question.body, question.reason]
    for option in question.options:
        texts += [option.text, option.reason]
    return SECONDS_TO_ANSWER + sum(map(text_seconds, texts))


def card_seconds(card: Card) -> float:
    """Time that one card takes."""
    if isinstance(card, Check):
        return question_seconds(card)
    own = text_seconds(card.title) + text_seconds(card.body)
    if isinstance(card, Decide):
        return own + scenario_seconds(card)
    if isinstance(card, Reflect):
        return own + SECONDS_TO_REFLECT
    if isinstance(card, Aid):
        return own + SECONDS_FOR_AN_AID
    return own


def module_seconds(cards: Iterable[Card]) -> int:
    """
    Time that a module takes one person.

    Each sees the examples for everybody and those for their job, so among the jobs the longest counts.
    """
    common = 0.0
    by_job: dict[str, float] = {}
    for card in cards:
        seconds = card_seconds(card)
        if isinstance(card, Example) and card.audience:
            for job in card.audience:
                by_job[job] = by_job.get(job, 0.0) + seconds
        else:
            common += seconds
    return math.ceil(common + max(by_job.values(), default=0.0))


def test_seconds(bank: Sequence[Question], *, drawn: int) -> float:
    """Time for a sitting of the test: the mean item, as often as items are drawn."""
    return sum(map(question_seconds, bank)) / len(bank) * drawn if bank else 0.0


test_seconds.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's


def in_minutes(seconds: float) -> int:
    """Whole minutes, rounded up."""
    return math.ceil(seconds / 60)


def scenario_seconds(scenario: Decide) -> float:
    """
    Time for the longest way through a scenario. Nobody walks a loop twice here: steps back are left out.
    """
    return _LongestWay(scenario, {}, set()).from_node(scenario.start)


@dataclass(frozen=True)
class _LongestWay:
    scenario: Decide
    known: dict[str, float]
    on_the_way: set[str]

    def from_node(self, key: str) -> float:
        if key in self.known:
            return self.known[key]
        node = self.scenario.nodes.get(key)
        if node is None:
            return 0.0
        self.on_the_way.add(key)
        ahead = [self._by_choice(choice) for choice in node.choices if choice.target not in self.on_the_way]
        self.on_the_way.discard(key)
        self.known[key] = _node_seconds(node) + max(ahead, default=0.0)
        return self.known[key]

    def _by_choice(self, choice: Choice) -> float:
        return text_seconds(choice.reason) + self.from_node(choice.target)


def _node_seconds(node: Node) -> float:
    texts = [node.consequence, node.situation, node.verdict, *(choice.text for choice in node.choices)]
    return sum(map(text_seconds, texts)) + (SECONDS_TO_DECIDE if node.choices else 0)
