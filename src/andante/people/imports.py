"""
People from a CSV file: what a row may say, and what is wrong with one that says something else.

docs/reference/people-csv.md describes the columns.
"""

from __future__ import annotations

import csv
import io
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from andante.people import rules
from andante.people.rules import PeopleError

REQUIRED = ("number", "name", "site", "job")
OPTIONAL = (
    "site_time_zone",
    "department",
    "line",
    "manager",
    "status",
    "since",
    "shift",
    "hired_on",
    "first_unsupervised_shift",
    "email",
    "login",
    "language",
    "time_zone",
)
COLUMNS = REQUIRED + OPTIONAL
LARGEST = 64 * 1024 * 1024
"""Bytes of a file at most."""

T = TypeVar("T")


@dataclass(frozen=True)
class RowError:
    """What is wrong in one line of the file. Lines count from 1, which is the header."""

    line: int
    column: str
    what: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.column}: {self.what}"


@dataclass(frozen=True)
class PersonRow:
    """One person as a file tells of them."""

    line: int
    number: str
    name: str
    site: str
    site_time_zone: str | None
    department: str
    line_name: str
    job: str
    manager: str | None
    """Number of the manager."""
    status: str
    since: date | None
    """First day of what the row says of place, job, manager and shift; none for the day of the import."""
    shift: str
    hired_on: date | None
    first_unsupervised_shift: datetime | None
    """Without a zone: at the site."""
    email: str | None
    login: str | None
    language: str
    time_zone: str | None

    @property
    def places(self) -> list[tuple[str, str, str]]:
        """Path, name and kind of the units that the row names, from the top down."""
        found = []
        path = ""
        for name, kind in ((self.site, "site"), (self.department, "department"), (self.line_name, "line")):
            if name:
                path = f"{path}/{rules.code(name)}" if path else rules.code(name)
                found.append((path, name, kind))
        return found

    @property
    def unit(self) -> str:
        """Path of the unit that the person works in."""
        return self.places[-1][0]


class FileRefused(PeopleError):  # noqa: N818 - errors are facts
    """The file as a whole cannot be read; the text says why."""


def read(data: bytes) -> tuple[list[PersonRow], list[RowError]]:
    """
    Read a file: UTF-8, with or without a mark, comma or semicolon between columns.

    :return: the rows without a fault, and what is wrong with the others
    :raises FileRefused: it is too large, no UTF-8, has no header, or lacks or repeats columns
    """
    if len(data) > LARGEST:
        raise FileRefused(f"The file is larger than {LARGEST // 2**20} MB. Split it; repeating rows does no harm.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused(f"Line {line} is not UTF-8. Save the file as “CSV UTF-8”.") from None
    reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check(header)
        return _rows(header, reader)
    except csv.Error as error:
        raise FileRefused(f"Line {reader.line_num} cannot be read: {error}.") from None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _check(header: list[str]) -> None:
    missing = [name for name in REQUIRED if name not in header]
    unknown = [name for name in header if name not in COLUMNS]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if not any(header):
        raise FileRefused(f"The file is empty. Its first line names the columns: {', '.join(COLUMNS)}.")
    for names, what in (
        (missing, "lacks the column"),
        (unknown, "has an unknown column"),
        (repeated, "has a column twice"),
    ):
        if names:
            raise FileRefused(f"The first line {what}: {', '.join(names)}. Columns are: {', '.join(COLUMNS)}.")


def _rows(header: list[str], reader: Iterator[list[str]]) -> tuple[list[PersonRow], list[RowError]]:
    rows: list[PersonRow] = []
    errors: list[RowError] = []
    first: dict[str, int] = {}
    start = 2
    for cells in reader:
        line, start = start, getattr(reader, "line_num", start) + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(header):
            errors.append(RowError(line, "the whole line", f"has {len(cells)} cells, and the header {len(header)}."))
            continue
        values = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        row = _row(line, values, errors)
        if row is None:
            continue
        if row.number in first:
            errors.append(RowError(line, "number", f"{row.number} stands in line {first[row.number]} too."))
            continue
        first[row.number] = line
        rows.append(row)
    return rows, errors


def _row(line: int, values: Mapping[str, str], errors: list[RowError]) -> PersonRow | None:
    before = len(errors)

    def cell(column: str, parse: Callable[[str], T], default: T) -> T:
        text = values.get(column, "")
        if not text:
            if column in REQUIRED:
                errors.append(RowError(line, column, "is empty."))
            return default
        try:
            return parse(text)
        except (PeopleError, ValueError) as error:
            errors.append(RowError(line, column, str(error)))
            return default

    row = PersonRow(
        line=line,
        number=cell("number", lambda text: rules.person_number(text) or "", ""),
        name=cell("name", rules.person_name, ""),
        site=cell("site", _unit_name, ""),
        site_time_zone=cell("site_time_zone", rules.time_zone_name, None),
        department=cell("department", _unit_name, ""),
        line_name=cell("line", _unit_name, ""),
        job=cell("job", _unit_name, ""),
        manager=cell("manager", rules.person_number, None),
        status=cell("status", lambda text: str(rules.status(text)), "active"),
        since=cell("since", _day, None),
        shift=cell("shift", rules.shift, ""),
        hired_on=cell("hired_on", _day, None),
        first_unsupervised_shift=cell("first_unsupervised_shift", _moment, None),
        email=cell("email", rules.email_address, None),
        login=cell("login", rules.login_name, None),
        language=cell("language", rules.language_tag, "en"),
        time_zone=cell("time_zone", rules.time_zone_name, None),
    )
    return row if len(errors) == before else None


def _unit_name(text: str) -> str:
    if not rules.code(text):
        raise ValueError(f"“{text}” has no letter or digit of the Latin alphabet to make an address of.")
    return rules.person_name(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}” is not a day: write it as 2026-11-22.") from None


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not None:
        raise ValueError(f"“{text}” is not a local day: write it as 2026-11-22 06:00.")
    return moment


def at_site(moment: datetime, time_zone: str) -> datetime:
    """
    Return the moment at a site as one with a zone.

    One that the clocks skip or repeat in spring or autumn is read as before the change.
    """
    return moment.replace(tzinfo=zoneinfo.ZoneInfo(time_zone))
