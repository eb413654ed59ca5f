"""The fields that a file of modules/ or aids/ begins with."""

from andante.content.document import Place
from andante.content.parsing.blocks import split_front_matter
from andante.content.parsing.fields import Fields, read_fields
from andante.content.parsing.problems import STRUCTURE_WRONG, Problems
from andante.content.parsing.text import Line


def read_front_matter(
    path: str, lines: tuple[Line, ...], problems: Problems, *, whose: str, mend: str
) -> tuple[Fields, tuple[Line, ...]] | None:
    """
    The fields, and the lines after them; None, and problems, if they are missing or cannot be read.

    :param whose: of what, as a sentence begins: "The module"
    :param mend: for a file that begins without them
    """
    front, rest = split_front_matter(lines, problems)
    if front is None:
        if rest:
            problems.add(STRUCTURE_WRONG, Place(path), f"{whose} has no front matter.", mend)
        return None
    fields = read_fields(path, front.yaml, problems, first_line=front.first_line)
    return None if fields is None else (fields, rest)
