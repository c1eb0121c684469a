"""One version of a story, for whoever was given a link to it: no account, no counting of readers.

The token of its address opens it; pages and pictures are kept by no cache and named to no other
page or host.
"""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from articles.media import copy_of, nothing, rendition_called
from articles.models import Article, Photo, PreviewLink
from articles.story import story_of_revision


@require_safe
def shared_preview(request: HttpRequest, token: str) -> HttpResponse:
    """The version behind a link that is open; the page of an unknown address for all others.

    Every view is counted, not whose. Looking without reading (HEAD) is none.
    """
    link = PreviewLink.objects.opened_by(token)
    if link is None:
        raise Http404
    revision = link.revision
    revision.article = Article.objects.with_standing().get(pk=revision.article_id)
    photos_at = reverse("articles:shared_photo", args=[token, "x"]).removesuffix("x")
    story = story_of_revision(revision, photos_at=photos_at)
    with translation.override(story.language):
        context = {"story": story, "link": link}
        response = render(request, "articles/shared_preview.html", context)
    if request.method == "GET":
        link.count_view()
    _keep_nowhere(response)
    return response


@require_safe
def shared_photo(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """A sized copy of a photo of the version behind an open link, and of no other photo."""
    link = PreviewLink.objects.opened_by(token)
    rendition = rendition_called(name) if link else None
    if link is None or rendition is None or rendition.photo_id not in link.revision.photo_ids():
        return nothing()
    if not Photo.objects.usable().filter(pk=rendition.photo_id).exists():
        return nothing()
    response = copy_of(rendition, caching="private, no-store")
    _keep_nowhere(response)
    return response


def _keep_nowhere(response: HttpResponseBase) -> None:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
