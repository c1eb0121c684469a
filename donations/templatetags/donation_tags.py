from typing import Any, Protocol

from django import template
from django.db import DatabaseError
from django.http import HttpRequest
from django.template import Context
from django.utils.translation import get_language

from donations import brought_in as books
from donations.models import Appeal

register = template.Library()


class Asking(Protocol):
    """A story, as far as asks need to know it."""

    number: int
    hide_asks: bool


@register.inclusion_tag("donations/_ask.html", takes_context=True)
def ask(context: Context, placement: str, story: Asking | None = None) -> dict[str, Any]:
    """The appeal of a placement, the same for every reader; nothing where a story hides asks.

    One query for all placements of a page.
    """
    if story and story.hide_asks:
        return {}
    appeal = _appeals_of(context["request"]).get(placement)
    if appeal is None:
        return {}
    return {"appeal": appeal, "address": appeal.address(story.number if story else None)}


@register.inclusion_tag("donations/_brought_in.html")
def brought_in(article: Any) -> dict[str, Any]:
    """What began on a story brought, for who writes and edits it: counts and sums, no people."""
    return {"brought": books.brought_in(article.pk), "fewest": books.FEWEST_TOLD}


# By language: the version of the site, and its appeals.
_of_version: dict[str, tuple[str, dict[str, Appeal]]] = {}


def _appeals_of(request: HttpRequest) -> dict[str, Appeal]:
    """The newest current appeal of each placement, in the language of the page.

    Loaded once for all pages of one version of the site, if the request names it, or else once
    for the request.
    """
    appeals: dict[str, Appeal] | None = getattr(request, "appeals", None)
    if appeals is None:
        try:
            appeals = _appeals_under(getattr(request, "site_version", ""), get_language() or "")
        except DatabaseError:
            appeals = {}  # The page for unknown addresses is given out without a database too.
        request.appeals = appeals  # type: ignore[attr-defined]
    return appeals


def _appeals_under(version: str, language: str) -> dict[str, Appeal]:
    known = _of_version.get(language)
    if version and known and known[0] == version:
        return known[1]
    found = Appeal.objects.current().in_language(language)
    appeals = {appeal.placement: appeal for appeal in reversed(found)}
    if version:
        _of_version[language] = (version, appeals)
    return appeals
