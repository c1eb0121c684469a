"""A file of stories, read line by line and saved batch by batch; memory stays flat."""

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db import DatabaseError, reset_queries
from django.utils.translation import gettext as _

from .batch import save
from .line import LINE_BYTES, Damaged, Line, read_line
from .terms import licences_by_key

BATCH_LINES = 500
BATCH_BYTES = 8_000_000
REFUSALS = ("22", "23", "54")  # Of SQLSTATE: the value is bad, breaks a constraint, is too large.

Report = Callable[[int, str], None]


@dataclass(frozen=True)
class Remark:
    """What the one who started an import should know about a line that is not damaged."""

    line: int
    source_id: str
    left_over: dict[str, str]  # By field: how many, or why.

    def __str__(self) -> str:
        fields = [f"{name} ({why})" if why else name for name, why in self.left_over.items()]
        where = _("line %(number)d, %(id)s") % {"number": self.line, "id": self.source_id}
        return f"{where}: {', '.join(fields)}" if fields else where


@dataclass
class Outcome:
    """What became of the lines of a file."""

    new: int = 0
    known: int = 0
    damaged: int = 0
    changed: list[Remark] = field(default_factory=list)
    left_over: list[Remark] = field(default_factory=list)


def import_stories(
    file: BinaryIO,
    *,
    default_section: str,
    on_damaged: Report,
    on_read: Callable[[int], object] = lambda size: None,
) -> Outcome:
    """Publish what `file` holds and is not here yet.

    `on_damaged` is told the number of each line that cannot be imported, and why; `on_read` how
    many bytes were dealt with since it was last told.
    """
    outcome = Outcome()
    licences = licences_by_key()

    def report(number: int, sentence: str) -> None:
        outcome.damaged += 1
        on_damaged(number, sentence)

    for batch in batches_of(numbered_lines(file)):
        lines = []
        for number, raw in batch:
            try:
                lines.append(
                    read_line(number, raw, licences=licences, default_section=default_section)
                )
            except Damaged as damage:
                report(number, str(damage))
        _save(lines, outcome, report)
        on_read(sum(len(raw) for _number, raw in batch))
        reset_queries()  # DEBUG keeps the text of each.
    return outcome


def numbered_lines(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers; the rest of one too long is skipped."""
    number = 0
    while raw := file.readline(LINE_BYTES + 1):
        number += 1
        rest = raw
        while len(rest) > LINE_BYTES and not rest.endswith(b"\n"):
            rest = file.readline(LINE_BYTES + 1)
        if number == 1:
            raw = raw.removeprefix(codecs.BOM_UTF8)
        if raw.strip():
            yield number, raw


def batches_of(lines: Iterator[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    """The lines in groups that are neither too many nor too large for one transaction."""
    batch: list[tuple[int, bytes]] = []
    size = 0
    for number, raw in lines:
        batch.append((number, raw))
        size += len(raw)
        if len(batch) == BATCH_LINES or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _save(lines: Sequence[Line], outcome: Outcome, report: Report) -> None:
    """Save the lines in one go, or one by one where the database refuses something in them."""
    try:
        saved = save(lines)
    except DatabaseError as problem:
        if not getattr(problem.__cause__, "sqlstate", "").startswith(REFUSALS):
            raise
        if len(lines) == 1:
            first_line = str(problem).partition("\n")[0]
            report(lines[0].number, _("The database refuses it: %s.") % first_line)
            return
        for line in lines:
            _save([line], outcome, report)
        return
    outcome.new += len(saved.new)
    outcome.known += len(saved.known)
    outcome.changed += [Remark(line.number, line.source_id, {}) for line in saved.changed]
    outcome.left_over += [
        Remark(line.number, line.source_id, line.left_over) for line in saved.new if line.left_over
    ]
