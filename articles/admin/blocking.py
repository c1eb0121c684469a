"""What still keeps a story from being published, shown beside its text while it is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from articles.models import Article
from articles.publishing import problems_of

from .article_form import coming_moment
from .desk import signed_in

PLACES = {"bylines": "bylines-group", NON_FIELD_ERRORS: "story-buttons"}
Item = tuple[str, str]  # The id of an element of the form, and a sentence.


def blocking_view(
    model_admin: Any, request: HttpRequest, number: int | None = None
) -> HttpResponse:
    """The list for the values a browser sends from the form; saves nothing."""
    article = model_admin.article_or_new(request, number)
    form = model_admin.get_form(request, article, change=article is not None)(
        request.POST, instance=article
    )
    form.is_valid()  # Puts what is typed into the story that the form has in hand.
    items = [
        *items_of(problems_of(form.instance, has_byline=_has_byline(request.POST))),
        *_second_person(form.instance, signed_in(request)),
        *((f"id_{name}", text) for name, errors in _other_errors(form) for text in errors),
        *_moment(request.POST.get("publish_at", "")),
    ]
    response = render(request, "admin/articles/article/_blocking.html", {"blocking": items})
    response["Cache-Control"] = "no-store"
    return response


def blocking_of(article: Article | None, user: User, *, has_byline: bool) -> list[Item]:
    """The list for the story as it is saved; for a new one when `article` is None."""
    article = article or Article()
    problems = problems_of(article, has_byline=has_byline)
    return [*items_of(problems), *_second_person(article, user)]


def items_of(problems: Mapping[str, Iterable[str]]) -> list[Item]:
    """Each sentence with the element of the form where its problem is mended."""
    return [
        (PLACES.get(field, f"id_{field}"), sentence)
        for field, sentences in problems.items()
        for sentence in sentences
    ]


def _second_person(article: Article, user: User) -> list[Item]:
    """The outlet's rule; what is typed and not saved counts once it is."""
    if not article.pk or not user.has_perm("articles.publish_article"):
        return []
    if not article.lacks_second_person(user):
        return []
    sentence = _("This is your own story: somebody else must approve the text as it stands.")
    return [(PLACES[NON_FIELD_ERRORS], sentence)]


def _has_byline(data: Mapping[str, str]) -> bool:
    """Whether a row of the form names an author and is not ticked to be deleted."""
    return any(
        value and name.endswith("-author") and f"{name.removesuffix('author')}DELETE" not in data
        for name, value in data.items()
        if name.startswith("bylines-") and "__prefix__" not in name
    )


def _other_errors(form: Any) -> Iterable[tuple[str, list[str]]]:
    """What saving would refuse; that somebody else saved meanwhile is told elsewhere."""
    return [
        (name, [str(text) for text in errors])
        for name, errors in form.errors.items()
        if name != NON_FIELD_ERRORS
    ]


def _moment(text: str) -> list[Item]:
    if not text.strip():
        return []
    try:
        coming_moment(text)
    except ValidationError as refusal:
        return [("id_publish_at", sentence) for sentence in refusal.messages]
    return []
