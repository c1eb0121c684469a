"""What the desk answers while a story is typed: pastes cleaned, quotes set, stories found."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from articles.markup import MAXIMUM_LENGTH
from articles.models import Article
from articles.pasting import read_paste
from articles.story_links import address_of, stories_to_link, twin_of, wanted_slug
from articles.typography import edits

from .desk import signed_in

MOST_PARAGRAPHS = 5_000
SHORTEST_TERM = 2


def _may_write(model_admin: Any, request: HttpRequest) -> bool:
    """Whether there is a text of formatted words that `request.user` may type."""
    may_add = model_admin.has_add_permission(request)
    pages = request.user.has_perms(["articles.change_page"])
    return may_add or model_admin.has_change_permission(request) or pages


def paste_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """What was pasted, as a story may hold it, and how much of it was left out."""
    if not _may_write(model_admin, request):
        raise PermissionDenied
    try:
        paste = read_paste(request.POST.get("html", ""))
    except ValidationError as refusal:
        return JsonResponse({"refusal": " ".join(refusal.messages)}, status=413)
    answer = {"html": paste.html, "pictures": paste.pictures, "notes": paste.notes}
    return _not_kept(JsonResponse(answer))


def typography_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """For each `text` that was sent, what is to be changed: start, end, new characters."""
    if not _may_write(model_admin, request):
        raise PermissionDenied
    texts = request.POST.getlist("text")
    if len(texts) > MOST_PARAGRAPHS or sum(map(len, texts)) > MAXIMUM_LENGTH:
        return JsonResponse({"refusal": _("The text is too long.")}, status=413)
    language = request.POST.get("language", "")
    changes = [
        [(edit.start, edit.end, edit.new) for edit in edits(text, language)] for text in texts
    ]
    return _not_kept(JsonResponse({"edits": changes}))


def stories_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """Stories to link to; none for a single letter, which too many headlines hold."""
    if not _may_write(model_admin, request):
        raise PermissionDenied
    term = request.GET.get("term", "").strip()
    found = stories_to_link(term, signed_in(request)) if len(term) >= SHORTEST_TERM else []
    return _not_kept(JsonResponse({"stories": [vars(story) for story in found]}))


def address_view(model_admin: Any, request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The address the story would have with the headline and the slug that are typed."""
    article = model_admin.article_or_new(request, number) or Article()
    if (language := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        article.language = language
    slug = wanted_slug(request.POST.get("slug", ""), request.POST.get("headline", ""))
    twin = twin_of(article, slug)
    address = address_of(article, slug)
    if article.pk is None:
        address = address.removesuffix("0") + "…"
    return _not_kept(JsonResponse({"address": address, "twin": str(twin) if twin else ""}))


def _not_kept(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def addresses_of(model_admin: Any) -> list[URLPattern]:
    """The addresses of what is answered here."""
    posted, asked = require_POST, require_safe
    return [
        path(
            address,
            model_admin.admin_site.admin_view(method(partial(view, model_admin))),
            name=f"articles_article_{name}",
        )
        for address, method, view, name in [
            ("paste/", posted, paste_view, "paste"),
            ("typography/", posted, typography_view, "typography"),
            ("stories/", asked, stories_view, "stories"),
            ("address/", posted, address_view, "address_new"),
            ("<int:number>/address/", posted, address_view, "address"),
        ]
    ]
