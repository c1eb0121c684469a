"""The addresses that crawlers ask for; there is one of each for the whole host."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from articles.caching import same_for_everyone
from articles.models import Outlet
from articles.xml_documents import xml_document

from . import indexnow, sitemaps
from .robots import robots_txt

TEXT = "text/plain; charset=utf-8"


def strictest_robots(request: HttpRequest) -> HttpResponse:
    """The strictest rules an outlet can have chosen, for while nobody knows which it chose."""
    text = robots_txt(more_rules="", refuses_training=True)
    return HttpResponse(text, content_type=TEXT)


@require_safe
@same_for_everyone(without_database=strictest_robots)
def robots(request: HttpRequest) -> HttpResponse:
    outlet = Outlet.load()
    text = robots_txt(more_rules=outlet.robots_rules, refuses_training=outlet.refuses_training)
    return HttpResponse(text, content_type=TEXT)


@require_safe
@same_for_everyone
def sitemap(request: HttpRequest) -> HttpResponse:
    return _xml("articles/sitemap_index.xml", parts=sitemaps.parts())


@require_safe
@same_for_everyone
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    return _xml("articles/sitemap.xml", places=sitemaps.pages())


@require_safe
@same_for_everyone
def sitemap_part(request: HttpRequest, kind: str, part: str) -> HttpResponse:
    places = sitemaps.places_in(kind, int(part))
    if not places:
        raise Http404
    return _xml("articles/sitemap.xml", places=places)


@require_safe
@cache_control(public=True, max_age=0, s_maxage=60)
def news_sitemap(request: HttpRequest) -> HttpResponse:
    """Made anew each time: what is news depends on the clock, and no stored page shall."""
    response = _xml("articles/sitemap_news.xml", news=sitemaps.news(), outlet=Outlet.load())
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
@cache_control(public=True, max_age=3600)
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    """The key alone, by which search engines know that a message came from here."""
    if key != indexnow.key():
        raise Http404
    return HttpResponse(key, content_type=TEXT)


def _xml(template: str, **context: object) -> HttpResponse:
    document = xml_document(template, context)
    return HttpResponse(document, content_type="application/xml; charset=utf-8")
