"""Stories kept on a reader's own device: the script that keeps them, and the list of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from articles.caching import same_for_everyone


@require_safe
@same_for_everyone
def service_worker(request: HttpRequest) -> HttpResponse:
    """The same for every page and language.

    It stands at the root, for it rules what lies under its own address: a static file with a hash
    in its name would rule the static files. It names none of them; each kept page says its own.
    """
    return render(request, "articles/sw.js", content_type="text/javascript; charset=utf-8")


@require_safe
@same_for_everyone
def kept_stories(request: HttpRequest) -> HttpResponse:
    """A page without stories: on a device that keeps some, the service worker puts them in."""
    return render(request, "articles/offline.html")
