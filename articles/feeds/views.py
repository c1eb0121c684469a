"""The addresses of feeds; one exists where the list does whose stories it holds."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from articles.caching import same_for_everyone
from articles.models import Author, Outlet, Section, Tag
from articles.models.publication import PublicationQuerySet
from articles.views import visible_here

from . import documents
from .documents import Feed
from .entries import newest_entries


@require_safe
@same_for_everyone
def feed(request: HttpRequest) -> HttpResponse:
    return _atom(_feed_of_all(request))


@require_safe
@same_for_everyone
def json_feed(request: HttpRequest) -> HttpResponse:
    document = documents.json_feed(_feed_of_all(request))
    return HttpResponse(document, content_type="application/feed+json; charset=utf-8")


@require_safe
@same_for_everyone
def section_feed(request: HttpRequest, slug: str) -> HttpResponse:
    section = get_object_or_404(Section, slug=slug).in_language()
    return _atom_of(section, section.description, visible_here().in_section(section), request)


@require_safe
@same_for_everyone
def theme_feed(request: HttpRequest, slug: str) -> HttpResponse:
    tag = get_object_or_404(Tag, slug=slug)
    return _atom_of(tag, tag.description, visible_here().about(tag), request)


@require_safe
@same_for_everyone
def author_feed(request: HttpRequest, slug: str) -> HttpResponse:
    author = get_object_or_404(Author, slug=slug)
    return _atom_of(author, author.job_title, visible_here().by_author(author), request)


def _feed_of_all(request: HttpRequest) -> Feed:
    outlet = Outlet.load().in_language()
    return Feed(
        name="all",
        outlet=outlet,
        title=outlet.name,
        description=outlet.tagline or outlet.description,
        language=get_language() or "",
        page=reverse("articles:front_page"),
        path=request.path,
        entries=newest_entries(visible_here(), outlet),
    )


def _atom_of(
    whose: Section | Tag | Author,
    description: str,
    stories: PublicationQuerySet,
    request: HttpRequest,
) -> HttpResponse:
    """The feed of one list. Raises Http404 for an empty one, as the list itself."""
    outlet = Outlet.load().in_language()
    entries = newest_entries(stories, outlet)
    if not entries:
        raise Http404
    feed = Feed(
        name=f"{type(whose).__name__.lower()} {whose.pk}",
        outlet=outlet,
        title=f"{whose} – {outlet.name}",
        description=description,
        language=get_language() or "",
        page=whose.get_absolute_url(),
        path=request.path,
        entries=entries,
    )
    return _atom(feed)


def _atom(feed: Feed) -> HttpResponse:
    """In one piece: hundreds of small ones take ten times as long."""
    return HttpResponse(documents.atom(feed), content_type="application/atom+xml; charset=utf-8")
