"""What a line of the log says: where something went wrong, not for whom.

The messages of exceptions quote values, a database's perhaps the whole row of a supporter. Paths
name stories and hold the words of private links. Both are left out, whoever writes the line.
"""

import copy
import logging
import re
import traceback
from typing import Any

SAID_BY_GUNICORN = {
    "Invalid request from": "Invalid request",  # It goes on with an address and what was sent.
    "Error handling request": "Error handling a request",  # With its path and query.
}

TOKEN = re.compile(r"""((?:^|[\s"'])(?:/[a-z-]+)?/preview/)[^/\s?"']+""")


class DiscreetFormatter(logging.Formatter):
    """Lines that name the view in place of the path, and exceptions by their class and place."""

    def format(self, record: logging.LogRecord) -> str:
        record = copy.copy(record)
        record.exc_text = None  # Another handler may have written it out.
        path = getattr(getattr(record, "request", None), "path", None)
        if path and isinstance(record.args, tuple):
            route = _route_of(record)
            record.args = tuple(route if each == path else each for each in record.args)
        return super().format(record)

    def formatException(self, ei: Any) -> str:
        """All that led to the exception, without messages."""
        lines = []
        for error in reversed(_chain(ei[1])):
            lines += ["Traceback (most recent call last):\n"]
            lines += [*traceback.format_tb(error.__traceback__), f"{_name_of(error)}\n"]
        return "".join(lines).rstrip("\n")


class DiscreetGunicorn(logging.Filter):
    """Takes out of gunicorn's own lines what its readers sent."""

    def filter(self, record: logging.LogRecord) -> bool:
        for beginning, said in SAID_BY_GUNICORN.items():
            if str(record.msg).startswith(beginning):
                record.msg, record.args = said, ()
        if record.exc_info and record.exc_info[1]:
            record.exc_text = DiscreetFormatter().formatException(record.exc_info)
        return True


class WithoutTokens(logging.Filter):
    """Takes out of every line what opens a shared preview."""

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        if "/preview/" in told:
            record.msg, record.args = TOKEN.sub(r"\1…", told), ()
        return True


def _route_of(record: logging.LogRecord) -> str:
    match = getattr(record.request, "resolver_match", None)  # type: ignore[attr-defined]
    return f"/{match.route}" if match else "no page of ours"


def _chain(error: BaseException | None) -> list[BaseException]:
    """An exception and what it came of, the last first."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def _name_of(error: BaseException) -> str:
    """The class; of a database's error also its code and the constraint, which say what to do."""
    diagnosis = getattr(error, "diag", None)
    known = [getattr(diagnosis, name, None) for name in ("sqlstate", "constraint_name")]
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return " ".join([name, *(text for text in known if text)])
