"""What changed between two versions of a story, word by word."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

from django.utils.translation import gettext as _

from articles import markup

Kind = Literal["same", "gone", "new"]
Snapshot = dict[str, Any]

# How much is compared at once. Beyond it, paragraphs are told as wholes: the effort grows with
# the square of their length.
MAXIMUM_PARTS = 4_000
MAXIMUM_PAIRS = 400_000

LISTS = ("bylines", "tags", "picks")
WORD = re.compile(r"\s+|\w+|[^\w\s]")
MARKS = (("strong", "*"), ("em", "_"))


@dataclass(frozen=True)
class Piece:
    """Words that both versions have, or only one of them."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Change:
    """A part of a story that differs: its name at the desk and what became of its words."""

    name: str
    label: str
    pieces: list[Piece]

    @property
    def is_list(self) -> bool:
        """Whether each piece is an entry of its own."""
        return self.name in LISTS


def compare(old: Snapshot, new: Snapshot, labels: Labels) -> list[Change]:
    """What differs between two snapshots of a story, in the order of the form."""
    before, after = old.get("fields", {}), new.get("fields", {})
    changes = []
    for name in sorted(before.keys() | after.keys(), key=labels.position):
        values = before.get(name), after.get(name)
        if (values[0] or "") == (values[1] or ""):  # No box ticked, no text, no such field yet.
            continue
        compared = texts if name == "body" else words
        pieces = compared(*(labels.shown(name, value) for value in values))
        changes.append(Change(name, labels.label(name), pieces))
    for name in LISTS:
        entered = old.get(name, []), new.get(name, [])
        if entered[0] != entered[1]:
            pieces = entries(*(labels.listed(name, values) for values in entered))
            changes.append(Change(name, labels.label(name), pieces))
    return changes


def words(old: str, new: str) -> list[Piece]:
    """Two short texts, word by word."""
    return _joined(_word_by_word([old], [new]))


def entries(old: Sequence[str], new: Sequence[str]) -> list[Piece]:
    """Two lists, entry by entry; each piece is one entry."""
    return [Piece(kind, entry) for kind, group in _groups(old, new) for entry in group]


def texts(old: str, new: str) -> list[Piece]:
    """Two sanitised texts, word by word within the paragraphs that differ.

    Links show where they lead, bold and italics as * and _, so that no change stays unseen.
    """
    before, after = ([f"{line}\n" for line in lines_of(body)] for body in (old, new))
    return _joined(_line_by_line(before, after))


def lines_of(body: str) -> list[str]:
    """A sanitised text as plain lines, one for each block, with what a reader could not see."""
    marked = markup.LINK.sub(lambda link: f"{link[2]} ‹{link[1]}›", body)
    for tag, sign in MARKS:
        marked = marked.replace(f"<{tag}>", sign).replace(f"</{tag}>", sign)
    marked = marked.replace("<h2>", "<h2># ").replace("<h3>", "<h3>## ")
    marked = marked.replace("<li>", "<li>• ")
    marked = re.sub(r'<ol start="(\d+)">', rf"<p>[{_('List from')} \1]</p><ol>", marked)
    marked = marked.replace('<p class="link-card">', f"<p>[{_('Link card')}] ")
    marked = marked.replace('<blockquote class="pullquote">', f"<p>[{_('Pull quote')}]</p>")
    marked = marked.replace("<blockquote>", f"<p>[{_('Quotation')}]</p>")
    marked = markup.CANONICAL_FIGURE.sub(
        lambda match: f"<p>[{_('Photo')} {match[1]}] {match[2] or ''}</p>", marked
    )
    return markup.plain_text(marked).splitlines()


