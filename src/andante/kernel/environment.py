"""
The settings: read from environment variables only, each documented here, each checked at start.

`SETTINGS` is the single list. The reference page on settings is tested against it, `andante doctor` explains
it.
"""

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from andante.kernel.witness_key import WitnessKey


class SettingInvalid(Exception):  # noqa: N818 - errors are facts
    """A setting has a value that cannot work: says which, why, and the mend."""

    def __init__(self, name: str, problem: str, mend: str) -> None:
        super().__init__(f"{name} {problem}. {mend}")
        self.name = name
        self.problem = problem
        self.mend = mend


@dataclass(frozen=True)
class Setting:
    """One environment variable: its name, what it is for, and what stands when it is not set."""

    name: str
    meaning: str
    default: str
    secret: bool = False


SETTINGS = (
    Setting(
        "DATABASE_URL",
        "PostgreSQL 15 or newer, signing in as the application: postgresql://user:password@host:port/name. "
        "Without it, Andante starts the embedded server.",
        "the embedded server",
        secret=True,
    ),
    Setting(
        "DATABASE_OWNER_URL",
        "The same database, signing in as the owner of its tables. Used by migrations, and to archive a month.",
        "the embedded server",
        secret=True,
    ),
    Setting(
        "DATABASE_SEALER_URL",
        "The same database, signing in as the sealer: the only role that may move records into the sealed tree.",
        "the embedded server",
        secret=True,
    ),
    Setting(
        "ANDANTE_DATA_DIR",
        "Folder for keys, logs, outgoing mail, built pages and the embedded database.",
        "a folder of this checkout under the user's data folder",
    ),
    Setting("ANDANTE_PORT", "Port that the web server listens on.", "8000"),
    Setting(
        "ANDANTE_BIND",
        "Address that the web server listens on. 127.0.0.1 is this machine only.",
        "127.0.0.1",
    ),
    Setting("ANDANTE_BASE_URL", "Address that people open. With https, cookies are secure.", "http://localhost:PORT"),
    Setting(
        "ANDANTE_CONTENT_URL",
        "Address that course media and uploads are served from. Must be another host than ANDANTE_BASE_URL.",
        "http://127.0.0.1:PORT",
    ),
    Setting(
        "ANDANTE_LOG_IRI",
        "Name of the record log in every statement, fixed at first start. An address that you will keep.",
        "ANDANTE_BASE_URL/log",
    ),
    Setting("ANDANTE_DEMO", "1 loads the demonstration and offers its one-click sign-ins, on this machine only.", "0"),
    Setting("ANDANTE_IDLE_MINUTES", "Minutes without a request after which a sign-in ends.", "30"),
    Setting(
        "ANDANTE_SECRET_KEY",
        "Secret that signs cookies and links, 50 characters or more. Without it, one is made and kept in "
        "ANDANTE_DATA_DIR.",
        "made at first start",
        secret=True,
    ),
    Setting("ANDANTE_WEB_PROCESSES", "Number of web processes.", "the number of processors, at most 4"),
    Setting("ANDANTE_SMTP_URL", "Mail server: smtp://user:password@host:port, or smtps:// for TLS from the start, "
            "or smtp+starttls://. Without it, mail is written to ANDANTE_DATA_DIR/outbox.", "none", secret=True),
    Setting("ANDANTE_MAIL_FROM", "Sender of mail.", "Andante <andante@localhost>"),
    Setting(
        "ANDANTE_WITNESS_FILE",
        "File on another host (a mounted share) to which the newest checkpoint is added. Make it empty; it is never "
        "created, so that a share which is not mounted shows.",
        "none",
    ),
    Setting(
        "ANDANTE_WITNESS_URL",
        "Address of a witness that speaks C2SP tlog-witness, such as http://witness.example.org:8766.",
        "none",
    ),
    Setting("ANDANTE_WITNESS_KEY", "Public key of that witness, as it prints it: NAME+ID+KEY.", "none"),
    Setting(
        "ANDANTE_WITNESS_EVERY",
        "Seconds between two times that the witnesses are shown the newest checkpoint.",
        "300",
    ),
    Setting(
        "ANDANTE_VERIFY_EVERY",
        "Hours from the start of one verification of the whole database to that of the next, in the background.",
        "24",
    ),
    Setting(
        "ANDANTE_ARCHIVES",
        "Folder in which `andante verify`, also in the background, looks for the archives of months, `*.zip`.",
        "none",
    ),
    Setting("ANDANTE_LOG_FORMAT", "`console` for people, `json` for machines.", "console"),
)  # fmt: skip
"""Every environment variable that Andante reads."""

