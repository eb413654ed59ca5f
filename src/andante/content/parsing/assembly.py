"""
All files together: the course, and what only shows between its files (ids used twice, things that are not
there).
"""

import difflib
from collections.abc import Iterable, Iterator

from andante.content.document import Aid, AidSheet, Course, Media, Module, Place
from andante.content.markdown import MEDIA_PATH, SAFE_LINK, Reference, references
from andante.content.parsing.aid_file import parse_aid
from andante.content.parsing.bank import parse_bank
from andante.content.parsing.course_file import FILE, CourseHead, parse_course_file
from andante.content.parsing.module_file import parse_module
from andante.content.parsing.problems import (
    FILE_UNSAFE,
    ID_WRONG,
    NOT_YET,
    REFERENCE_MISSING,
    STRUCTURE_WRONG,
    Problems,
)
from andante.content.parsing.source import Source, SourceFile
from andante.content.parsing.text import Line, decoded, lines_of
from andante.content.texts import RichText, course_texts
from andante.kernel.ids import CourseId

MOST_TEXT_CHARACTERS = 20_000


def assemble(source: Source, problems: Problems) -> Course | None:
    """
    Make the course from its files.

    :returns: None, and problems, if too much is broken to speak of a course; otherwise a course that is
    complete only if there are no problems
    """
    head = _head(source, problems)
    modules = _modules(source, head, problems)
    bank = tuple(item for lines in _texts(source, "bank", problems) for item in parse_bank(lines, problems))
    aids = _aids(source, problems)
    for file in list(source.in_folder("i18n"))[:1]:
        problems.add(NOT_YET, Place(file.path), "Translations are not supported yet.", "Move i18n/ out of the folder.")
    if head is None or head.test is None or not modules:
        return None
    course = Course(
        id=CourseId(head.id),
        title=head.title,
        language=head.language,
        owner=head.owner,
        review_date=head.review_date,
        clauses=head.clauses,
        reinforcement=head.reinforcement,
        valid_months=head.valid_months,
        brief=head.brief,
        tags=head.tags,
        test=head.test,
        modules=modules,
        bank=bank,
        aids={sheet.path: sheet for sheet in aids},
        media={
            file.path: Media(path=file.path, sha256=file.sha256, size=file.size) for file in source.in_folder("media")
        },
        place=Place(FILE),
        fields=head.fields,
    )
    _judge_ids(course, problems)
    _judge_references(course, problems)
    return course


def _head(source: Source, problems: Problems) -> CourseHead | None:
    file = source.files.get(FILE)
    if file is None:
        if not any(finding.place.file == FILE for finding in problems.findings):
            problems.add(
                REFERENCE_MISSING,
                Place(FILE),
                "The folder has no course.yaml.",
                "Is this the course's folder? If so, create the file with the course's title.",
            )
        return None
    text = decoded(FILE, file.data or b"", problems)
    return None if text is None else parse_course_file(text, problems)


def _lines(file: SourceFile, problems: Problems) -> tuple[Line, ...] | None:
    text = decoded(file.path, file.data or b"", problems)
    return None if text is None else lines_of(file.path, text, problems)


def _texts(source: Source, folder: str, problems: Problems) -> Iterator[tuple[Line, ...]]:
    for file in source.in_folder(folder):
        lines = _lines(file, problems)
        if lines is not None:
            yield lines


def _modules(source: Source, head: CourseHead | None, problems: Problems) -> tuple[Module, ...]:
    modules: dict[int, Module] = {}
    found = False
    for lines in _texts(source, "modules", problems):
        found = True
        path = lines[0].file
        module = parse_module(path, lines, head, problems)
        if module is not None and module.number in modules:
            problems.add(
                FILE_UNSAFE,
                Place(path),
                f"{modules[module.number].place.file} has the number {module.number} too.",
                "Give one of the two files another number.",
            )
        elif module is not None:
            modules[module.number] = module
    if not found and not any(source.in_folder("modules")):
        problems.add(STRUCTURE_WRONG, Place(FILE), "The course has no module.", "Write one in modules/01-its-name.md.")
    return tuple(modules[number] for number in sorted(modules))


