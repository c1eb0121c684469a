from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from articles.cards import Card

register = template.Library()


@register.simple_tag
def card(
    shown: Card, sizes: str = "", dated: bool = False, brief: bool = False, priority: bool = False
) -> SafeString:
    """A card as HTML.

    `sizes` shows its photo and says how wide, `dated` its day; `brief` leaves out the teaser;
    `priority` is for the one picture a reader sees first.
    """
    return _printed(shown, get_language(), sizes, dated, brief, priority)


@lru_cache(maxsize=2_000)  # The same cards stand on many pages.
def _printed(
    card: Card, language: str | None, sizes: str, dated: bool, brief: bool, priority: bool
) -> SafeString:
    context = {"card": card, "sizes": sizes, "dated": dated, "brief": brief, "priority": priority}
    return render_to_string("articles/_card.html", context)