SETTINGS_BY_NAME = {setting.name: setting for setting in SETTINGS}


@dataclass(frozen=True)
class Environment:
    """
    The checked settings. `data_dir` and the database addresses are None until the embedded server fills them
    in.
    """

    database_url: str | None
    database_owner_url: str | None
    database_sealer_url: str | None
    data_dir: Path | None
    port: int
    bind: str
    base_url: str
    content_url: str
    log_iri: str
    demo: bool
    idle_minutes: int
    secret_key: str | None
    web_processes: int
    smtp_url: str | None
    mail_from: str
    witness_file: Path | None
    witness_url: str | None
    witness_key: WitnessKey | None
    witness_every: int
    verify_every: int
    archives: Path | None
    log_format: str

    @property
    def secure(self) -> bool:
        """Whether people reach us by https, so that cookies must be secure."""
        return self.base_url.startswith("https://")

    @property
    def base_host(self) -> str:
        return _host(self.base_url)

    @property
    def content_host(self) -> str:
        return _host(self.content_url)

    @classmethod
    def read(cls, source: Mapping[str, str] = os.environ) -> "Environment":
        """
        Read and check all settings.

        :raises SettingInvalid: names the variable, what is wrong and the mend
        """
        _refuse_unknown(source)
        port = _integer(source, "ANDANTE_PORT", default=8000, least=1, most=65535)
        base_url = _address(source, "ANDANTE_BASE_URL", default=f"http://localhost:{port}")
        content_url = _address(source, "ANDANTE_CONTENT_URL", default=f"http://127.0.0.1:{port}")
        if _host(base_url) == _host(content_url):
            raise SettingInvalid(
                "ANDANTE_CONTENT_URL",
                f"has the same host as ANDANTE_BASE_URL ({_host(base_url)})",
                "Course files must come from another host, so that they never share a sign-in: give it one of its own.",
            )
        witness_url, witness_key = _witness(source)
        return cls(
            database_url=_database(source, "DATABASE_URL"),
            database_owner_url=_database(source, "DATABASE_OWNER_URL"),
            database_sealer_url=_database(source, "DATABASE_SEALER_URL"),
            data_dir=_path(source, "ANDANTE_DATA_DIR"),
            port=port,
            bind=_ip(source, "ANDANTE_BIND", default="127.0.0.1"),
            base_url=base_url,
            content_url=content_url,
            log_iri=_address(source, "ANDANTE_LOG_IRI", default=f"{base_url}/log"),
            demo=_flag(source, "ANDANTE_DEMO"),
            idle_minutes=_integer(source, "ANDANTE_IDLE_MINUTES", default=30, least=1, most=24 * 60),
            secret_key=_secret(source),
            web_processes=_integer(
                source, "ANDANTE_WEB_PROCESSES", default=min(os.cpu_count() or 1, 4), least=1, most=64
            ),
            smtp_url=_smtp(source),
            mail_from=_mail_from(source),
            witness_file=_path(source, "ANDANTE_WITNESS_FILE"),
            witness_url=witness_url,
            witness_key=witness_key,
            witness_every=_integer(source, "ANDANTE_WITNESS_EVERY", default=300, least=5, most=24 * 3600),
            verify_every=_integer(source, "ANDANTE_VERIFY_EVERY", default=24, least=1, most=31 * 24),
            archives=_path(source, "ANDANTE_ARCHIVES"),
            log_format=_choice(source, "ANDANTE_LOG_FORMAT", ("console", "json")),
        )


def _host(address: str) -> str:
    """The host's name, without the dot that may end it: in the language of DNS that is the same name."""
    return (urlsplit(address).hostname or "").removesuffix(".")


def _refuse_unknown(source: Mapping[str, str]) -> None:
    for name in sorted(source):
        if name.startswith("ANDANTE_") and name not in SETTINGS_BY_NAME:
            raise SettingInvalid(name, "is not a setting of Andante", "See docs/reference/settings.md, or unset it.")


