"""`andante demo tamper`: forge a record in a copy, and let the auditor's verifier find it."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

from andante.cli import surroundings
from andante.cli.installation import carried_folder
from andante.cli.problems import Problem

_RECORD = struct.Struct(">q16shqHI")
"""The head of a record in a bundle: number, id, kind, stored, length of the salt, length of the body."""
_SCORE = re.compile(rb'"scaled":(0\.\d+)')
_COMPLETED = b"http://adlnet.gov/expapi/verbs/completed"
TAMPERED = 1
"""Exit status of the verifier for a log that was changed."""


@dataclass(frozen=True)
class Forgery:
    """What is changed: the score of one completed course."""

    number: int
    score: float


@click.command()
def tamper() -> None:
    """
    Forge a record in a copy of the log, and let the auditor's verifier find it.

    Your own records stay as they are: what is changed is a copy in a temporary folder.
    """
    with tempfile.TemporaryDirectory(prefix="andante-tamper-") as folder:
        true, forged = Path(folder) / "true.zip", Path(folder) / "forged.zip"
        _export(true)
        click.echo("1. A copy of the log, as it is. The verifier says:\n")
        _verify(true)
        forgery = _forge(true, forged)
        click.echo(
            f"\n2. In another copy, record {forgery.number} is changed: a course that somebody completed with "
            f"{forgery.score:.0%} now says 100%. The verifier says:\n"
        )
        found = _verify(forged)
    if found != TAMPERED:
        raise Problem("The verifier did not find the forgery.", mend="Please tell us: this must not happen.")
    click.echo("\nWhoever can write to the database can change a record, but not without it showing like this.")


def _export(path: Path) -> None:
    with surroundings.database():
        surroundings.set_django_up()
        from andante.evidence.operations import export_bundle
        from andante.kernel import clock
        from andante.kernel.principals import system_principal

        export_bundle(path=path, by=system_principal("demo"), at=clock.now())


def _verify(path: Path) -> int:
    verifier = carried_folder("verifier") / "andante_verify.py"
    done = subprocess.run(
        [sys.executable, str(verifier), path.name], cwd=path.parent, check=False, capture_output=True, text=True
    )
    for line in (done.stdout + done.stderr).partition("\nNewest checkpoint:")[0].rstrip().splitlines():
        click.echo(f"   {line}".rstrip())
    return done.returncode


def _forge(true: Path, forged: Path) -> Forgery:
    """Copy a bundle with one score changed: the lowest of a completed course."""
    with zipfile.ZipFile(true) as before:
        forgery = _weakest(before)
        with zipfile.ZipFile(forged, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as after:
            for name in before.namelist():
                with before.open(name) as source, after.open(name, "w", force_zip64=True) as target:
                    if name == "records":
                        for number, head, salt, body in _records(source):
                            target.write(_changed(head, salt, body) if number == forgery.number else head + salt + body)
                    else:
                        shutil.copyfileobj(source, target)
    return forgery


def _weakest(bundle: zipfile.ZipFile) -> Forgery:
    lowest: Forgery | None = None
    with bundle.open("records") as source:
        for number, _head, _salt, body in _records(source):
            score = _SCORE.search(body)
            if score and _COMPLETED in body and (lowest is None or float(score[1]) < lowest.score):
                lowest = Forgery(number, float(score[1]))
    if lowest is None:
        raise Problem(
            "Nobody has completed a course with less than 100% yet.", mend="Wait for the history, or take a course."
        )
    return lowest


def _records(source: IO[bytes]) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    while head := source.read(_RECORD.size):
        number, _id, _kind, _stored, salt, body = _RECORD.unpack(head)
        yield number, head, source.read(salt), source.read(body)


def _changed(head: bytes, salt: bytes, body: bytes) -> bytes:
    forged = _SCORE.sub(b'"scaled":1.0', body, count=1)
    json.loads(forged)  # a forger would see to that, too
    return head[:-4] + struct.pack(">I", len(forged)) + salt + forged
