"""
An answer as a file: a table (CSV, RFC 4180) and the same as JSON.

Always in English, so that the same answer has the same bytes for everybody; times on the clocks of the zone that the
question names, with their distance from UTC.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from andante.evidence.cells import plain
from andante.evidence.queries.answering import Answer, AnswerRow

FORMAT = "andante-answer/1"
COLUMNS = (
    "requirement",
    "moment",
    "known_at",
    "person",
    "number",
    "name",
    "qualified",
    "because",
    "demanded",
    "status",
    "site",
    "unit",
    "job",
    "version_number",
    "version",
    "completed_at",
    "valid_until",
    "completion_record",
    "record_number",
    "requirement_revision",
)


def as_csv(answer: Answer) -> bytes:
    """Return the table, beginning with the mark that tells spreadsheets that it is UTF-8."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([plain(cell) for cell in cells] for cells in _cells(answer))
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def as_json(answer: Answer, *, sha256: str, exclusions: list[str]) -> bytes:
    """
    Return question, scope and rows.

    :param sha256: of the table
    :param exclusions: who is not in the list, in sentences
    """
    data = {
        "format": FORMAT,
        "question": answer.question.data(),
        "title": answer.title,
        "counts": answer.counts(),
        "scope": asdict(answer.scope),
        "exclusions": exclusions,
        "csv_sha256": sha256,
        "rows": [dict(zip(COLUMNS, cells, strict=True)) for cells in _cells(answer)],
    }
    return json.dumps(data, indent=1, ensure_ascii=False).encode() + b"\n"


def _cells(answer: Answer) -> Iterator[tuple[Any, ...]]:
    question = answer.question
    zone = ZoneInfo(question.zone)

    def local(at: datetime | None) -> str | None:
        return at.astimezone(zone).isoformat(timespec="seconds") if at else None

    for row in answer.rows:
        yield (
            question.requirement,
            local(question.at),
            local(question.known_at),
            *_who(row),
            row.version_number,
            row.version,
            local(row.completed_at),
            local(row.valid_until),
            str(row.completion) if row.completion else None,
            row.record,
            row.revision,
        )


def _who(row: AnswerRow) -> tuple[Any, ...]:
    about = str(row.person), row.number, row.name, _yes(row.qualified), row.because, _yes(row.demanded)
    return *about, row.status, row.site, row.unit, row.job


def _yes(value: bool) -> str:  # noqa: FBT001
    return "yes" if value else "no"
