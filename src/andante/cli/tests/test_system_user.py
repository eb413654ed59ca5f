"""The user that PostgreSQL runs as, made by several starts at once on a machine that never had it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from andante.cli.embedded_postgres.system_user import NAME

SOURCES = Path(__file__).parents[3]

ASK = """
import os
from andante.cli.embedded_postgres.system_user import server_user
os.write(1, b"%d " % server_user().uid)
"""
# In a mount namespace with an /etc of its own, so that the machine's own users stay as they are.
SCRIPT = f"""
set -e
mount --bind "$1" /etc
for number in 1 2 3 4 5 6; do "$2" -c "$3" & done
wait
getent passwd {NAME} | cut -d: -f3
"""


@pytest.fixture
def etc(tmp_path: Path) -> Path:
    if os.geteuid() != 0:
        pytest.skip("only root makes users")
    if shutil.which("unshare") is None or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        pytest.skip("this machine allows no mount namespace")
    folder = tmp_path / "etc"
    folder.mkdir()
    for name in ("passwd", "group", "shadow", "gshadow"):
        lines = Path("/etc", name).read_text().splitlines(keepends=True)
        (folder / name).write_text("".join(line for line in lines if not line.startswith(f"{NAME}:")))
        (folder / name).chmod(0o600)
    for name in ("login.defs", "nsswitch.conf", "ld.so.cache", "ld.so.conf"):
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), folder / name)
    return folder


@pytest.mark.slow
class TestSeveralFirstStartsAtOnce:
    def test_agree_on_one_user(self, etc):
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", SCRIPT, "sh", str(etc), sys.executable, ASK],
            env={**os.environ, "PYTHONPATH": str(SOURCES)},
            capture_output=True,
            text=True,
            check=False,
        )

        numbers = done.stdout.split()
        assert (len(numbers), len(set(numbers))) == (7, 1), done.stdout + done.stderr
