"""One line a step on the console, everything else in a log that is named when something fails."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
ENVIRONMENT = CHECKOUT / ".venv"
LOG = CHECKOUT / "build/setup.log"
STAMPS = ENVIRONMENT / "stamps"
WIDTH = 44
TEMPORARY = Path(os.environ.get("TMPDIR", "/tmp"))  # noqa: S108 (where pip unpacks)
SCARCE = 10 * 10**6  # bytes; programs fail with less, and not all of them say why
MENDABLE = 2  # exit status: something outside has to be mended first


class Failure(Exception):  # noqa: N818 (what a person calls it)
    """A sentence about what is wrong, and one about how to mend it."""


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    """Show what is being done, and then how long it took."""
    started = time.monotonic()
    if sys.stdout.isatty():
        _show(f"  {what:<{WIDTH}}")
    try:
        yield
    except BaseException:
        _show(_line(what, "failed"))
        raise
    _show(_line(what, f"{time.monotonic() - started:5.1f} s"))


def _line(what: str, outcome: str) -> str:
    return f"{chr(13) if sys.stdout.isatty() else ''}  {what:<{WIDTH}} {outcome}\n"


def _show(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def call(command: Sequence[object], *, mend: str, env: Mapping[str, str] | None = None) -> None:
    """
    Run a program quietly.

    :raises Failure: it ended with an error; with its last words, the mend and the place of the whole log
    """
    LOG.parent.mkdir(exist_ok=True)
    words = [str(part) for part in command]
    with LOG.open("ab") as log:
        log.write(f"\n$ {' '.join(words)}\n".encode())
        log.flush()
        start = log.tell()
        try:
            done = subprocess.run(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=CHECKOUT, check=False
            )
        except OSError as error:
            raise Failure(f"{words[0]} cannot be run: {error.strerror}. {mend}") from error
    if done.returncode != 0:
        raise Failure(_explain(words, start, mend))


def _explain(command: list[str], start: int, mend: str) -> str:
    with LOG.open("rb") as log:
        log.seek(start)
        said = log.read().decode(errors="replace")
    if "No space left on device" in said or min(_free().values()) < SCARCE:
        return disk_is_full()
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith(("ERROR:", "E:", "npm error"))]
    words = "\n".join(errors[:3] or lines[-1:] or ["it said nothing"])
    return f"`{' '.join([Path(command[0]).name, *command[1:3]])}` failed: {words}\n{mend} The log is {LOG}."


def disk_is_full() -> str:
    """What to say: by now the program has tidied up after itself, and only the person knows which disk is small."""
    free = ", ".join(f"{size // 10**6} MB for {place}" for place, size in _free().items())
    return f"The disk is full. There should be 2 GB, and free are {free}. Make room and start again."


def _free() -> dict[Path, int]:
    """Bytes, by the folder that programs write to."""
    return {place: shutil.disk_usage(place).free for place in (CHECKOUT, TEMPORARY) if place.is_dir()}


def digest(*parts: object) -> str:
    """Of texts and of the contents of files: stands for all that a step depends on."""
    total = hashlib.sha256()
    for part in parts:
        content = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(f"{len(content)}\n".encode() + content)
    return total.hexdigest()


def is_done(name: str, inputs: str) -> bool:
    """Whether the step of this name was last finished with the same inputs."""
    stamp = STAMPS / name
    return stamp.is_file() and stamp.read_text() == inputs


def mark_done(name: str, inputs: str) -> None:
    """Remember that the step was finished with these inputs."""
    STAMPS.mkdir(exist_ok=True)
    (STAMPS / name).write_text(inputs)


def forget(name: str) -> None:
    """A step that is begun is not done, should it be interrupted."""
    (STAMPS / name).unlink(missing_ok=True)
