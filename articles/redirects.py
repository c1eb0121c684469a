"""Addresses that used to be right."""

from collections.abc import Callable

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from articles.models import Redirect

Handler = Callable[[HttpRequest], HttpResponse]


def follow_redirects(get_response: Handler) -> Handler:
    """Where nothing answers, look whether the address used to lead to something visible."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 404 or request.method not in {"GET", "HEAD"}:
            return response
        try:
            target = Redirect.objects.target_of(request.get_full_path(), request.path)
        except DatabaseError:
            return response
        return HttpResponsePermanentRedirect(target) if target else response

    return middleware
