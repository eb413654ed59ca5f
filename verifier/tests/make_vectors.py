"""
Makes the golden files of docs/reference/vectors: `python -m verifier.tests.make_vectors FOLDER`.

They follow from a seed, so making them again gives the same bytes. What they say is frozen: a later format adds files,
it never changes these.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from verifier.tests import atoms, cases_1, cases_2, extract_cases
from verifier.tests.cases import Case
from verifier.tests.extract_cases import ExtractCase
from verifier.tests.small_log import write_zip


def write_case(folder: Path, case: Case) -> tuple[str, dict[str, Any]]:
    """Write the files of a case, and say what it is."""
    path = folder / case.kind / f"{case.name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_zip(path, case.members or {})
    path.write_bytes(path.read_bytes()[: path.stat().st_size - case.lost])
    if case.own is not None:
        path.with_suffix(".checkpoint.txt").write_bytes(case.own)
    for number, data in enumerate(case.archives, 1):
        path.with_suffix(f".archive-{number}.zip").write_bytes(data)
    told: dict[str, Any] = {"about": case.about, "status": case.status, "names": list(case.names)}
    told["checkpoint"] = case.own is not None
    if case.witness:
        told["witness"] = case.witness
    if case.archives:
        told["archives"] = len(case.archives)
    if case.answer is not None:
        told["answer"] = True
        text = json.dumps(case.answer, indent=1, ensure_ascii=False) + "\n"
        path.with_suffix(".answer.json").write_text(text, encoding="utf-8")
    return f"{case.kind}/{case.name}", told


def write_extract(folder: Path, case: ExtractCase) -> tuple[str, dict[str, Any]]:
    """Write the files of an extract's case, and say what it is."""
    kind = {0: "good", 1: "tampered", 2: "incomplete"}[case.status]
    path = folder / kind / f"{case.name}.json"
    path.write_bytes(case.data)
    if case.own is not None:
        path.with_suffix(".checkpoint.txt").write_bytes(case.own)
    told: dict[str, Any] = {"about": case.about, "status": case.status, "names": list(case.names)}
    told["checkpoint"] = case.own is not None
    if case.witness:
        told["witness"] = case.witness
    return f"{kind}/{case.name}", told


def make(folder: Path) -> None:
    """Write everything; the folder may hold an earlier make of it."""
    with tempfile.TemporaryDirectory() as name:
        bundles = [*cases_1.cases(), *cases_2.cases(Path(name))]
    told = dict(write_case(folder, case) for case in bundles)
    extracts = dict(write_extract(folder, case) for case in extract_cases.cases())
    for name, content in (
        ("bundles", told),
        ("extracts", extracts),
        ("atoms", atoms.atoms()),
        ("atoms-2", atoms.atoms_2()),
    ):
        text = json.dumps(content, indent=1, ensure_ascii=name == "bundles") + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
