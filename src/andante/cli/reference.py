"""
The pages of docs/reference that are written from the code: settings, commands, addresses.

`make docs` writes them; a test compares them, so they cannot fall behind.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

GENERATED = "<!-- Written by `make docs` from the code. Change it there. -->\n"


def pages() -> dict[str, Callable[[], str]]:
    """File names in docs/reference, and what writes each. Django must be set up."""
    return {"settings.md": settings_page, "commands.md": commands_page, "routes.md": routes_page}


def settings_page() -> str:
    """Every environment variable that Andante reads."""
    from andante.kernel.environment import SETTINGS

    rows = [
        (f"`{setting.name}`", setting.meaning + (" Secret." if setting.secret else ""), setting.default)
        for setting in SETTINGS
    ]
    return (
        f"{GENERATED}\n# Settings\n\n"
        "Andante is set up by environment variables alone. Each is checked at the start; a value that cannot work,\n"
        "or a name that begins with `ANDANTE_` and is none of these, stops the start with a sentence and status 2.\n"
        "`andante doctor` explains what is wrong.\n\n"
        f"{_table(('name', 'meaning', 'when it is not set'), rows)}"
    )


def commands_page() -> str:
    """Every command, as `--help` shows it."""
    from andante.cli.main import COMMANDS

    introduction = (
        f"{GENERATED}\n# Commands\n\n"
        "In a checkout they are in `.venv/bin`. Exit status: 0 all is well, 1 the command found something,\n"
        "2 something outside has to be mended first.\n"
    )
    parts = [introduction]
    for name, entry in COMMANDS.items():
        command = getattr(importlib.import_module(entry.module), entry.attribute)
        for path, found in _commands((name,), command):
            parts.append(f"\n## andante {' '.join(path)}\n\n```\n{_help(path, found)}\n```\n")
    return "".join(parts)


def _commands(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in sorted(command.commands.items()):
            yield from _commands((*path, name), below)


def _help(path: tuple[str, ...], command: click.Command) -> str:
    context = click.Context(command, info_name=f"andante {' '.join(path)}", terminal_width=100, max_content_width=100)
    return "\n".join(line.rstrip() for line in command.get_help(context).splitlines())


def routes_page() -> str:
    """Every address of both hosts, and who may open it."""
    from django.conf import settings
    from django.urls import get_resolver

    introduction = (
        f"{GENERATED}\n# Addresses, and who may open them\n\n"
        "Every view declares for whom it is; one that declares nothing is refused to everybody.\n"
    )
    parts = [introduction]
    for title, urlconf in (
        ("The application's host (`ANDANTE_BASE_URL`)", settings.ROOT_URLCONF),
        ("The content host (`ANDANTE_CONTENT_URL`)", settings.CONTENT_URLCONF),
    ):
        rows = sorted(_routes("/", get_resolver(urlconf).url_patterns))
        parts.append(f"\n## {title}\n\n{_table(('address', 'name', 'for'), rows)}")
    return "".join(parts)


def _routes(prefix: str, patterns: Iterable[object]) -> Iterator[tuple[str, str, str]]:
    from django.urls import URLPattern, URLResolver

    from andante.people import policy

    for pattern in patterns:
        where = prefix + str(getattr(pattern, "pattern", "")).removeprefix("^").removesuffix(r"\Z").removesuffix("$")
        if isinstance(pattern, URLResolver):
            yield from _routes(where, pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            found = policy.declared(pattern.callback)
            roles = ", ".join(sorted(found.roles)) if found else ""
            yield f"`{where}`", pattern.name or "", (roles or found.audience.value) if found else "nobody"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)


def main(folder: Path) -> None:
    """Write all pages."""
    for name, page in pages().items():
        (folder / name).write_text(page())


if __name__ == "__main__":
    from andante.cli.surroundings import set_django_up

    set_django_up()
    main(Path(sys.argv[1]))
