"""Stories as readers would see them: as saved, as they once were, as they are being typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin

from articles.live import coverage_at_desk
from articles.models import Article, Kind, Revision
from articles.story import Story, story_of_article, story_of_revision, story_of_snapshot

from .conflict import snapshot_of_sent
from .history import number_in, revision_or_404

if TYPE_CHECKING:
    from .article import ArticleAdmin

View = Callable[..., HttpResponse]


def in_our_frames(view: View) -> View:
    """Let pages of the desk show what `view` answers in a frame, and nothing in it run."""
    own = csp_replace({"frame-ancestors": [SELF], "script-src": [NONE]})
    return cast(View, xframe_options_sameorigin(own(view)))


@in_our_frames
def preview_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The story as readers would get it, with those of the editor's picks they can see."""
    article = model_admin.article_or_404(request, number)
    return _preview(request, story_of_article(article), article)


@in_our_frames
def version_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int, revision: int
) -> HttpResponse:
    """The story as readers would have got it at one moment of its history."""
    article = model_admin.article_or_404(request, number)
    version = revision_or_404(article, revision)
    version.article = article
    return _preview(request, story_of_revision(version), article, version)


def typed_view(
    model_admin: ArticleAdmin, request: HttpRequest, number: int | None = None
) -> HttpResponse:
    """The story with what was sent of its form, for the pane beside it; saves nothing."""
    article = model_admin.article_or_new(request, number)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = model_admin.get_form(request, article, change=article is not None)(instance=article)
    typed = snapshot_of_sent(request.POST, form)
    return _preview(request, story_of_snapshot(typed, form.instance), article, is_typed=True)


def widths_view(model_admin: ArticleAdmin, request: HttpRequest, number: int) -> HttpResponse:
    """The story as a phone and as a desktop shows it: as saved, or the version in `?version=`."""
    article = model_admin.article_or_404(request, number)
    asked = number_in(request, "version")
    context = model_admin.admin_site.each_context(request) | {
        "opts": model_admin.opts,
        "title": _("Preview on phone and desktop"),
        "step": _("Preview"),
        "original": article,
        "version": revision_or_404(article, asked) if asked is not None else None,
    }
    return TemplateResponse(request, "admin/articles/article/preview_widths.html", context)


def _preview(
    request: HttpRequest,
    story: Story,
    article: Article | None,
    version: Revision | None = None,
    *,
    is_typed: bool = False,
) -> HttpResponse:
    """A page of readers' with a word on what it is; links in it open in windows of their own."""
    context: dict[str, Any] = {
        "story": story,
        "article": article,
        "version": version,
        "is_typed": is_typed,
        "is_framed": is_typed or "framed" in request.GET,
    }
    with translation.override(story.language):
        if story.kind == Kind.LIVE and article is not None and article.pk and version is None:
            context["coverage"] = coverage_at_desk(article)
        response = render(request, "admin/articles/article/preview.html", context)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