def _path(source: Mapping[str, str], name: str) -> Path | None:
    text = source.get(name)
    if text and not Path(text).is_absolute():
        raise SettingInvalid(name, f"is not an absolute path: {text}", "Begin it with a slash.")
    return Path(text) if text else None


def _integer(source: Mapping[str, str], name: str, *, default: int, least: int, most: int) -> int:
    text = source.get(name)
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
        raise SettingInvalid(name, f"is {text!r}", f"Give a whole number from {least} to {most}.")
    return int(text)


def _flag(source: Mapping[str, str], name: str) -> bool:
    text = source.get(name, "")
    if text not in {"", "0", "1"}:
        raise SettingInvalid(name, f"is {text!r}", "Give 1 for yes or 0 for no.")
    return text == "1"


def _choice(source: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    text = source.get(name) or choices[0]
    if text not in choices:
        raise SettingInvalid(name, f"is {text!r}", f"Give one of: {', '.join(choices)}.")
    return text


def _ip(source: Mapping[str, str], name: str, *, default: str) -> str:
    text = source.get(name) or default
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        raise SettingInvalid(name, f"is {text!r}", "Give an IP address, such as 127.0.0.1 or 0.0.0.0.") from None


def _usable(name: str, text: str, check: Callable[[Any], bool], mend: str) -> str:
    """The text itself, if it is an address with a host for which `check` holds."""
    try:
        parts = urlsplit(text)
        fine = bool(parts.hostname) and parts.port != 0 and check(parts)
    except ValueError:
        fine = False
    if not fine:
        raise SettingInvalid(name, "is not an address that can be used", mend)
    return text


def _address(source: Mapping[str, str], name: str, *, default: str) -> str:
    text = (source.get(name) or default).rstrip("/")
    return _usable(
        name,
        text,
        lambda parts: parts.scheme in {"http", "https"} and not parts.query and not parts.fragment,
        "Give one such as https://learn.example.org, without a query.",
    )


def _database(source: Mapping[str, str], name: str) -> str | None:
    text = source.get(name)
    if not text:
        return None
    if not text.startswith(("postgresql://", "postgres://")):
        raise SettingInvalid(name, "is not a PostgreSQL address", "Give postgresql://user:password@host:port/name.")
    return text


def _smtp(source: Mapping[str, str]) -> str | None:
    text = source.get("ANDANTE_SMTP_URL")
    if not text:
        return None
    return _usable(
        "ANDANTE_SMTP_URL",
        text,
        lambda parts: parts.scheme in {"smtp", "smtps", "smtp+starttls"},
        "Give smtp://user:password@host:port, smtps:// or smtp+starttls://.",
    )


def _witness(source: Mapping[str, str]) -> tuple[str | None, WitnessKey | None]:
    """Address and key: without the key, anybody could answer in the witness' place."""
    url, key = source.get("ANDANTE_WITNESS_URL"), source.get("ANDANTE_WITNESS_KEY")
    if bool(url) != bool(key):
        name, other = ("KEY", "URL") if url else ("URL", "KEY")
        raise SettingInvalid(
            f"ANDANTE_WITNESS_{name}", f"is not set, but ANDANTE_WITNESS_{other} is", "Set both, or neither."
        )
    if not url or not key:
        return None, None
    mend = "Give one such as https://witness.example.org, without a query, a user or a password."
    _usable(
        "ANDANTE_WITNESS_URL",
        url,
        lambda parts: parts.scheme in {"http", "https"} and not (parts.query or parts.fragment or parts.username),
        mend,
    )
    try:
        return url.rstrip("/"), WitnessKey.parse(key.strip())
    except ValueError:
        raise SettingInvalid(
            "ANDANTE_WITNESS_KEY", "is not the public key of a witness", "Copy the line that the witness prints."
        ) from None


def _mail_from(source: Mapping[str, str]) -> str:
    text = source.get("ANDANTE_MAIL_FROM") or "Andante <andante@localhost>"
    if "@" not in parseaddr(text)[1]:
        raise SettingInvalid("ANDANTE_MAIL_FROM", "holds no e-mail address", "Give: Name <name@example.org>.")
    return text


def _secret(source: Mapping[str, str]) -> str | None:
    text = source.get("ANDANTE_SECRET_KEY")
    if text and len(text) < 50:
        raise SettingInvalid("ANDANTE_SECRET_KEY", "is too short", "Give 50 random characters or more.")
    return text or None
