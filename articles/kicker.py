"""The line above a headline on a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from articles.models import Author, Copy

GENRES = {"analysis", "explainer", "interview", "gallery"}


@dataclass(frozen=True)
class Kicker:
    """What a kicker says, and of which kind it is: live, opinion, genre, label or section."""

    text: str
    kind: str
    author: str = ""


def kicker_of(copy: Copy, authors: Iterable[Author] | None = None) -> Kicker | None:
    """Exactly one kicker, the first that applies; None for a draft without a section.

    "Live"; "Opinion" and the author's name; the genre; the label the editor typed; the section.
    `authors` are those of a text that is not saved, or was once.
    """
    names: list[str] = []
    if copy.kind == "opinion":
        if authors is None:
            authors = [byline.author for byline in copy.signed]
        names = [author.name for author in authors]
    section = copy.section.said("name", copy.language) if copy.section else ""
    kicker = kicker_for(copy.kind, copy.kicker, section, names)
    return kicker if kicker.text else None


def kicker_for(kind: str, label: str, section: str, authors: Iterable[str]) -> Kicker:
    """As `kicker_of()`, from the plain values; that of a section "" has no text."""
    from articles.models import Kind

    if kind == "live":
        return Kicker(_("Live"), "live")
    if kind == "opinion":
        return Kicker(_("Opinion"), "opinion", author=", ".join(authors))
    if kind in GENRES:
        return Kicker(str(Kind(kind).label), "genre")
    return Kicker(label, "label") if label else Kicker(section, "section")
