"""Two saves of one story: what differs between them, and what whoever comes second chose.

A save is compared with the version its form was loaded with, as the history has it. What only
one side changed is proposed, what both changed has to be chosen; nothing is merged unseen, for
words that two people changed apart may not go together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from django import forms
from django.http import QueryDict

from articles import differences
from articles.differences import Labels, Piece
from articles.models import Article, Revision
from articles.models.copy import copy_fields
from articles.models.snapshot import plain

from .rows import ROWS, records_in_rows, rows_as_sent
from .typed import CHOICE, Sent, as_sent, harmless

Side = Literal["mine", "theirs"]
Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Choice:
    """A field of which there are two texts."""

    name: str
    label: str
    mine: list[Piece]
    theirs: list[Piece]
    changed_by: Literal["me", "others", "both"]

    @property
    def proposed(self) -> Side | None:
        """The side that alone changed the field."""
        sides: dict[str, Side | None] = {"me": "mine", "others": "theirs", "both": None}
        return sides[self.changed_by]


@dataclass(frozen=True)
class Conflict:
    """A text that cannot be saved before its author has seen what others saved meanwhile."""

    version: str
    choices: list[Choice]
    saves: list[Revision]  # What was saved meanwhile, newest first.


def version_of(article: Article) -> str:
    """What tells one save of a story from the next."""
    return article.saved_at.isoformat()


def newest_revision_of(article: Article) -> int | None:
    """The number of a story's newest revision; one query unless it was loaded with the story."""
    if hasattr(article, "newest_revision"):
        number: int | None = article.newest_revision
        return number
    return article.revisions.values_list("pk", flat=True).first()


def conflict_of(data: QueryDict, saved: Any) -> Conflict | None:
    """How what was sent differs from the form `saved` of the story as it stands.

    None when nobody else has changed anything since `data` was loaded.
    """
    article: Article = saved.instance
    number = data.get("loaded_revision", "")
    loaded = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
    base = article.revisions.filter(pk=loaded).values_list("snapshot", flat=True).first()
    choices = choices_between(data, saved, base)
    if all(choice.changed_by == "me" for choice in choices):
        return None
    saves = article.revisions.filter(pk__gt=loaded).defer("snapshot").select_related("by")
    return Conflict(version_of(article), choices, list(saves[:10]))


def choices_between(data: QueryDict, saved: Any, base: Snapshot | None = None) -> list[Choice]:
    """Field by field what was typed beside what is saved; equal fields are left out."""
    mine, theirs = snapshot_of_sent(data, saved), plain(saved.instance.snapshot())
    labels = Labels([mine, theirs])
    choices = []
    for name in [*(field.name for field in copy_fields()), "bylines", "tags", "picks"]:
        values = [_value(snapshot, name) for snapshot in (mine, theirs, base)]
        if values[0] != values[1]:
            old, new = (_shown(snapshot, name, labels) for snapshot in (theirs, mine))
            pieces = _compared(name, old, new)
            choices.append(_choice(name, labels.label(name), pieces, _changed_by(values, base)))
    sent = as_sent(saved)
    for name in _of_the_desk(saved):
        old, new = (
            " ".join(" ".join(source.get(part, [])) for part in sent[name])
            for source in (sent[name], dict(data.lists()))
        )
        if old != new:
            pieces = differences.words(
                *(_in_words(saved.fields[name], each) for each in (old, new))
            )
            label = str(saved.fields[name].label)
            choices.append(_choice(name, label, pieces, "both"))  # The history has no base of it.
    return choices


def settled(data: QueryDict, saved: Any) -> QueryDict | None:
    """What was sent, with the other side's fields where its author chose them.

    None unless the choice was made over the very version that is saved now, and for all fields.
    """
    if data.get("overwrite") != version_of(saved.instance):
        return None
    result = data.copy()
    theirs = as_sent(saved)
    for choice in choices_between(data, saved):
        side = data.get("all") or data.get(CHOICE + choice.name)
        if side not in {"mine", "theirs"}:
            return None
        if side == "theirs":
            _take(result, choice.name, theirs, saved.instance)
    result["loaded_version"] = version_of(saved.instance)
    result["loaded_revision"] = str(saved.initial["loaded_revision"])
    return result


