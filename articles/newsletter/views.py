"""Signing up for the newsletter, confirming that, and leaving it again.

The page with the form is the same for everybody and lies in caches, so it holds no token: what
sends it says where it was. The other two pages are opened by a word in a mail, which is all that
is asked for, and are kept by no cache.
"""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from articles.caching import same_for_everyone
from articles.models import Subscriber
from articles.origin import is_from_here

from . import forgetting, links, rates, signing_up
from .forms import SignUpForm

View = Callable[[HttpRequest], HttpResponse]
page_with_form = require_http_methods(["GET", "HEAD", "POST"])


def opened_by_a_word(view: View) -> View:
    """For pages whose address holds a word of somebody: nobody keeps it, or is told of it."""

    @csrf_exempt  # Mail programs send one without a page; the word itself is the proof.
    @page_with_form
    @wraps(view)
    def page(request: HttpRequest) -> HttpResponse:
        response = view(request)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex"
        # The stylesheet's request shall not say the word either; a form needs the origin said.
        response["Referrer-Policy"] = "strict-origin"
        return response

    return page


@csrf_exempt  # `is_from_here` stands in for a token.
@page_with_form
@same_for_everyone
def newsletter(request: HttpRequest) -> HttpResponse:
    """The page with the form; sent, the same answer for every address, be it known or not."""
    if request.method != "POST":
        return render(request, "articles/newsletter/sign_up.html", {"form": SignUpForm()})
    response = _sent_form(request)
    add_never_cache_headers(response)
    return response


def _sent_form(request: HttpRequest) -> HttpResponse:
    form = SignUpForm(request.POST)
    if not is_from_here(request):
        trouble = _("The form did not come from this page. Please send it once more from here.")
        return _form_again(request, form, trouble, 403)
    if not form.is_valid():
        return _form_again(request, form, "", 400)
    try:
        rates.admit(request.sender_hash())  # type: ignore[attr-defined]
    except rates.TooMany:
        trouble = _("Very many people sign up just now. Please try again in a minute.")
        response = _form_again(request, form, trouble, 429)
        response["Retry-After"] = "60"
        return response
    email = form.cleaned_data["email"]
    signing_up.ask(email, get_language() or "")
    return render(request, "articles/newsletter/asked.html", {"email": email})


def _form_again(request: HttpRequest, form: SignUpForm, trouble: str, status: int) -> HttpResponse:
    context = {"form": form, "trouble": trouble}
    return render(request, "articles/newsletter/sign_up.html", context, status=status)


@opened_by_a_word
def confirm(request: HttpRequest) -> HttpResponse:
    """A button that subscribes: what only opens the address, a mail scanner perhaps, does not."""
    try:
        subscriber = links.who_confirms(_word(request))
    except links.NotOurs:
        subscriber = None
    if subscriber is None or not _may_confirm(request, subscriber):
        return render(request, "articles/newsletter/confirm_late.html", status=410)
    if not subscriber.is_confirmed:
        return render(request, "articles/newsletter/confirm.html", {"word": _word(request)})
    leave = links.to_leave(subscriber.pk, subscriber.language)
    return render(request, "articles/newsletter/confirmed.html", {"leave_url": leave})


def _may_confirm(request: HttpRequest, subscriber: Subscriber) -> bool:
    """Whether the address is subscribed, waits for the button, or was just confirmed by it."""
    if request.method == "POST":
        subscriber.confirm()
        return subscriber.is_confirmed
    return subscriber.is_confirmed or subscriber.is_pending


@opened_by_a_word
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """A button that unsubscribes, and what mail programs send when theirs is pressed.

    Works for ever and as often as one likes; whether somebody was subscribed is not told.
    """
    try:
        subscriber = links.who_leaves(_word(request))
    except links.NotOurs:
        return render(request, "articles/newsletter/leave_broken.html", status=404)
    context = {"word": _word(request)}
    if request.method != "POST":
        return render(request, "articles/newsletter/leave.html", context)
    if "forget" in request.POST:
        if subscriber is not None:
            forgetting.forget(subscriber)
        return render(request, "articles/newsletter/forgotten.html")
    if subscriber is not None:
        subscriber.unsubscribe()
    return render(request, "articles/newsletter/left.html", context)


def _word(request: HttpRequest) -> str:
    """The word of the address; forms of ours send it along in theirs."""
    return request.POST.get("key") or request.GET.get("key", "")
