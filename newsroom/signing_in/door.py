"""The middleware at the door of the desk."""

from collections.abc import Callable
from typing import cast

from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from newsroom.signing_in import second_factor

Handler = Callable[[HttpRequest], HttpResponse]

DESK = "/admin/"
OPEN = ("/admin/account/", "/admin/logout/", "/admin/jsi18n/")


def only_the_desk(get_response: Handler) -> Handler:
    """Let in staff, with a second factor where the outlet wants one.

    Who is staff no longer is signed out. Outside of the desk nothing is asked until a view
    looks at `request.user`; somebody who may not come in is nobody there. What the desk answers,
    secrets of second factors among it, is kept in no cache.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not request.path_info.startswith(DESK):
            request.user = cast(User, SimpleLazyObject(lambda: _admitted(user)))
            return get_response(request)
        response = at_the_desk(request, user)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def at_the_desk(request: HttpRequest, user: User | AnonymousUser) -> HttpResponse:
        if not (user.is_authenticated and user.is_staff):
            if SESSION_KEY in request.session:
                logout(request)
        elif not request.path_info.startswith(OPEN) and second_factor.is_missing(user):
            return _first_a_second_factor(request)
        return get_response(request)

    return middleware


def _admitted(user: User | AnonymousUser) -> User | AnonymousUser:
    if user.is_authenticated and user.is_staff and not second_factor.is_missing(user):
        return user
    return AnonymousUser()


def _first_a_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to where factors are set up; what was sent is refused without losing it."""
    if _is_asked_by_script(request):
        return JsonResponse({"error": _("Set up a second factor first.")}, status=403)
    if request.method in {"GET", "HEAD"}:
        return HttpResponseRedirect(reverse("mfa_index"))
    return render(request, "account/second_factor_first.html", status=403)


def _is_asked_by_script(request: HttpRequest) -> bool:
    """Browsers say what they want an answer for; by "Accept" those that do not."""
    if "Sec-Fetch-Dest" in request.headers:
        return request.headers["Sec-Fetch-Dest"] not in {"document", "iframe", "frame"}
    is_ajax = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return is_ajax or not request.accepts("text/html")
