"""
What an auditor is handed: one archive with the answer, the whole log as a bundle, the verifier, and what to do.

The bundle stands in it as a file of its own, unpacked first: its format knows no other members.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import UUID

import andante
from andante.evidence import tables
from andante.evidence.bundle import Written
from andante.evidence.queries import Answer, exclusions, scope_sentence
from andante.ledger.queries import key_fingerprint

BUNDLE, CSV, JSON, README, VERIFIER = "records.zip", "answer.csv", "answer.json", "README.txt", "andante_verify.py"


@dataclass(frozen=True)
class Contents:
    """What goes into an archive. `record` says that it was handed out; `key` is the log's."""

    answer: Answer
    table: bytes
    record: UUID
    key: str
    written: Written


def pack(contents: Contents, *, bundle: IO[bytes]) -> IO[bytes]:
    """Write the archive into a temporary file that nobody else can open, and return it, open at its beginning."""
    sha256 = hashlib.sha256(contents.table).hexdigest()
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - whoever asked for it closes it
    try:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            archive.writestr(README, _readme(contents, sha256))
            archive.writestr(CSV, contents.table)
            said = [scope_sentence(contents.answer), *exclusions(contents.answer)]
            archive.writestr(JSON, tables.as_json(contents.answer, sha256=sha256, exclusions=said))
            archive.write(verifier(), VERIFIER)
            # Packed already.
            info = zipfile.ZipInfo(BUNDLE)
            info.external_attr = 0o600 << 16
            bundle.seek(0)
            with archive.open(info, "w", force_zip64=True) as member:
                shutil.copyfileobj(bundle, member, 1 << 20)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def length(file: IO[bytes]) -> int:
    """Return how many bytes the file has, and leave it at its beginning."""
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    return end


def verifier() -> Path:
    """Where the verifier stands: in a checkout at its top, in a wheel inside the package."""
    package = Path(andante.__file__).resolve().parent
    carried = package / "carried" / "verifier" / VERIFIER
    return carried if carried.exists() else package.parent.parent / "verifier" / VERIFIER


def _readme(contents: Contents, sha256: str) -> str:
    answer, written = contents.answer, contents.written
    said = "\n".join(f"- {sentence}" for sentence in exclusions(answer))
    return f"""\
Who was qualified for "{answer.title}" ({answer.question.requirement})?

Asked about  {answer.question.at.isoformat(timespec="seconds")} (shown in {answer.question.zone})
Answer       {answer.qualified} of {len(answer.rows)} were qualified
{scope_sentence(answer)}
{said}

What is here
  {CSV}         the answer as a table; times have their distance from UTC
  {JSON}        the same, with the question and who is not in the list
  {BUNDLE}        the whole log of records, as a bundle that proves that nothing was changed
  {VERIFIER}  checks the bundle: one file, Python 3.8 or newer, nothing is sent anywhere

It holds personal data; treat it so.

What to do
1. Unpack this archive.
2. Run     python3 {VERIFIER} {BUNDLE} --answer {JSON}
   The first word of what it prints is the answer. It derives from the records who was qualified, and compares every
   row. Better still, take the verifier from where it is published.
3. Compare the fingerprint that it prints with the one that you were told by another way.
   This archive says: {key_fingerprint(contents.key)}
4. The table belongs to these records if its SHA-256 is the one in the record that says it was handed out.
   Record     {contents.record}
   SHA-256    {sha256}
   Compare    sha256sum {CSV}
   In the bundle, the record's text holds this number; records: {written.size} sealed, {written.waiting} waiting.
"""