def _aids(source: Source, problems: Problems) -> tuple[AidSheet, ...]:
    sheets = (parse_aid(lines[0].file, lines, problems) for lines in _texts(source, "aids", problems))
    return tuple(sheet for sheet in sheets if sheet is not None)


def _judge_ids(course: Course, problems: Problems) -> None:
    """
    Every card, question, module and aid has an id of its own; those without one are counted once a file.
    """
    first: dict[str, Place] = {}
    without: dict[str, list[Place]] = {}
    for id, place in _ids(course):
        if not id:
            without.setdefault(place.file, []).append(place)
        elif id in first:
            problems.add(
                ID_WRONG,
                place,
                f"The id “{id}” is already used at {first[id]}.",
                "Run `andante fmt`: the copy gets a new id.",
            )
        else:
            first[id] = place
    for places in without.values():
        count = len(places)
        message = "This card has no id." if count == 1 else f"{count} cards of this file have no id, this one first."
        problems.add(ID_WRONG, places[0], message, "Run `andante fmt`, which gives ids.")


def _ids(course: Course) -> Iterator[tuple[str, Place]]:
    for module in course.modules:
        if module.id:
            yield module.id, module.fields.get("id", module.place)
        for card in module.cards:
            yield card.id, card.place
    for item in course.bank:
        yield item.id, item.place
    for sheet in course.aids.values():
        if sheet.id:
            yield sheet.id, sheet.place


def _judge_references(course: Course, problems: Problems) -> None:
    for module in course.modules:
        for card in module.cards:
            if isinstance(card, Aid) and card.sheet and card.sheet not in course.aids:
                _missing(card.place, card.sheet, course.aids, problems)
    _judge_objectives(course, problems)
    for text in course_texts(course):
        if len(text.text) > MOST_TEXT_CHARACTERS:
            problems.add(
                STRUCTURE_WRONG,
                text.place,
                f"The text is longer than {MOST_TEXT_CHARACTERS} characters.",
                "One card is one idea: split it.",
            )
            continue
        for reference in references(text.text):
            _judge_reference(text, reference, course, problems)


def _judge_objectives(course: Course, problems: Problems) -> None:
    for item in course.bank:
        if item.objective and item.objective not in course.modules_by_id:
            near = difflib.get_close_matches(item.objective, course.modules_by_id, n=1)
            known = ", ".join(course.modules_by_id)
            problems.add(
                REFERENCE_MISSING,
                item.objective_place,
                f"No module has the id “{item.objective}”.",
                f"Did you mean “{near[0]}”?" if near else f"Modules are: {known}.",
            )


def _judge_reference(text: RichText, reference: Reference, course: Course, problems: Problems) -> None:
    place = text.line(reference.line)
    if reference.kind == "link":
        if not SAFE_LINK.match(reference.target):
            problems.add(
                REFERENCE_MISSING,
                place,
                f"A link cannot lead to “{reference.target}”.",
                "Links lead to https:, http:, mailto: or tel: addresses.",
            )
    elif not MEDIA_PATH.match(reference.target):
        problems.add(
            REFERENCE_MISSING,
            place,
            f"“{reference.target}” is not a file of this course's media folder.",
            "Put the picture or video into media/ and write ![what it shows](media/its-name.png).",
        )
    elif reference.target not in course.media:
        _missing(place, reference.target, course.media, problems)


def _missing(place: Place, target: str, there: Iterable[str], problems: Problems) -> None:
    near = difflib.get_close_matches(target, list(there), n=1, cutoff=0.75)
    mend = f"Did you mean “{near[0]}”?" if near else "Add the file, or mend the name."
    problems.add(REFERENCE_MISSING, place, f"There is no file {target}.", mend)
