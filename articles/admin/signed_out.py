"""What was sent by a page whose session or token has ended: shown again, never dropped."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.urls import Resolver404, ResolverMatch, resolve, reverse
from django.utils.translation import gettext as _
from django.views.csrf import csrf_failure as plain_refusal

from .autosave import form_address
from .typed import is_from_our_page, to_be_sent_again

View = Callable[..., HttpResponse]
FORMS = {"articles_article_add", "articles_article_change"}


def keeping_what_was_sent(view: View) -> View:
    """A view of the desk that does not drop what somebody sends whose session has ended.

    A browser that has kept the text is led to sign in and back to its form. Any other gets the
    text back on a page that can send it once more from a new session.
    """

    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST" or admin.site.has_permission(request):
            return view(request, *args, **kwargs)
        address = form_address(_number(request.resolver_match))
        if getattr(view, "csrf_exempt", False) and not is_from_our_page(request):
            raise PermissionDenied  # Or another site could put its words under our name.
        if request.POST.get("kept_in_browser"):
            back = urlencode({"take": request.POST.get("tab", "")})
            return redirect_to_login(f"{address}?{back}", settings.LOGIN_URL)
        return text_page(request, address, _("You have been signed out. Your text is not lost."))

    return update_wrapper(guarded, view)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Refuse a form without a valid token; a story's text comes back with the refusal."""
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return plain_refusal(request, reason)
    if match.url_name not in FORMS or not is_from_our_page(request):
        return plain_refusal(request, reason)
    heading = _("You have signed in anew since you opened this form. Your text is not lost.")
    return text_page(request, form_address(_number(match)), heading)


def text_page(request: HttpRequest, address: str, heading: str) -> HttpResponse:
    """What was typed, refused (403), and the way back into the form at `address`."""
    is_new = address == form_address(None)
    after_that = urlencode({"next": reverse("admin:index")})
    context = admin.site.each_context(request) | {
        "title": heading,
        "is_signed_out": not admin.site.has_permission(request),
        "sign_in": f"{resolve_url(settings.LOGIN_URL)}?{after_that}",
        "sent": to_be_sent_again(request.POST),
        "headline": request.POST.get("headline", ""),
        "body": request.POST.get("body", ""),
        "action": address.removesuffix("add/" if is_new else "change/") + "typed/",
    }
    response = TemplateResponse(
        request, "admin/articles/article/signed_out.html", context, status=403
    )
    response["Cache-Control"] = "no-store"
    return response.render()


def _number(match: ResolverMatch | None) -> int | None:
    """The number of the story in an address of its form; None for a new story."""
    about = match.kwargs if match else {}
    number = str(about.get("number") or about.get("object_id") or "")
    return int(number) if number.isascii() and number.isdigit() else None
