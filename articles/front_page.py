"""The front page: which story stands where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from articles import pagination
from articles.cards import Card, cards_of
from articles.live import newest_lines

if TYPE_CHECKING:
    from datetime import datetime

    from articles.live import Line
    from articles.models import Section
    from articles.models.publication import PublicationQuerySet
    from articles.story import Figure

TOP = 5  # The lead and those beside it.
SAME_THEME = 2  # Under the lead.
RECENT = 8
OPINIONS = 4
LINES = 3  # Of live coverage.
OFFERED = 40  # By a section; other parts may have taken some of them.
STILL_LIVE = timedelta(days=1)  # Older than the newest story by more, coverage has ended.


CANDIDATE = ("pk", "kind", "kicker", "visible_from")


class Candidate(NamedTuple):
    """As much of a story as decides where it stands."""

    number: int
    kind: str
    kicker: str
    visible_from: datetime


@dataclass
class Places:
    """The numbers of the stories of each part, every one once; any part may be empty."""

    top: list[int] = field(default_factory=list)
    same_theme: list[int] = field(default_factory=list)
    live: list[int] = field(default_factory=list)
    pinned: list[int] = field(default_factory=list)
    recent: list[int] = field(default_factory=list)
    opinion: list[int] = field(default_factory=list)
    blocks: list[tuple[Section, list[int]]] = field(default_factory=list)
    more: list[int] = field(default_factory=list)

    @property
    def numbers(self) -> list[int]:
        """All that stand on the page, so far."""
        parts = (self.top, self.same_theme, self.live, self.pinned, self.recent, self.opinion)
        blocks = (numbers for _section, numbers in self.blocks)
        return [number for part in (*parts, *blocks, self.more) for number in part]


@dataclass(frozen=True)
class Block:
    """The stories of one section."""

    section: Section
    stories: list[Card]


@dataclass(frozen=True)
class FrontPage:
    """Every story once, in the order of the page; any of the parts may be empty."""

    live: Card | None  # Above all; without it `lines` are the lead's.
    lines: list[Line]
    lead: Card | None
    lead_figure: Figure | None
    same_theme: list[Card]
    beside: list[Card]
    pinned: list[Card]  # Those for which the top has no room.
    recent: list[Card]
    opinion: list[Card]
    blocks: list[Block]
    more: list[Card]
    next_before: int | None


def front_page_of(stories: PublicationQuerySet) -> FrontPage:
    """The page that readers of `stories` see first.

    Eight queries at most, however many stories there are: the pinned, the newest, opinion and
    sections by number, live coverage; then the cards of all that are chosen, and the photo of the
    lead with its copies.
    """
    from articles.models import FrontPageSlot, Kind

    rows = stories.values_list(*CANDIDATE)
    slots = FrontPageSlot.objects.showing(stories)
    columns = [f"picked__publication__{name}" for name in CANDIDATE]
    pinned = [Candidate(*row) for row in slots.values_list(*columns)]
    newest = [Candidate(*row) for row in rows[: pagination.PAGE_SIZE + 1]]
    has_older = len(newest) > pagination.PAGE_SIZE
    newest = newest[: pagination.PAGE_SIZE]
    opinion = [Candidate(*row) for row in rows.filter(kind=Kind.OPINION)[: OPINIONS + TOP]]
    live, lines = _coverage(pinned, newest)
    sections = _sections_with_newest(stories)
    places = arrange(
        pinned,
        newest,
        opinion=opinion,
        sections=sections if has_older else [],
        live=live,
    )
    by_number = {card.number: card for card in cards_of(places.numbers)}

    def shown(numbers: list[int]) -> list[Card]:
        return [by_number[number] for number in numbers if number in by_number]

    top = shown(places.top)
    return FrontPage(
        live=next(iter(shown(places.live)), None),
        lines=lines,
        lead=top[0] if top else None,
        lead_figure=_figure_of(top[0]) if top else None,
        same_theme=shown(places.same_theme),
        beside=top[1:],
        pinned=shown(places.pinned),
        recent=shown(places.recent),
        opinion=shown(places.opinion),
        blocks=[Block(section.in_language(), shown(numbers)) for section, numbers in places.blocks],
        more=shown(places.more),
        next_before=newest[-1].number if has_older else None,
    )


def _figure_of(lead: Card) -> Figure | None:
    """The photo of the lead as the story shows it; None without one, or once its rights ended."""
    from articles.models import Publication
    from articles.story import lead_of

    if lead.picture is None:
        return None
    stories = Publication.objects.select_related("lead_photo__licence").defer("body", "words")
    return lead_of(stories.get(pk=lead.number))


def arrange(
    pinned: Sequence[Candidate],
    newest: Sequence[Candidate],
    *,
    opinion: Sequence[Candidate] = (),
    sections: Sequence[tuple[Section, list[int]]] = (),
    live: Candidate | None = None,
) -> Places:
    """What the desk pinned comes first, in its order; the newest follow, columns by themselves.

    Where fewer than five are pinned, the newest reports fill the top; `live` stands above it
    unless it leads. A site that has no `sections` to show keeps what is left together.
    """
    reports = [story for story in newest if story.kind != "opinion"]
    order = list(dict.fromkeys([*pinned, *reports, *newest]))
    places = Places()
    if live and order[0] != live:
        places.live = [live.number]
        order.remove(live)
    places.top = [story.number for story in order[:TOP]]
    places.pinned = [story.number for story in pinned[TOP:]]

    def left(stories: Iterable[Candidate], at_most: int = pagination.PAGE_SIZE) -> list[int]:
        taken = set(places.numbers)
        return [story.number for story in stories if story.number not in taken][:at_most]

    columns = left(opinion, OPINIONS)
    places.opinion = columns if len(columns) > 1 else []  # One alone makes no row.
    if order and order[0].kicker:
        same = [story for story in reports if story.kicker == order[0].kicker]
        places.same_theme = left(same, SAME_THEME)
    if sections:
        places.recent = left(newest, RECENT)
    for section, offered in sections:
        taken = set(places.numbers)
        block = [number for number in offered if number not in taken]
        if len(block) > 1:
            places.blocks.append((section, block[: section.front_page_stories]))
    places.more = left(newest)
    return places


def _coverage(
    pinned: Sequence[Candidate], newest: Sequence[Candidate]
) -> tuple[Candidate | None, list[Line]]:
    """Live coverage and its newest lines: the lead's own, or the newest that still goes on.

    What stands below the lead by the will of the desk stays there.
    """
    others = [story for story in newest if story not in pinned]
    live = next((story for story in [*pinned[:1], *others] if story.kind == "live"), None)
    if live is None:
        return None, []
    lines = newest_lines(live.number, LINES)
    is_lead = live in pinned
    if is_lead or (lines and lines[0].happened_at > newest[0].visible_from - STILL_LIVE):
        return live, lines
    return None, []


def _sections_with_newest(stories: PublicationQuerySet) -> list[tuple[Section, list[int]]]:
    """The sections that have a block, and the numbers of their newest reports, in one query."""
    from articles.models import Kind, Section

    rows = stories.filter(section=OuterRef("pk")).values_list(JSONObject(number="pk", kind="kind"))
    sections = Section.objects.on_front_page().annotate(offered=ArraySubquery(rows[:OFFERED]))
    return [
        (
            section.in_language(),
            [row["number"] for row in section.offered if row["kind"] != Kind.OPINION],
        )
        for section in sections
    ]
