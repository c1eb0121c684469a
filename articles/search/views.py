"""The search page and the suggestions while somebody types: the same answers for every reader."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.caching import framed_as_others, held_briefly
from articles.furniture import furniture
from articles.pagination import NUMBER

from .finding import MOST_COUNTED, PAGE_SIZE, After, Hits, TooSlow, hits_of
from .form import EVERY_LANGUAGE, SearchForm
from .fragments import results_of
from .stories import stories_of
from .suggestions import suggestions_for, tags_alike, themes_of_these_days

if TYPE_CHECKING:
    from articles.models import Tag

PAGE = re.compile(r"[1-9][0-9]?", re.ASCII)
SUGGESTIONS_HELD = "public, max-age=10"
TRY_AGAIN_SECONDS = 5


@dataclass(frozen=True)
class Help:
    """Other searches that do find something, and themes that may have been meant."""

    wider: str = ""
    wider_address: str = ""
    without_filters: str = ""
    every_language: str = ""
    themes: Sequence[Tag] = ()


@framed_as_others
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found, or help: whatever was typed, there is an answer."""
    language = get_language() or ""
    frame = furniture(request)["furniture"]
    form = SearchForm(request.GET, frame.sections, language)
    context: dict[str, Any] = {"form": form, "furniture": frame, "most_counted": MOST_COUNTED}
    if len(settings.LANGUAGES) > 1:
        context["every_language"] = form.address(language=EVERY_LANGUAGE)
    if not form.typed:
        context["themes"] = themes_of_these_days(language)
        return held_briefly(render(request, "articles/search.html", context))
    page, after = _place(request, form)
    try:
        hits = hits_of(form.typed, form.among(), by_date=form.by_date, page=page, after=after)
        if (page > 1 or after) and not hits.numbers:
            raise Http404
        context |= _shown(form, hits, page, after)
        if not hits.numbers and not hits.has_only_common_words:
            context["help"] = _help(form, language)
    except TooSlow:
        context["is_too_slow"] = True
        response = render(request, "articles/search.html", context, status=503)
        response["Retry-After"] = str(TRY_AGAIN_SECONDS)
        response["Cache-Control"] = "no-store"
        return response
    return held_briefly(render(request, "articles/search.html", context))


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Names that begin as what was typed: `{"suggestions": [{"text", "address", "theme"}, …]}`."""
    found = suggestions_for(request.GET.get("q", ""), get_language() or "")
    rows = [{"text": one.text, "address": one.address, "theme": one.is_theme} for one in found]
    response = JsonResponse({"suggestions": rows}, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = SUGGESTIONS_HELD
    response["X-Robots-Tag"] = "noindex"
    return response


def _place(request: HttpRequest, form: SearchForm) -> tuple[int, After | None]:
    """Which page is asked for; Http404 for a number that none of our links has."""
    from articles.models import PublicationSearch

    if form.by_date and "before" in request.GET:
        before = request.GET["before"]
        if not NUMBER.fullmatch(before):
            raise Http404
        seen = PublicationSearch.objects.filter(pk=int(before), visible_from__lte=timezone.now())
        last = seen.values_list("visible_from", flat=True).first()
        if last is None:
            raise Http404
        return 1, After(last, int(before))
    page = request.GET.get("page", "1")
    if not PAGE.fullmatch(page) or int(page) > MOST_COUNTED // PAGE_SIZE:
        raise Http404
    return int(page), None


def _shown(form: SearchForm, hits: Hits, page: int, after: After | None) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "hits": hits,
        "results": results_of(stories_of(hits.numbers), hits.words),
        "page_number": page,
        "is_first": page == 1 and after is None,
    }
    if hits.has_more and form.by_date:
        shown["next"] = form.address(before=hits.numbers[-1])
    elif hits.has_more:
        shown["next"] = form.address(page=page + 1)
    if page > 1:
        shown["previous"] = form.address(page=page - 1) if page > 2 else form.address()
    elif after is not None:
        shown["newest"] = form.address()
    return shown


def _help(form: SearchForm, language: str) -> Help:
    typed, wider = form.typed, form.typed.wider
    addresses = {}
    if wider and hits_of(wider, form.among(), size=1).numbers:
        addresses["wider_address"] = form.address(text=wider.as_typed)
    if form.filters and hits_of(typed, form.among(narrowed=False), size=1).numbers:
        addresses["without_filters"] = form.address(narrowed=False)
    has_others = len(settings.LANGUAGES) > 1 and not form.in_every_language
    if has_others and hits_of(typed, form.among(every_language=True), size=1).numbers:
        addresses["every_language"] = form.address(language=EVERY_LANGUAGE)
    words = [word for term in typed.terms for word in term.words.split()]
    themes = list(tags_alike(words, language))
    return Help(wider=wider.as_typed, themes=themes, **addresses)
