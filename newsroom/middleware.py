"""What every request passes through: the language of its address, headers of every response."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponsePermanentRedirect,
)
from django.utils import translation

from donations import rates

Handler = Callable[[HttpRequest], HttpResponse]


def permissions_policy(get_response: Handler) -> Handler:
    """Tell browsers that no page of ours wants a camera, a position or a payment handler."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response

    return middleware


def no_nul_at_the_desk(get_response: Handler) -> Handler:
    """Refuse a query with a NUL in it: the admin's filters would hand it to PostgreSQL."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/admin/") and "%00" in request.META["QUERY_STRING"]:
            return HttpResponseBadRequest()
        return get_response(request)

    return middleware


def sender_can_be_told_apart(get_response: Handler) -> Handler:
    """Let the forms of every app ask which sender is the same, by a hash and for a day."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.sender_hash = partial(rates.hash_of, request)  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def language_of_path(get_response: Handler) -> Handler:
    """Speak the language the address names, at the root the first one.

    Django's LocaleMiddleware would also ask Accept-Language and cookies, and then say so in
    `Vary`, which no cache could live with.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        language = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        is_front_page = request.path_info == f"/{language}"  # Only these end with a stroke.
        if is_front_page and language != settings.LANGUAGE_CODE:
            return HttpResponsePermanentRedirect(f"/{language}/")
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response

    return middleware
