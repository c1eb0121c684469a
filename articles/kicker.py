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
    if copy.kind == "live":
        return Kicker(_("Live"), "live")
    if copy.kind == "opinion":
        if authors is None:
            authors = [byline.author for byline in copy.signed]
        names = [author.name for author in authors]
        return Kicker(_("Opinion"), "opinion", author=", ".join(names))
    if copy.kind in GENRES:
        return Kicker(str(copy.get_kind_display()), "genre")
    if copy.kicker:
        return Kicker(copy.kicker, "label")
    return Kicker(copy.section.said("name", copy.language), "section") if copy.section else None
