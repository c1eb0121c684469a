"""Addresses that used to be right."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from articles.models import Redirect

FEED = "/feed.xml"

Handler = Callable[[HttpRequest], HttpResponse]


def follow_redirects(get_response: Handler) -> Handler:
    """Where nothing answers, look whether the address used to lead to something visible."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        try:
            target = _target_of(request)
        except DatabaseError:
            return response
        return HttpResponsePermanentRedirect(target) if target else response

    return middleware


def _target_of(request: HttpRequest) -> str | None:
    """Where the address leads; with a list, its feed has moved."""
    target = Redirect.objects.target_of(request.get_full_path(), request.path)
    if target is None and request.path.endswith(FEED):
        page = Redirect.objects.target_of(request.path.removesuffix(FEED))
        return f"{page}{FEED}" if page else None
    return target