def _line_by_line(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    """Blocks that stayed as they are; what became of the words of all others."""
    for operation, old, new in _operations(before, after):
        if operation == "equal":
            yield Piece("same", "".join(old))
        else:
            yield from _word_by_word(old, new)


def _word_by_word(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    before, after = (WORD.findall("".join(lines)) for lines in (old, new))
    if _is_too_much(before, after) and len(old) == len(new) > 1:
        for was, became in zip(old, new, strict=True):
            yield from _word_by_word([was], [became])
        return
    for kind, group in _groups(before, after):
        yield Piece(kind, "".join(group))


def _groups(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[Kind, Sequence[str]]]:
    for operation, old, new in _operations(before, after):
        if operation == "equal":
            yield "same", old
            continue
        if old:
            yield "gone", old
        if new:
            yield "new", new


def _operations(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    """What to do with which parts of both; their like beginnings and ends cost nothing."""
    shorter = min(len(before), len(after))
    start = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    rest = shorter - start
    end = next((i for i in range(rest) if before[-1 - i] != after[-1 - i]), rest)
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    if start:
        yield "equal", before[:start], after[:start]
    if old and new and not _is_too_much(old, new):
        # Blanks alone are never what two versions have in common.
        matcher = SequenceMatcher(str.isspace, old, new, autojunk=False)
        for operation, i, j, k, m in matcher.get_opcodes():
            yield operation, old[i:j], new[k:m]
    elif old or new:
        yield "replace", old, new
    if end:
        yield "equal", before[len(before) - end :], after[len(after) - end :]


def _is_too_much(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether comparing would take long: too many parts, or the same ones again and again."""
    if len(before) + len(after) > MAXIMUM_PARTS:
        return True
    there = Counter(part for part in after if not part.isspace())
    return sum(there[part] for part in before) > MAXIMUM_PAIRS


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """The pieces, those of one kind that follow each other as one."""
    result: list[Piece] = []
    for piece in pieces:
        if result and result[-1].kind == piece.kind:
            piece = Piece(piece.kind, result.pop().text + piece.text)
        result.append(piece)
    return result


class Labels:
    """The words in which people know the fields and records of a snapshot."""

    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        """Names of records are asked for when first needed: a query each for four kinds."""
        from articles.models.copy import copy_fields

        self.snapshots = list(snapshots)
        self.fields = {field.name: field for field in copy_fields()}
        self.order = {name: number for number, name in enumerate(self.fields)}
        self.known: dict[str, Mapping[Any, str]] = {}

    def position(self, name: str) -> int:
        return self.order.get(name, len(self.order))

    def label(self, name: str) -> str:
        """What the desk calls a part of a story; its own name when it is none any more."""
        named = {"bylines": _("Bylines"), "tags": _("Tags"), "picks": _("Related reads")}
        if name in named:
            return named[name]
        field = self.fields.get(name)
        label = str(field.verbose_name) if field else name
        return label[:1].upper() + label[1:]

    def shown(self, name: str, value: Any) -> str:
        """The value of a field in words."""
        if value in (None, ""):
            return ""
        if value is True or value is False:
            return _("yes") if value else _("no")
        if name == "body":
            return self._with_names_of_photos(value)
        if name in ("section", "lead_photo"):
            return self._name(name, value)
        field = self.fields.get(name)
        choices = dict(field.flatchoices) if field and field.choices else {}
        return str(choices.get(value, value))

    def listed(self, name: str, values: Iterable[Any]) -> list[str]:
        """The entries of a list in words."""
        if name == "tags":
            return [str(value) for value in values]
        return [self._name(name, value) for value in values]

    def _name(self, name: str, number: Any) -> str:
        if name not in self.known:
            self.known[name] = _names_of(name, self.snapshots)
        return self.known[name].get(number) or _("no. %(number)s, which is there no longer") % {
            "number": number
        }

    def _with_names_of_photos(self, body: str) -> str:
        """`body`, its figures with the names of their photos before their captions."""

        def named(match: re.Match[str]) -> str:
            name = html.escape(self._name("lead_photo", int(match[1])))
            caption = f"{name} – {match[2]}" if match[2] else name
            return f'<figure data-photo="{match[1]}" data-caption="{caption}"></figure>'

        return markup.CANONICAL_FIGURE.sub(named, body)


def _names_of(name: str, snapshots: list[Snapshot]) -> dict[Any, str]:
    """What the records that snapshots have under `name` are called, by their number."""
    from articles.models import Article, Author, Photo, Section

    sought: dict[str, tuple[Any, list[str], set[Any]]] = {
        "section": (Section, ["name"], _values(snapshots, "section")),
        "lead_photo": (Photo, ["title", "caption"], _photos(snapshots)),
        "bylines": (Author, ["name"], _entries(snapshots, "bylines")),
        "picks": (Article, ["headline"], _entries(snapshots, "picks")),
    }
    model, fields, keys = sought[name]
    numbers = {key for key in keys if isinstance(key, int)}  # What was typed may be anything.
    rows = model.objects.only(*fields).in_bulk(numbers) if numbers else {}
    return {number: str(row) for number, row in rows.items()}


def _values(snapshots: list[Snapshot], name: str) -> set[Any]:
    return {told.get("fields", {}).get(name) for told in snapshots}


def _entries(snapshots: list[Snapshot], name: str) -> set[Any]:
    return {value for told in snapshots for value in told.get(name, [])}


def _photos(snapshots: list[Snapshot]) -> set[Any]:
    bodies = _values(snapshots, "body")
    shown = {number for body in bodies if body for number in markup.photo_ids(body)}
    return _values(snapshots, "lead_photo") | shown
