"""Logs: one line a fact, as `key=value`, with ids and never a name, a number or words that somebody said."""

import logging
import re
import sys
from typing import Final

import structlog
from structlog.typing import EventDict

QUIET: Final = {
    "apscheduler": logging.WARNING,  # it reports every run of every sweep
    "mail": logging.ERROR,
    "twilio": logging.WARNING,  # it writes numbers into its INFO lines
    "urllib3": logging.WARNING,
    "waitress": logging.WARNING,
    "waitress.queue": logging.ERROR,
}


def configure() -> None:
    """Send every line of this process to standard error in one form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(one_line())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(level)


def one_line() -> logging.Formatter:
    """The form of a line, whoever writes it: ours and the libraries' alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso"),
        ],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            hide_rows,
            hide_odd_ids,
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "logger", "event"]),
        ],
    )


_AN_ID: Final = re.compile(r"[\w-]{1,64}")
_ROW = re.compile(r"DETAIL:.*?(?=\n\[SQL|\n\nThe above|\Z)", re.DOTALL)

_REACHES_SOMEBODY = re.compile(r"[\w.+'-]+@[\w-]+\.[\w.-]+|(?<![\w.-])(?:\+|00)?(?:44|0)[1-9]\d{8,9}(?![\w.])")


def hide_rows(_logger: object, _method: str, line: EventDict) -> EventDict:
    """PostgreSQL quotes the row that it refuses, with the number and the words of whoever it is about."""
    if "exception" in line:
        told = _ROW.sub("DETAIL: hidden", str(line["exception"]))
        line["exception"] = _REACHES_SOMEBODY.sub("hidden", told)  # a library quotes what it could not take
    return line


def hide_odd_ids(_logger: object, _method: str, line: EventDict) -> EventDict:
    """The ids of calls and texts come from outside: what is none may be anything, and is not repeated."""
    for key, value in line.items():
        if key.endswith("_sid") and not _AN_ID.fullmatch(str(value)):
            line[key] = "hidden"
    return line
