"""A6xx, access: everybody can see, hear and read it, and finds their own job in it."""

import re
from collections.abc import Iterator

from andante.content.document import Course, Example, Place
from andante.content.document.minutes import VIDEO
from andante.content.linting.rule import Context, Remark, error, note, warning
from andante.content.markdown import Reference, plain_words, references
from andante.content.parsing.blocks import normal
from andante.content.texts import course_lines, course_texts

HARDEST = 55
LONG_WORD = 6
FEWEST_WORDS_TO_JUDGE = 100
_COLOUR = "red|green|blue|yellow|orange|amber|grey|gray|pink|purple|brown"
_BY_COLOUR = re.compile(
    r"(?i)\b(?:(?:click|press|tap|push|choose|select|see|look at|use|open|take|follow)\s+(?:on\s+)?(?:the|an?)\s+"
    rf"(?:{_COLOUR})"
    rf"|(?:shown|marked|written|highlighted|printed|coloured|colored)\s+in\s+(?:{_COLOUR})"
    rf"|the\s+(?:{_COLOUR})\s+(?:one|ones|button|box|line|area|part|field|text|words))\b"
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|<!--")


def _media(course: Course) -> Iterator[tuple[Place, Reference]]:
    for text in course_texts(course):
        for reference in references(text.text):
            if reference.kind == "media":
                yield text.line(reference.line), reference


def _videos(course: Course) -> Iterator[tuple[Place, str]]:
    for place, reference in _media(course):
        if reference.target.endswith(VIDEO):
            yield place, reference.target.rsplit(".", 1)[0]


@error("A601", "A picture says in words what it shows")
def no_alt_text(course: Course, _: Context) -> Iterator[Remark]:
    for place, reference in _media(course):
        if not reference.description:
            yield Remark(
                place,
                f"Nothing says in words what {reference.target} shows.",
                "Describe it between the square brackets: ![A lead points at the eyewash](media/…).",
            )


@error("A602", "A video has captions")
def no_captions(course: Course, _: Context) -> Iterator[Remark]:
    for place, stem in _videos(course):
        if f"{stem}.vtt" not in course.media:
            yield Remark(place, "The video has no captions.", f"Add them as {stem}.vtt.")


@error("A603", "A video has a transcript")
def no_transcript(course: Course, _: Context) -> Iterator[Remark]:
    for place, stem in _videos(course):
        if f"{stem}.txt" not in course.media:
            yield Remark(place, "The video has no transcript.", f"Add it as {stem}.txt.")


@warning("A604", "Colour alone carries no meaning")
def colour_only(course: Course, _: Context) -> Iterator[Remark]:
    for place, line in course_lines(course):
        match = _BY_COLOUR.search(line)
        if match:
            yield Remark(
                place,
                f"“{match[0]}” means nothing to people who cannot tell the colours.",
                "Name the thing by its label, place or shape as well.",
            )


@warning("A606", "Every job finds an example")
def audience_without_example(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        examples = [card for card in module.cards if isinstance(card, Example)]
        served = {job for example in examples for job in example.audience}
        if not examples or any(not example.audience for example in examples):
            continue
        for job in course.tags["job"]:
            if normal(job) not in served:
                yield Remark(
                    module.place,
                    f"The module has no example for {job}, though the course is for them.",
                    f"Add “## Example for {job}: …”, or an example for everybody.",
                )


@warning("A607", "Examples and reasons are for jobs of the course")
def example_for_a_stranger(course: Course, _: Context) -> Iterator[Remark]:
    jobs = {normal(job) for job in course.tags["job"]}
    for module in course.modules:
        for card in module.cards:
            for job in card.audience if isinstance(card, Example) else ():
                if job not in jobs:
                    yield _stranger(card.place, job)
        for job in module.why.by_job:
            if job not in jobs:
                yield _stranger(module.fields.get(f"why for {job}", module.place), job)


def _stranger(place: Place, job: str) -> Remark:
    return Remark(place, f"The course is not for “{job}”.", "Mend the name, or add it to the tag “job” in course.yaml.")


@note("A608", "The words are easy to read")
def hard_to_read(course: Course, _: Context) -> Iterator[Remark]:
    for module in course.modules:
        text = "\n".join(plain_words(card.body) for card in module.cards)
        if (value := readability(text)) > HARDEST:
            yield Remark(
                module.place,
                f"The module is hard to read (LIX {value:.0f}; newspapers have about 45).",
                "Shorter sentences and shorter words help.",
            )


def readability(text: str) -> float:
    """
    LIX: words a sentence, plus the percentage of words of more than six letters; 0 for texts too short to judge.

    Björnsson 1968, "Läsbarhet"; it needs no syllables, so it serves every language with an alphabet.
    """
    found = re.findall(r"\w+", text)
    sentences = len([part for part in re.split(r"[.!?:\n]+", text) if part.strip()])
    if len(found) < FEWEST_WORDS_TO_JUDGE:
        return 0.0
    return len(found) / sentences + 100 * sum(len(word) > LONG_WORD for word in found) / len(found)


@warning("A609", "HTML is shown as it is typed")
def html_tag(course: Course, _: Context) -> Iterator[Remark]:
    for text in course_texts(course):
        for offset, line in enumerate(plain_words(text.text).split("\n")):
            match = _TAG.search(line)
            if match:
                yield Remark(
                    text.line(min(offset, text.text.count("\n"))),
                    f"People will read the sign “{match[0]}” itself: HTML is no part of the format.",
                    "Use Markdown, or put code between back-ticks.",
                )
