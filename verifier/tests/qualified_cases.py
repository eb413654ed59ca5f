"""A small organisation on record, and an answer about it as an auditor is handed it."""

import csv
import hashlib
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from verifier.tests.small_log import SEED, Record, SmallLog, instant

COURSE, OLD, NEW = "forklift", "a" * 64, "b" * 64
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
ADA, BEN, CLEO = (uuid5(SEED, name) for name in ("Ada", "Ben", "Cleo"))
SITE, LINE = (uuid5(SEED, name) for name in ("dublin", "dublin/line-4"))
NAMES = {ADA: "Ada Quinn", BEN: "Ben Okafor", CLEO: "=Cleo"}
COLUMNS = (
    *("requirement", "moment", "known_at", "person", "number", "name", "qualified", "because", "demanded", "status"),
    *("site", "unit", "job", "version_number", "version", "completed_at", "valid_until", "completion_record"),
    *("record_number", "requirement_revision"),
)


Row = dict[str, Any]


class Works(SmallLog):
    """A log of a works with one site, one line and three people."""

    def __post_init__(self) -> None:
        super().__post_init__()
        for id, path, kind, zone in ((SITE, "dublin", "site", "UTC"), (LINE, "dublin/line-4", "line", None)):
            new = {"path": path, "name": path, "kind": kind, "time_zone": zone}
            self.at(AT - timedelta(days=90), "unit-created", f"unit:{id}", new=new)
        for person, name in NAMES.items():
            new = {"name": name, "time_zone": "UTC", "language": "en", "hired_on": "2026-01-05"}
            self.at(AT - timedelta(days=80), "person-created", f"person:{person}", new=new)
            self.place(person, "2026-01-05")

    def at(self, at: datetime, action: str, subject: str, **values: Any) -> Record:
        return self.audit(action, subject, timestamp=instant(at), **values)

    def place(self, person: UUID, day: str, **values: Any) -> Record:
        new = {
            "status": "active",
            "unit": str(LINE),
            "job": "driver",
            "manager": None,
            "shift": "",
            "effective_on": day,
        }
        return self.at(AT - timedelta(days=70), "placed", f"person:{person}", new={**new, **values})

    def require(self, number: int = 1, **values: Any) -> Record:
        form = {"id": "drive", "title": "Drive", "course": COURSE, "audience": {"job": ["driver"]}, "effective": None}
        new = {"requirement": "drive", "revision": number, "form": form, "accepted": [NEW]}
        new["validity"] = {"months": 1, "days": 0, "hours": 0}
        values.setdefault("timestamp", instant(AT - timedelta(days=60)))
        new["form"] = {**form, **values.pop("form", {})}
        timestamp = values.pop("timestamp")
        return self.audit("requirement-applied", "requirement:drive", timestamp=timestamp, new={**new, **values})

    def complete(self, person: UUID, at: datetime, *, version: str = NEW, **values: Any) -> Record:
        extensions = {"urn:x-andante:course-version": version, "urn:x-andante:attempt": str(person)}
        values.setdefault("object", {"id": f"{self.iri}/course/{COURSE}"})
        context = values.pop("context", {"extensions": extensions})
        return self.learn(person, "completed", timestamp=instant(at), context=context, **values)

    def answer(self, rows: list[Row], *, given: bool = True, known_at: datetime | None = None) -> dict[str, Any]:
        """The answer with these rows; that it was given is put on record."""
        known_at = known_at or AT + timedelta(days=30)
        question = {"requirement": "drive", "at": instant(AT), "zone": "UTC", "known": "now"}
        question |= {"known_at": instant(known_at), "person": None, "unit": None}
        common = {"requirement": "drive", "moment": cell(AT), "known_at": cell(known_at), "number": "", "because": "x"}
        common |= {"site": "Dublin", "unit": "Line 4", "job": "Driver", "status": "active", "demanded": "yes"}
        empty = dict.fromkeys(COLUMNS)
        whole = [{**empty, "requirement_revision": 1, **common, **row} for row in rows]
        qualified = sum(row["qualified"] == "yes" for row in whole)
        sha256 = hashlib.sha256(table(whole)).hexdigest()
        new = {"what": "bundle", "question": question, "sha256": sha256}
        self.audit("evidence-exported", "requirement:drive", new=new)
        counts = {"listed": len(whole), "qualified": qualified, "not_qualified": len(whole) - qualified}
        told = {"format": "andante-answer/1", "question": question, "title": "Drive", "counts": counts, "scope": {}}
        return {**told, "exclusions": [], "csv_sha256": sha256, "rows": whole}

    def row(
        self, person: UUID, record: Record | None = None, *, qualified: bool = True, **values: Any
    ) -> dict[str, Any]:
        told = {"person": str(person), "name": NAMES[person], "qualified": "yes" if qualified else "no"}
        if record is not None:
            body = json.loads(record.body)
            at = datetime.fromisoformat(body["timestamp"])
            number = [*self.records, *self.waiting].index(record)
            told |= {"completion_record": str(record.id), "record_number": number, "completed_at": cell(at)}
            told |= {"version": body["context"]["extensions"]["urn:x-andante:course-version"], "version_number": 2}
        return {**told, **values}


def cell(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def table(rows: list[Row]) -> bytes:
    """RFC 4180, with the mark that spreadsheets want; what looks like a formula begins with an apostrophe."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for row in rows:
        texts = ["" if row[name] is None else str(row[name]) for name in COLUMNS]
        writer.writerow([f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text for text in texts])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def works() -> tuple[Works, dict[str, Any]]:
    """Ada is qualified; Ben's completion is of an old version; Cleo's expired."""
    log = Works()
    log.require()
    of_ada = log.complete(ADA, AT - timedelta(days=9))
    of_ben = log.complete(BEN, AT - timedelta(days=8), version=OLD)
    of_cleo = log.complete(CLEO, AT - timedelta(days=40))
    log.seal()
    rows = [
        log.row(CLEO, of_cleo, qualified=False, valid_until="2026-11-11T12:00:00+00:00"),
        log.row(BEN, of_ben, qualified=False),
        log.row(ADA, of_ada, valid_until="2026-12-11T12:00:00+00:00"),
    ]
    answer = log.answer(rows)
    log.seal()
    return log, answer


__all__ = ["ADA", "AT", "BEN", "CLEO", "COURSE", "NEW", "OLD", "Works", "works"]
