from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles.kicker import Kicker
from articles.models import Publication
from articles.picture import Picture, picture_of

register = template.Library()


@dataclass(frozen=True)
class Card:
    """All that a card shows of a story, and so all it depends on."""

    kind: str
    kicker: Kicker | None
    url: str
    headline: str
    teaser: str | None
    published_at: datetime | None
    picture: Picture | None
    sizes: str
    is_first: bool
    page_language: str | None


@register.simple_tag
def card(
    publication: Publication,
    sizes: str = "",
    dated: bool = False,
    brief: bool = False,
    priority: bool = False,
) -> SafeString:
    """The card of a publication loaded by for_cards().

    `sizes` shows its photo and says how wide, `dated` its day; `brief` leaves out the teaser;
    `priority` is for the one picture a reader sees first.
    """
    photo = publication.lead_photo if sizes else None
    return _printed(
        Card(
            kind=publication.kind,
            kicker=publication.kicker_line,
            url=publication.get_absolute_url(),
            headline=publication.headline,
            teaser=None if brief else publication.teaser_text,
            published_at=publication.first_published_at if dated else None,
            picture=picture_of(photo, "card") if photo else None,
            sizes=sizes,
            is_first=priority,
            page_language=get_language(),
        )
    )


@lru_cache(maxsize=2_000)  # The same cards stand on many pages.
def _printed(card: Card) -> SafeString:
    return render_to_string("articles/_card.html", {"card": card})
