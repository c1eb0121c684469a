"""Long lists in pieces: each piece begins after the story named in `?before=`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpRequest
from django.utils import timezone

from articles.cards import Card, cards_of

if TYPE_CHECKING:
    from articles.models.publication import PublicationQuerySet

PAGE_SIZE = 20
NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)  # Of a story, as `before` takes it.


@dataclass(frozen=True)
class ListPage:
    """The cards of some of a list's stories, newest first, and where the rest begins."""

    cards: list[Card]
    next_before: int | None
    is_first: bool

    def __bool__(self) -> bool:
        return bool(self.cards)


def page_of(stories: PublicationQuerySet, request: HttpRequest) -> ListPage:
    """The piece of `stories` that the request asks for; never an OFFSET, never a COUNT.

    Raises Http404 for a `before` that is not the number of a story readers could once see.
    """
    from articles.models import Publication

    before = request.GET.get("before")
    if before is not None:
        if not NUMBER.fullmatch(before):
            raise Http404
        known = Publication.objects.filter(pk=int(before), visible_from__lte=timezone.now())
        last = known.only("visible_from").first()
        if last is None:
            raise Http404
        stories = stories.after(last)
    found = list(stories.values_list("pk", flat=True)[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    return ListPage(
        cards=cards_of(shown),
        next_before=shown[-1] if len(found) > PAGE_SIZE else None,
        is_first=before is None,
    )
