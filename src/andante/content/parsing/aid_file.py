"""A file of aids/: one printable page."""

from andante.content.document import AidSheet, Place
from andante.content.ids import ID
from andante.content.parsing.blocks import split_front_matter
from andante.content.parsing.fields import read_fields
from andante.content.parsing.paragraphs import Paragraph
from andante.content.parsing.problems import ID_WRONG, STRUCTURE_WRONG, Problems
from andante.content.parsing.text import Line


def parse_aid(path: str, lines: tuple[Line, ...], problems: Problems) -> AidSheet | None:
    """Read one job aid; None, and problems, if it has no readable front matter."""
    front, rest = split_front_matter(lines, problems)
    if front is None:
        if rest:
            problems.add(
                STRUCTURE_WRONG,
                Place(path),
                "The job aid has no front matter.",
                "Begin the file with its title between two lines “---”.",
            )
        return None
    fields = read_fields(path, front.yaml, problems, first_line=front.first_line)
    if fields is None:
        return None
    id = fields.text("id")
    if not ID.match(id):
        message = f"“{id}” cannot be an id." if id else "The job aid has no id."
        problems.add(ID_WRONG, fields.place_of("id"), message, "Run `andante fmt`, which gives one.")
    body = Paragraph()
    for line in rest:
        body.add(line, line.text)
    if not body:
        problems.add(STRUCTURE_WRONG, Place(path), "The job aid is empty.", "Write its text below the second “---”.")
    sheet = AidSheet(
        id=id,
        path=path,
        title=fields.text("title", required="Spill card"),
        body=body.text,
        place=Place(path),
        body_place=body.place or Place(path),
    )
    fields.refuse_others()
    return sheet
