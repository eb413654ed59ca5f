"""The virtual environment in .venv, with exactly the packages of requirements/."""

from __future__ import annotations

import importlib.util
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from apt import install
from steps import CHECKOUT, ENVIRONMENT, call, digest, forget, is_done, mark_done, step

PYTHON = ENVIRONMENT / "bin/python"
PIP_MEND = "Is the network there? Settings of pip (PIP_INDEX_URL, PIP_CERT, pip.conf) are respected."


def prepare_environment(*names: str) -> None:
    """
    Create the environment where it is missing, and install what the named requirements say.

    :param names: files of requirements/, without `.txt`
    """
    if not _works():
        _create()
    files = [CHECKOUT / f"requirements/{name}.txt" for name in names]
    for file in files:
        inputs = digest(file, sys.version)
        if is_done(file.stem, inputs):
            continue
        with step(f"Install Python packages ({file.stem})"):
            forget(file.stem)
            command = [PYTHON, "-m", "pip", "install", "--require-hashes", "--disable-pip-version-check"]
            call([*command, "-r", file], mend=PIP_MEND)
        mark_done(file.stem, inputs)
    _link_sources()
    # Where PYTHONDONTWRITEBYTECODE is set, every start would compile all sources anew.
    call([PYTHON, "-m", "compileall", "-q", CHECKOUT / "src"], mend="Mend that file of src/.")


def _works() -> bool:
    """Whether there is one that starts: it may have been moved, or its Python removed."""
    if not PYTHON.exists():
        return False
    question = "import sys, pip; print(ascii(sys.version), sys.prefix)"
    answer = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == f"{sys.version!a} {ENVIRONMENT}"


def _create() -> None:
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        install(f"python3.{sys.version_info.minor}-venv", purpose="Python's venv module is needed")
    with step("Create the virtual environment"):
        if ENVIRONMENT.exists():
            shutil.rmtree(ENVIRONMENT)
        call([sys.executable, "-m", "venv", ENVIRONMENT], mend="Is there room on the disk?")


def _link_sources() -> None:
    """Let the environment find our sources in place, and the command `andante`."""
    paths = {"base": str(ENVIRONMENT), "platbase": str(ENVIRONMENT)}
    packages = sysconfig.get_path("purelib", "venv", vars=paths)
    Path(packages, "andante-checkout.pth").write_text(f"{CHECKOUT / 'src'}\n")
    command = ENVIRONMENT / "bin/andante"
    # Read by sh, then by Python: in a first line of its own, the path could hold no space.
    start = f"#!/bin/sh\n'''exec' {shlex.quote(str(PYTHON))} \"$0\" \"$@\"\n' '''\n"
    text = f"{start}from andante.cli.main import main\n\nmain()\n"
    if not command.exists() or command.read_text() != text:
        command.write_text(text)
        command.chmod(0o755)