def snapshot_of_sent(data: QueryDict, form: Any) -> Snapshot:
    """What was typed, in the terms of the history; fields that were not asked for stay."""
    there = plain(form.instance.snapshot())
    for field in copy_fields():
        if field.name in form.fields:
            there["fields"][field.name] = _typed(data, field.name, form.fields[field.name])
    picked = set(there["picks"])
    for prefix in ROWS:
        there[prefix] = records_in_rows(data, prefix)
    there["picks"] = _without_secrets(there["picks"], picked, form)
    if "tags" in form.fields:
        there["tags"] = sorted(form.fields["tags"].to_python(data.getlist("tags")))
    return there


def _without_secrets(typed: list[int], picked: set[int], form: Any) -> list[int]:
    """The picks that are there already, or that the form's owner may make: a page names them."""
    new = set(typed) - picked
    known = set(form.pickable.filter(pk__in=new).values_list("pk", flat=True)) if new else set()
    return [number for number in typed if number in picked | known]


def _typed(data: QueryDict, name: str, field: forms.Field) -> Any:
    text = data.get(name, "")
    if isinstance(field, forms.BooleanField):
        return name in data
    if name == "body":
        return harmless(text)
    if isinstance(field, forms.ModelChoiceField):
        return int(text) if text.isascii() and text.isdigit() else text or None
    return text


def _value(snapshot: Snapshot | None, name: str) -> Any:
    if snapshot is None:
        return None
    value = snapshot[name] if name in snapshot else snapshot["fields"].get(name)
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    return value or ""  # Nothing at all, an empty text and an unticked box look the same.


def _changed_by(values: list[Any], base: Snapshot | None) -> Literal["me", "others", "both"]:
    mine, theirs, before = values
    if base is None or before not in (mine, theirs):
        return "both"
    return "me" if theirs == before else "others"


def _shown(snapshot: Snapshot, name: str, labels: Labels) -> Any:
    if name in snapshot:
        return labels.listed(name, snapshot[name])
    return labels.shown(name, snapshot["fields"].get(name)).replace("\r\n", "\n")


def _compared(name: str, old: Any, new: Any) -> list[Piece]:
    if isinstance(old, list):
        return [Piece(piece.kind, piece.text + "\n") for piece in differences.entries(old, new)]
    return (differences.texts if name == "body" else differences.words)(old, new)


def _choice(
    name: str, label: str, pieces: list[Piece], changed_by: Literal["me", "others", "both"]
) -> Choice:
    mine = [piece for piece in pieces if piece.kind != "gone"]
    theirs = [piece for piece in pieces if piece.kind != "new"]
    return Choice(name, label, mine, theirs, changed_by)


def _of_the_desk(form: Any) -> list[str]:
    """The fields of a story that are not of its text, such as its deadline."""
    known = {field.name for field in copy_fields()} | {"tags"}
    own = {field.name for field in Article._meta.get_fields()}
    return [name for name in form.fields if name in own and name not in known]


def _in_words(field: forms.Field, sent: str) -> str:
    if isinstance(field, forms.ModelChoiceField) and sent.isascii() and sent.isdigit():
        return str(field.queryset.filter(pk=sent).first() or sent)  # type: ignore[union-attr]
    return sent


def _take(data: QueryDict, name: str, theirs: dict[str, Sent], article: Article) -> None:
    """Put what is saved of the field `name` in place of what was sent of it."""
    if name in ROWS:
        for key in [key for key in data if key.startswith(f"{name}-")]:
            del data[key]
        sent = rows_as_sent(name, getattr(article, name).all())
    else:
        data.pop(name, None)
        sent = theirs[name]
    for key, values in sent.items():
        data.setlist(key, values)
