"""The front page: which story stands where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from articles.models import Publication

TOP = 5  # The lead and those beside it, when the desk has pinned none.
OPINIONS = 4
WITH_PHOTO = 8


@dataclass(frozen=True)
class FrontPage:
    """Every story once, in the order of the page; any of the parts may be empty."""

    lead: Publication | None
    beside: list[Publication]
    latest: list[Publication]
    opinion: list[Publication]
    more: list[Publication]


def arrange(pinned: list[Publication], newest: list[Publication]) -> FrontPage:
    """What the desk pinned comes first, in its order; the newest follow, columns by themselves."""
    top = pinned or newest[:TOP]
    chosen = set(top)
    rest = [story for story in newest if story not in chosen]
    opinion = [story for story in rest if story.kind == "opinion"][:OPINIONS]
    if len(opinion) < 2:  # One alone makes no row.
        opinion = []
    reports = top[TOP:] + [story for story in rest if story not in opinion]
    return FrontPage(
        lead=top[0] if top else None,
        beside=top[1:TOP],
        latest=reports[:WITH_PHOTO],
        opinion=opinion,
        more=reports[WITH_PHOTO:],
    )
