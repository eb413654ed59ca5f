"""Structured logs: one event a line, for people on the console or as JSON for machines."""

import logging
import logging.config
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class OneLine(logging.Filter):
    """
    A request to another host than ours, as one warning without a traceback.

    Whoever scans addresses sends them by the thousand; what Django logs of each would bury everything else.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record, and let it pass."""
        if "host" in record.__dict__:
            return True  # shortened already: logging may be configured twice
        request = record.__dict__.pop("request", None)
        record.msg, record.args = "refused: another host", None
        record.levelno, record.levelname = logging.WARNING, "WARNING"
        record.exc_info = record.exc_text = None
        record.host = "" if request is None else ascii(request.META.get("HTTP_HOST", ""))[:100]
        return True


def logging_settings(form: str) -> dict[str, Any]:
    """
    The standard library's logging configuration.

    :param form: `console` or `json`
    """
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *([structlog.processors.dict_tracebacks] if form == "json" else []),
                    renderer,
                ],
                "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder()],
            }
        },
        "filters": {"one line": {"()": OneLine}, "outage": {"()": "andante.config.outages.Outage"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            "django": {"level": "WARNING"},
            "django.request": {"level": "ERROR", "filters": ["outage"]},
            "django.security.DisallowedHost": {"filters": ["one line"]},
            "procrastinate": {"level": "WARNING"},
            # Each of its tries to connect anew: whoever needs a connection says so once.
            "psycopg.pool": {"level": "ERROR"},
        },
    }


def configure_logs(settings: dict[str, Any]) -> None:
    """Switch the logs on; called once by each process."""
    logging.config.dictConfig(settings)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
