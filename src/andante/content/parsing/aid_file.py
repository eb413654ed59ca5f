"""A file of aids/: one printable page."""

from andante.content.document import AidSheet, Place
from andante.content.parsing.front_matter import read_front_matter
from andante.content.parsing.paragraphs import Paragraph
from andante.content.parsing.problems import STRUCTURE_WRONG, Problems
from andante.content.parsing.text import Line


def parse_aid(path: str, lines: tuple[Line, ...], problems: Problems) -> AidSheet | None:
    """Read one job aid; None, and problems, if it has no readable front matter."""
    mend = "Begin the file with its title between two lines “---”."
    read = read_front_matter(path, lines, problems, whose="The job aid", mend=mend)
    if read is None:
        return None
    fields, rest = read
    body = Paragraph()
    for line in rest:
        body.add(line, line.text)
    if not body:
        problems.add(STRUCTURE_WRONG, Place(path), "The job aid is empty.", "Write its text below the second “---”.")
    sheet = AidSheet(
        id=fields.id("The job aid"),
        path=path,
        title=fields.text("title", required="Spill card"),
        body=body.text,
        place=Place(path),
        body_place=body.place or Place(path),
    )
    fields.refuse_others()
    return sheet
