from datetime import date

from django.conf import settings
from django.db import DatabaseError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles import live, plain_text
from articles.caching import held_briefly, is_same_for_everyone, same_for_everyone
from articles.cards import cards_of
from articles.correction_list import corrections_of
from articles.embeds import allowing_frames
from articles.front_page import front_page_of
from articles.furniture import Furniture, furniture
from articles.models import Author, Kind, Page, Publication, Section, Tag
from articles.models.publication import PublicationQuerySet
from articles.months import bounds_of
from articles.pagination import ListPage, page_of
from articles.related import related_reads
from articles.story import body_html, portrait_of, story_of_publication

NEWEST_ON_404 = 4


def visible_here() -> PublicationQuerySet:
    """The stories readers may see in the language of this address."""
    return Publication.objects.visible().in_language(get_language())


@require_safe
@same_for_everyone(continued=True)
def front_page(request: HttpRequest) -> HttpResponse:
    """What the desk chose and the newest; with `before`, older stories as a list."""
    if "before" in request.GET:
        page = found_or_404(page_of(visible_here(), request))
        return render(request, "articles/latest.html", {"page": page})
    return render(request, "articles/front_page.html", {"front": front_page_of(visible_here())})


@require_safe
@same_for_everyone(continued=True)
def article_detail(request: HttpRequest, day: str, slug: str, number: int) -> HttpResponse:
    """The story of this number; a wrong day or slug leads to the right address."""
    publication = get_object_or_404(Publication.objects.for_page(), pk=number)
    if publication.is_scheduled:
        raise Http404
    if publication.is_withdrawn:  # Before any redirect: the right address holds the headline.
        return render(
            request, "articles/withdrawn.html", {"reason": publication.withdrawn_reason}, status=410
        )
    address = publication.get_absolute_url()
    is_continued = publication.kind != Kind.LIVE and "before" in request.GET
    if request.path != address or is_continued:
        return HttpResponsePermanentRedirect(address)
    story = story_of_publication(publication, related_reads(publication))
    context: dict[str, object] = {"story": story}
    frames = story.frame_origins
    if publication.kind == Kind.LIVE:
        coverage = _coverage_or_404(publication, request)
        frames |= coverage.frame_origins
        context |= {"coverage": coverage, "entries_url": f"{story.url}/entries"}
    response = render(request, "articles/article_detail.html", context)
    return allowing_frames(response, frames)


@require_safe
@same_for_everyone
def article_plain_text(request: HttpRequest, day: str, slug: str, number: int) -> HttpResponse:
    """The story of this number without markup; where its page is not, neither is this."""
    publication = get_object_or_404(Publication.objects.for_page(), pk=number)
    if publication.is_scheduled:
        raise Http404
    if publication.is_withdrawn:
        return _as_text(plain_text.withdrawn_text(publication.withdrawn_reason), status=410)
    page = publication.get_absolute_url()
    if request.path != f"{page}.txt":
        return HttpResponsePermanentRedirect(f"{page}.txt")
    story = story_of_publication(publication, related_reads(publication))
    coverage = live.coverage_of(publication) if publication.kind == Kind.LIVE else None
    outlet = furniture(request)["furniture"].outlet
    response = _as_text(plain_text.plain_text_of(story, outlet, coverage))
    response["Link"] = f'<{settings.SITE_URL}{page}>; rel="canonical"'
    return response


def _as_text(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")


@require_safe
@same_for_everyone
def live_entries(request: HttpRequest, day: str, slug: str, number: int) -> HttpResponse:
    """The newest entries of a live story alone, for pages that show them already."""
    stories = Publication.objects.visible().filter(kind=Kind.LIVE)
    publication = get_object_or_404(stories, pk=number)
    etag = f'"{live.version_of(publication)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        context = {"coverage": live.coverage_of(publication)}
        response = render(request, "articles/_entries.html", context)
    response["ETag"] = etag
    response["Cache-Control"] = "public, max-age=5"
    response["X-Robots-Tag"] = "noindex"
    return response


def _coverage_or_404(publication: Publication, request: HttpRequest) -> live.Coverage:
    coverage = live.coverage_of(publication, request.GET.get("before"))
    if not coverage.is_first and not coverage.entries:
        raise Http404
    return coverage


@require_safe
@same_for_everyone(continued=True)
def section_detail(request: HttpRequest, slug: str) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug)
    page = found_or_404(page_of(visible_here().in_section(section), request))
    context = {"section": section.in_language(), "page": page}
    return render(request, "articles/section_detail.html", context)


@require_safe
@same_for_everyone(continued=True)
def theme_detail(request: HttpRequest, slug: str) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    page = found_or_404(page_of(visible_here().about(tag), request))
    return render(request, "articles/theme_detail.html", {"tag": tag, "page": page})


@require_safe
@same_for_everyone(continued=True)
def author_detail(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.select_related("photo__licence"), slug=slug)
    if author.photo is not None:
        prefetch_related_objects([author.photo], "sizes")
    page = found_or_404(page_of(visible_here().by_author(author), request))
    context = {"author": author, "portrait": portrait_of(author), "page": page}
    return render(request, "articles/author_detail.html", context)


@require_safe
@same_for_everyone(continued=True)
def archive_month(request: HttpRequest, month: date) -> HttpResponse:
    start, end = bounds_of(month)
    page = found_or_404(page_of(visible_here().between(start, end), request))
    moments = visible_here().values_list("visible_from", flat=True)
    context = {
        "month": month,
        "page": page,
        "previous": moments.filter(visible_from__lt=start).first(),
        "next": moments.filter(visible_from__gte=end).reverse().first(),
    }
    return render(request, "articles/archive_month.html", context)


@require_safe
@same_for_everyone
def page_detail(request: HttpRequest, slug: str) -> HttpResponse:
    page = get_object_or_404(Page, slug=slug, language=get_language(), is_public=True)
    context = {"page": page, "body_html": body_html(page.body, photos={})}
    return render(request, "articles/page_detail.html", context)


@require_safe
@same_for_everyone(continued=True)
def corrections(request: HttpRequest) -> HttpResponse:
    page = corrections_of(get_language() or "", request)
    return render(request, "articles/corrections.html", {"page": page})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page for any address that leads nowhere; a plainer one while the database is away.

    Caches may hold it where a page of ours could stand: not at an address that holds a token.
    """
    try:
        latest = cards_of(visible_here().values_list("pk", flat=True)[:NEWEST_ON_404])
        response = render(request, "404.html", {"latest": latest}, status=404)
    except DatabaseError:
        context = {"latest": [], "furniture": Furniture.without_database()}
        return render(request, "404.html", context, status=404)
    match = request.resolver_match
    is_for_everyone = match is None or is_same_for_everyone(match.func)
    return held_briefly(response) if is_for_everyone else response


def found_or_404(page: ListPage) -> ListPage:
    """The page. Raises Http404 for an empty one: a theme exists while a visible story uses it."""
    if not page:
        raise Http404
    return page
